/** Reads GraphQL requests from HTTP. */
import type { IncomingMessage } from 'node:http';

/** Of a request's body, in bytes. The service's own limit is not documented. */
const maximumBody = 1024 * 1024;
/** How much is read and thrown away so that a client that sends too much can read why. */
const maximumDiscarded = 64 * 1024 * 1024;

export interface GraphqlParameters {
  query: string;
  variables: Record<string, unknown> | null;
  operationName: string | null;
}

/** A request that cannot be read; answered with status 400. */
export class MalformedRequest extends Error {
  readonly errorType: string;

  constructor(message: string, errorType = 'MalformedHttpRequestException') {
    super(message);
    this.errorType = errorType;
  }
}

const unreadable = 'Unable to parse GraphQL query.';

/** Rejects with MalformedRequest when there is too much of it. What is too much is not kept. */
export async function readBody(req: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  // The socket must survive an early end, as the refusal is to be sent over it.
  for await (const chunk of req.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= maximumBody) chunks.push(chunk);
    else chunks.length = 0;
    if (size > maximumDiscarded) break;
  }
  if (size > maximumBody) throw new MalformedRequest(`The request body is larger than ${maximumBody} bytes.`);
  return Buffer.concat(chunks);
}

/** Throws MalformedRequest. */
export function parametersOfBody(body: Buffer): GraphqlParameters {
  if (body.length === 0) throw new MalformedRequest('Request body is empty.');
  const { query, variables, operationName } = objectOf(parseJson(decode(body)));
  return { query: queryOf(query), variables: variablesOf(variables), operationName: nameOf(operationName) };
}

/** Throws MalformedRequest. */
export function parametersOfUrl(url: string): GraphqlParameters {
  const parameters = new URLSearchParams(url.split('?').slice(1).join('?'));
  const variables = parameters.get('variables');
  return {
    query: queryOf(parameters.get('query')),
    variables: variables ? variablesOf(parseJson(variables)) : null,
    operationName: parameters.get('operationName'),
  };
}

function decode(body: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    throw new MalformedRequest(unreadable);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new MalformedRequest(unreadable);
  }
}

function objectOf(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new MalformedRequest(unreadable);
  return value as Record<string, unknown>;
}

function queryOf(value: unknown): string {
  if (typeof value !== 'string' || value.trim() === '') throw new MalformedRequest(unreadable);
  return value;
}

function variablesOf(value: unknown): Record<string, unknown> | null {
  return value === undefined || value === null ? null : objectOf(value);
}

function nameOf(value: unknown): string | null {
  if (value !== undefined && value !== null && typeof value !== 'string') throw new MalformedRequest(unreadable);
  return value ?? null;
}
