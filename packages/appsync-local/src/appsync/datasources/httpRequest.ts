/** The request objects of HTTP data sources. */
import { RequestObjectError } from '../execution/errors.ts';
import { mapAt, objectAt, optional, required } from './requestObject.ts';

export interface OutgoingRequest {
  method: string;
  path: string;
  query: Record<string, string | string[]>;
  /** Names in lower case. */
  headers: Record<string, string>;
  body: string;
}

const methods = ['PUT', 'POST', 'GET', 'DELETE', 'PATCH'];
const forbiddenHeaders = new Set([
  'host',
  'connection',
  'user-agent',
  'expectation',
  'transfer-encoding',
  'content-length',
]);
/** Documented, and the form encoding that the service's own samples use. */
const contentTypes =
  /^(?:text\/[\w.+-]+|application\/(?:xml|json|soap\+xml|x-amz-json-1\.[01]|vnd\.api\+json|x-ndjson|x-www-form-urlencoded))(?:;.*)?$/i;

/** Throws RequestObjectError. */
export function readHttpRequest(request: unknown): OutgoingRequest {
  const object = objectAt(request, '$', ['version', 'method', 'resourcePath', 'params']);
  const method = required(object, 'method');
  if (!methods.includes(method)) throw new RequestObjectError(`Unsupported value for '$[method]': ${method}.`);
  const path = required(object, 'resourcePath');
  if (!/^\/[\x21-\x7e]*$/.test(path) || path.includes('?') || path.includes('#'))
    throw new RequestObjectError("'$[resourcePath]' must be an absolute path without a query.");
  const params =
    object.params === undefined || object.params === null
      ? {}
      : objectAt(object.params, '$[params]', ['query', 'headers', 'body']);
  const body = params.body ?? '';
  return {
    method,
    path,
    query: queryOf(params.query ?? {}),
    headers: headersOf(params.headers ?? {}),
    body: typeof body === 'string' ? body : JSON.stringify(body),
  };
}

function queryOf(value: unknown): Record<string, string | string[]> {
  const entries = Object.entries(mapAt(value, '$[params][query]')).map(
    ([name, one]) => [name, Array.isArray(one) ? one.map(String) : String(one)] as const,
  );
  return Object.fromEntries(entries);
}

function headersOf(value: unknown): Record<string, string> {
  const map = mapAt(value, '$[params][headers]');
  const headers = Object.fromEntries(
    Object.keys(map).map((name) => {
      const lower = name.toLowerCase();
      if (forbiddenHeaders.has(lower.replaceAll('_', '-')))
        throw new RequestObjectError(`The header ${name} cannot be set.`);
      if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name))
        throw new RequestObjectError(`${JSON.stringify(name)} is not the name of a header.`);
      const text = optional(map, name, 'string', '$[params][headers]') ?? '';
      if (/[^\t\x20-\x7e]/.test(text))
        throw new RequestObjectError(`The value of the header ${name} holds characters that a header cannot.`);
      return [lower, text] as const;
    }),
  );
  const type = headers['content-type'];
  if (type !== undefined && !contentTypes.test(type)) throw new RequestObjectError(`Unsupported Content-Type ${type}.`);
  return headers;
}
