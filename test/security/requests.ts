import { createHash, createHmac } from 'node:crypto';
import { type IncomingHttpHeaders, request } from 'node:http';
import { expect } from 'vitest';

/** Header values as sent: a list is one line each. */
export type Headers = Record<string, string | string[]>;

export interface Reply {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
  /** The body as JSON; undefined if it is none. */
  body: any;
}

export interface Sent {
  method?: string;
  headers?: Headers;
  body?: string | Buffer;
}

/**
 * One HTTP request exactly as given, on a connection of its own. Unlike `fetch` it sends headers twice, and bodies that
 * are no text.
 */
export const send = (url: string, { method = 'POST', headers = {}, body = '' }: Sent): Promise<Reply> =>
  new Promise((resolve, reject) => {
    let replied = false;
    const sending = request(
      url,
      {
        method,
        agent: false,
        headers: { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)), ...headers },
      },
      (response) => {
        replied = true;
        const chunks: Buffer[] = [];
        const end = () => {
          const text = Buffer.concat(chunks).toString();
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text, body: parsed(text) });
        };
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', end);
        // Cut off after the answer, because the rest of the request was not wanted.
        response.on('error', end);
      },
    );
    sending.on('error', (error) => {
      if (!replied) reject(error);
    });
    sending.end(body);
  });

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** A GraphQL request by POST. */
export const graphql = (
  url: string,
  headers: Headers,
  query: string,
  variables?: Record<string, unknown>,
): Promise<Reply> => send(url, { headers, body: JSON.stringify({ query, variables }) });

/** What AppSync answers to whom it does not let in. */
export const expectShutOut = (reply: Reply, message: string): void => {
  expect({ status: reply.status, body: reply.body }).toEqual({
    status: 401,
    body: { errors: [{ errorType: 'UnauthorizedException', message }] },
  });
  expect(reply.headers['x-amzn-errortype']).toBe('UnauthorizedException');
  expect(reply.headers['content-type']).toMatch(/^application\/json/);
  expect(reply.text).toBe(JSON.stringify(reply.body, null, 2));
};

/** What AppSync answers to who is let in, but denied every field that was asked for: given as `<Type>.<field>`. */
export const expectDenied = (reply: Reply, ...fields: string[]): void => {
  expect(reply.status).toBe(200);
  expect(Object.values((reply.body.data ?? {}) as object).filter((value) => value !== null)).toEqual([]);
  const denials = fields.map((field) => {
    const [typeName, fieldName] = field.split('.');
    return {
      path: [fieldName],
      data: null,
      errorType: 'Unauthorized',
      errorInfo: null,
      message: `Not Authorized to access ${fieldName} on type ${typeName}`,
    };
  });
  expect(reply.body.errors).toEqual(denials.map((denial) => ({ ...denial, locations: [expect.anything()] })));
};

export interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}

const hash = (data: string): string => createHash('sha256').update(data).digest('hex');
const hmac = (key: string | Buffer, data: string): Buffer => createHmac('sha256', key).update(data).digest();

/** Headers that sign a POST with AWS Signature Version 4. */
export const sign = (
  url: string,
  body: string,
  { accessKeyId, secretAccessKey, sessionToken }: Credentials,
  { service = 'appsync', region = 'us-east-1', at = new Date() } = {},
): Record<string, string> => {
  const { host, pathname } = new URL(url);
  const time = at.toISOString().replace(/[-:]|\.\d+/g, '');
  const signed: Record<string, string> = {
    'content-type': 'application/json',
    host,
    'x-amz-date': time,
    ...(sessionToken !== undefined && { 'x-amz-security-token': sessionToken }),
  };
  const names = Object.keys(signed).sort();
  const canonical = [
    'POST',
    pathname,
    '',
    ...names.map((name) => `${name}:${signed[name]}`),
    '',
    names.join(';'),
    hash(body),
  ].join('\n');
  const scope = `${time.slice(0, 8)}/${region}/${service}/aws4_request`;
  const key = [time.slice(0, 8), region, service, 'aws4_request'].reduce<string | Buffer>(
    hmac,
    `AWS4${secretAccessKey}`,
  );
  const signature = hmac(key, ['AWS4-HMAC-SHA256', time, scope, hash(canonical)].join('\n')).toString('hex');
  return {
    ...signed,
    authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${names.join(';')}, Signature=${signature}`,
  };
};
