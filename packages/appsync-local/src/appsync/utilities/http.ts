/** `util.http`: the part that needs no request. */
import { record } from './arguments.ts';

/** Headers that belong to one connection, or are set anew by the next. */
const notCopied = new Set([
  'transfer-encoding',
  'connection',
  'host',
  'expect',
  'keep-alive',
  'upgrade',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'content-length',
]);

export function copyHeaders(headers: unknown): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(record(headers, 'the headers of util.http.copyHeaders')).filter(
      ([name]) => !notCopied.has(name.toLowerCase()),
    ),
  );
}

/** Says why a response header may not be set by a resolver, or null. */
export function responseHeaderProblem(name: string, value: unknown): string | null {
  if (/^(?:access-control-.*|vary|content-type|x-amz.*|content-length|transfer-encoding|connection)$/i.test(name))
    return `the header ${name} cannot be set`;
  if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)) return `${JSON.stringify(name)} is not the name of a header`;
  if (/[^\t\x20-\x7e]/.test(String(value)))
    return `the value of the header ${name} holds characters that a header cannot`;
  return null;
}

/** Names and values together, in bytes. */
export const responseHeadersLimit = 4096;
