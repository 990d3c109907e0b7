/** What a client says of itself when it opens a WebSocket: the protocol it speaks and its credentials. */
import type { IncomingMessage } from 'node:http';
import { errors, lowerCaseHeaders } from './realtimeFrames.ts';
import type { FrameError } from './realtimeFrames.ts';

export const protocolName = 'graphql-ws';
const headerProtocol = 'header-';

export type Handshake =
  /** Headers with names in lower case. */
  { ok: true; headers: Record<string, string>; sourceIp: string[] } | { ok: false; error: FrameError };

/**
 * Reads the credentials from where the client put them: a `header-…` subprotocol, the query's `header` and `payload`,
 * or the request's own headers.
 * @param hosts the GraphQL endpoint's host, and others by which it is known; what the client calls `host` must be one
 */
export function readHandshake(req: IncomingMessage, hosts: string[]): Handshake {
  const offered = offeredProtocols(req);
  if (offered.length === 0) return { ok: false, error: errors.noProtocol };
  if (!offered.includes(protocolName)) return { ok: false, error: errors.wrongProtocol };

  const query = new URLSearchParams((req.url ?? '').split('?')[1] ?? '');
  const inProtocol = offered.find((protocol) => protocol.startsWith(headerProtocol))?.slice(headerProtocol.length);
  const wrapped = inProtocol ?? query.get('header');
  if (wrapped === null) return { ok: true, headers: plainHeaders(req), sourceIp: sourceIp(req) };

  const headers = lowerCaseHeaders(decode(wrapped));
  if (!headers) return bad('The connection header is not a JSON object of strings in base64');
  if (inProtocol === undefined && !lowerCaseHeaders(decode(query.get('payload') ?? ''))) {
    return bad('The query has a header, but no payload: an empty JSON object in base64 (e30=)');
  }
  const host = headers['host'];
  if (host === undefined) return bad('The connection header names no host');
  // The real-time host is another one in the cloud; a client that names that here would fail there.
  if (![...hosts, req.headers.host].includes(host))
    return bad(`The connection header's host is ${host}, not the GraphQL endpoint's ${hosts[0]}`);
  return { ok: true, headers, sourceIp: sourceIp(req) };
}

export function offeredProtocols(req: IncomingMessage): string[] {
  const header = req.headers['sec-websocket-protocol'] ?? '';
  return header
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

function bad(message: string): Handshake {
  return { ok: false, error: errors.badConnection(message) };
}

/** Base64, in either alphabet and with or without padding, of JSON. */
function decode(text: string): unknown {
  // A plus sign in a query that was not escaped arrives as a space.
  const base64 = text.replaceAll(' ', '+');
  if (!/^[A-Za-z0-9+/_-]+=*$/.test(base64)) return null;
  try {
    return JSON.parse(Buffer.from(base64, 'base64').toString('utf8')) as unknown;
  } catch {
    return null;
  }
}

function plainHeaders(req: IncomingMessage): Record<string, string> {
  const single = Object.entries(req.headers).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.join(', ') : value,
  ]);
  return Object.fromEntries(single.filter(([name, value]) => value !== undefined && name !== 'cookie')) as Record<
    string,
    string
  >;
}

function sourceIp(req: IncomingMessage): string[] {
  const forwarded = [req.headers['x-forwarded-for'] ?? []]
    .flat()
    .join(',')
    .split(',')
    .map((ip) => ip.trim());
  return [...forwarded, req.socket.remoteAddress ?? ''].filter((ip) => ip !== '');
}
