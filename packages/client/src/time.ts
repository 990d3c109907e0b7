import { ClientError, Unreachable } from './errors.ts';

/** Resolves after a pause, milliseconds; at once when the signal ends it. */
export const pause = (ms: number, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal?.addEventListener('abort', done, { once: true });
  });

/** Pauses that grow, each by half of it at random, so that many clients do not come back together. */
export const backoff = function* (first: number, longest: number): Generator<number, never> {
  for (let next = first; ; next = Math.min(next * 2, longest)) yield next * (0.5 + Math.random() / 2);
};

/**
 * Does the work until it succeeds, fails for good, or the signal ends it.
 * @throws what the work throws, unless another try may help; the signal's reason when that ends it, with the last
 * failure as its cause
 */
export const persistently = async <Result>(
  work: () => Promise<Result>,
  signal: AbortSignal,
  pauses = backoff(200, 5_000),
): Promise<Result> => {
  let last: unknown;
  while (!signal.aborted) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
      last = error;
      await pause(pauses.next().value, signal);
    }
  }
  throw withCause(signal.reason, last);
};

const withCause = (reason: unknown, cause: unknown): unknown => {
  if (reason instanceof ClientError && reason.cause === undefined && cause !== undefined) reason.cause = cause;
  return reason;
};

/** Rejects with the signal's reason as soon as it is given, whatever becomes of the work. */
export const orAborted = <Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> =>
  new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });

export interface Deadline {
  signal: AbortSignal;
  /** To be called when the work is over: no timer is left behind. */
  clear(): void;
}

/** Ends when the caller's own signal does, or with `error` after some milliseconds. */
export const deadline = (ms: number, error: () => Error, caller?: AbortSignal): Deadline => {
  const controller = new AbortController();
  const abort = () => controller.abort(caller?.reason);
  if (caller?.aborted) abort();
  caller?.addEventListener('abort', abort, { once: true });
  const timer = setTimeout(() => controller.abort(error()), ms);
  return {
    signal: controller.signal,
    clear: () => {
      clearTimeout(timer);
      caller?.removeEventListener('abort', abort);
    },
  };
};
