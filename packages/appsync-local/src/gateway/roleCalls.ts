import { setTimeout as sleep } from 'node:timers/promises';
import type { GatewayAnswer, RoleCalls, Wire } from '../model.ts';

/** What a service answered in place of a result. `name` is its type: `ConditionalCheckFailedException`. */
export class ServiceError extends Error {
  override readonly name: string;

  constructor(
    readonly status: number,
    readonly requestId: string,
    /** All that the answer says of it. */
    readonly details: Record<string, unknown>,
  ) {
    super(String(details['message'] ?? details['Message'] ?? ''));
    this.name = String(details['__type'] ?? 'UnknownError').replace(/^.*#/, '');
  }
}

const attempts = 3;
/** The longest first pause, in milliseconds: after no answer, and after one that says that it is too much. */
const [firstPause, firstPauseOfThrottled] = [100, 500];

/** Errors after which clients of AWS try again, as they do after every 5xx. */
const throttled = new Set([
  'LimitExceededException',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'RequestThrottled',
  'Throttling',
  'ThrottlingException',
  'TooManyRequestsException',
  'TransactionInProgressException',
]);

/** Calls by a way to send requests: it answers, or says that the connection was cut. Rejects if there is nobody. */
export function roleCalls(send: RoleCalls['send']): RoleCalls {
  async function once<Output>(target: string, body: string, signal?: AbortSignal): Promise<Wire<Output>> {
    const answer = await send({ headers: { 'x-amz-target': target }, body }, signal);
    if (answer === 'drop') throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
    const said = parsed(answer);
    if (answer.status === 200) return said as Wire<Output>;
    throw new ServiceError(answer.status, String(answer.headers['x-amzn-requestid'] ?? ''), said);
  }

  return {
    send,
    async call<Output>(target: string, input: object, signal?: AbortSignal) {
      const body = JSON.stringify(input);
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await once<Output>(target, body, signal);
        } catch (error) {
          const longest = attempt < attempts && !signal?.aborted ? longestPause(error) : undefined;
          if (longest === undefined) throw error;
          await sleep(Math.random() * longest * 2 ** (attempt - 1));
        }
      }
    },
  };
}

/** Undefined: trying again is of no use, or the answer could not be read. */
function longestPause(error: unknown): number | undefined {
  if (!(error instanceof ServiceError)) return hasCode(error) ? firstPause : undefined;
  if (throttled.has(error.name)) return firstPauseOfThrottled;
  return error.status >= 500 ? firstPause : undefined;
}

/** Errors of connections have one. */
const hasCode = (error: unknown): boolean => error instanceof Error && 'code' in error;

/** An error that is no JSON is one all the same. */
function parsed({ status, body }: Exclude<GatewayAnswer, 'drop'>): Record<string, unknown> {
  const text = typeof body === 'string' ? body : Buffer.from(body.buffer, body.byteOffset, body.length).toString();
  try {
    return JSON.parse(text === '' ? '{}' : text) as Record<string, unknown>;
  } catch (error) {
    if (status === 200) throw error;
    return { message: text };
  }
}
