/** The frames of AppSync's WebSocket protocol, and the errors in them. */
import type { ErrorEntry, GraphqlResult } from '../types.ts';

/** A client that hears nothing for so long gives the connection up. */
export const connectionLimitMs = 300_000;

/** One entry of a frame's `payload.errors`. Which keys there are differs from error to error, as with the service. */
export interface FrameError {
  errorType?: string;
  message: string;
  errorCode?: number;
}

export type ServerFrame =
  | { type: 'connection_ack'; payload: { connectionTimeoutMs: number } }
  | { type: 'connection_error'; payload: { errors: FrameError[] } }
  | { type: 'ka' }
  | { type: 'start_ack'; id: string }
  | { type: 'data'; id: string; payload: GraphqlResult }
  | { type: 'error'; id: string; payload: { errors: FrameError[] } }
  | { type: 'complete'; id: string };

/** A well-formed frame from a client. */
export type ClientFrame =
  { type: 'connection_init' } | { type: 'start'; id: string; request: StartRequest } | { type: 'stop'; id: string };

export interface StartRequest {
  /** As signed by an IAM caller. */
  data: string;
  query: string;
  variables: Record<string, unknown> | null;
  operationName: string | null;
  /** Names in lower case. */
  authorization: Record<string, string>;
}

/** Reads a client's frame; whatever is not one comes back as an `id` to complain about, `''` if there is none. */
export function parseFrame(text: string): ClientFrame | { malformed: string } {
  const frame = parseObject(text);
  const id = typeof frame?.['id'] === 'string' ? frame['id'] : '';
  if (frame?.['type'] === 'connection_init') return { type: 'connection_init' };
  if (frame?.['type'] === 'stop' && id !== '') return { type: 'stop', id };
  const request = frame?.['type'] === 'start' && id !== '' ? parseStart(frame['payload']) : null;
  return request ? { type: 'start', id, request } : { malformed: id };
}

function parseStart(payload: unknown): StartRequest | null {
  if (!isObject(payload) || typeof payload['data'] !== 'string') return null;
  const data = parseObject(payload['data']);
  if (!data || typeof data['query'] !== 'string') return null;
  const { variables = null, operationName = null } = data;
  if (variables !== null && !isObject(variables)) return null;
  if (operationName !== null && typeof operationName !== 'string') return null;
  const extensions = isObject(payload['extensions']) ? payload['extensions'] : {};
  const authorization = lowerCaseHeaders(extensions['authorization'] ?? {});
  return authorization && { data: payload['data'], query: data['query'], variables, operationName, authorization };
}

/** Headers wrapped in JSON, with names in lower case; null if they are not all strings. */
export function lowerCaseHeaders(value: unknown): Record<string, string> | null {
  if (!isObject(value)) return null;
  const entries = Object.entries(value).filter(([, header]) => header !== null && header !== undefined);
  if (entries.some(([, header]) => typeof header !== 'string')) return null;
  return Object.fromEntries(entries.map(([name, header]) => [name.toLowerCase(), header as string]));
}

export const errors = {
  noProtocol: { message: 'NoProtocolError', errorCode: 400 },
  wrongProtocol: { message: 'SubProtocolNotSupportedError', errorCode: 400 },
  badConnection: (message: string): FrameError => ({ errorType: 'BadRequestException', message, errorCode: 400 }),
  connectionRefused: (message: string): FrameError => ({ errorType: 'UnauthorizedException', message, errorCode: 401 }),
  startRefused: (message: string): FrameError => ({ errorType: 'UnauthorizedException', message }),
  malformed: { errorType: 'UnsupportedOperation', message: 'unknown not supported through the realtime channel' },
  duplicate: (id: string): FrameError => ({
    errorType: 'DuplicatedOperationError',
    message: `Duplicated operation with id ${id}`,
  }),
  unknownId: (id: string): FrameError => ({
    errorType: 'UnknownOperationError',
    message: `Unknown operation id ${id}`,
  }),
  tooMany: (limit: number): FrameError => ({
    errorType: 'MaxSubscriptionsReachedError',
    message: `Max number of ${limit} subscriptions reached`,
  }),
  filter: (message: string): FrameError => ({ message, errorCode: 400 }),
  /** What a refused subscription shows of the error that refused it. */
  ofEntry: (entry: ErrorEntry): FrameError =>
    entry.errorType ? { errorType: entry.errorType, message: entry.message } : { message: entry.message },
};

function parseObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
