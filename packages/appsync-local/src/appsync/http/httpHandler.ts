/** `/graphql` over HTTP: authentication, execution, and AppSync's status codes, headers and bodies. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Executor } from '../execution/execute.ts';
import { MalformedRequest, parametersOfBody, parametersOfUrl, readBody } from './httpBody.ts';
import type { Authenticate } from '../types.ts';

const cors = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'x-amzn-RequestId,x-amzn-ErrorType',
};
const preflight = {
  'access-control-allow-methods': 'GET, POST, OPTIONS',
  'access-control-allow-headers':
    'accept, authorization, content-type, x-amz-date, x-amz-security-token, x-amz-user-agent, x-amzn-requestid, x-api-key',
  'access-control-max-age': '172800',
};

interface Reply {
  status: number;
  body: unknown;
  headers?: Record<string, string>;
  /** Refusals of authentication are written over several lines. */
  pretty?: boolean;
}

/** Never rejects. */
export function createHttpHandler(options: {
  executor: Executor;
  authenticate: Authenticate;
  log?: (line: string) => void;
}): (req: IncomingMessage, res: ServerResponse) => Promise<void> {
  const { executor, authenticate, log } = options;

  async function answer(req: IncomingMessage): Promise<Reply> {
    if (req.method !== 'POST' && req.method !== 'GET')
      return refusal(405, 'MethodNotAllowedException', `The method ${req.method ?? ''} is not supported.`);
    const headers = headersOf(req);
    const url = req.url ?? '/';
    const body = await readBody(req);
    const authentication = await authenticate({ method: req.method, url, headers, body, sourceIp: sourceIp(req) });
    if (!authentication.ok) {
      const { status, errorType, message } = authentication;
      return {
        status,
        body: { errors: [{ errorType, message }] },
        headers: { 'x-amzn-ErrorType': errorType },
        pretty: true,
      };
    }
    const parameters = req.method === 'GET' ? parametersOfUrl(url) : parametersOfBody(body);
    const executed = await executor.execute({
      ...parameters,
      caller: authentication.caller,
      headers,
      readOnly: req.method === 'GET',
    });
    if (!executed.ok) return refusal(400, executed.errorType, executed.message);
    return { status: 200, body: executed.result, headers: executed.headers };
  }

  return async (req, res) => {
    if (req.method === 'OPTIONS') {
      res.writeHead(200, { ...cors, ...preflight, 'content-length': '0' }).end();
      return;
    }
    let reply: Reply;
    try {
      reply = await answer(req);
    } catch (error) {
      if (req.destroyed && !req.complete && !(error instanceof MalformedRequest)) return void res.destroy();
      if (!(error instanceof MalformedRequest)) log?.((error as Error).stack ?? String(error));
      reply =
        error instanceof MalformedRequest
          ? refusal(400, error.errorType, error.message)
          : refusal(500, 'InternalFailure', 'An internal failure occurred.');
    }
    const text = JSON.stringify(reply.body, null, reply.pretty ? 2 : undefined);
    res.writeHead(reply.status, {
      ...reply.headers,
      ...cors,
      'content-type': 'application/json;charset=UTF-8',
      'content-length': String(Buffer.byteLength(text)),
      'x-amzn-requestid': randomUUID(),
      // What is left of a body that was not read to its end must not be taken for the next request.
      ...(req.complete ? {} : { connection: 'close' }),
    });
    res.end(text);
  };
}

function refusal(status: number, errorType: string, message: string): Reply {
  return { status, body: { errors: [{ message, errorType }] }, headers: { 'x-amzn-ErrorType': errorType } };
}

/**
 * Names in lower case; a repeated header is one, joined by commas, so that a second Authorization is not overlooked.
 */
function headersOf(req: IncomingMessage): Record<string, string> {
  const distinct = Object.entries(req.headersDistinct).filter(([name]) => name !== 'cookie');
  return Object.fromEntries(distinct.map(([name, values]) => [name, (values ?? []).join(', ')]));
}

function sourceIp(req: IncomingMessage): string[] {
  const forwarded = [req.headers['x-forwarded-for'] ?? []]
    .flat()
    .join(',')
    .split(',')
    .map((ip) => ip.trim());
  return [...forwarded, req.socket.remoteAddress ?? ''].filter((ip) => ip !== '');
}
