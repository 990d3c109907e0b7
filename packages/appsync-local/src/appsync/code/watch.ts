/** The time that an evaluation may take. */
import vm from 'node:vm';

/** What goes unwatched: steps of a few nanoseconds, so that the clock, which is looked at before, is soon looked at again. */
const fewSteps = 2_000_000;

/** The evaluation took too long. */
export class RanTooLong extends Error {
  constructor(ms: number) {
    super(`the evaluation took longer than ${ms} ms`);
  }
}

const script = new vm.Script('work()', { filename: 'watched.js' });
const context = vm.createContext({ work: undefined as unknown });

/** Of the evaluation under way; there is one at a time. */
let current = { began: 0, ms: 0, whole: false };

/** A new evaluation begins, which may take so long. @param whole whether all of it is watched */
export function beginEvaluation(ms: number, whole: boolean): void {
  current = { began: performance.now(), ms, whole };
}

/** Milliseconds. */
export const timeLeft = (): number => current.ms - (performance.now() - current.began);

/**
 * Does work that may take long, and watches it, which takes a thread of its own: more than most work takes. So work
 * whose bound is small goes unwatched, unless the evaluation has had its time.
 *
 * @param bound gives the steps at the most
 * @throws RanTooLong
 */
export function watched<Result>(bound: () => number, work: () => Result): Result {
  const { ms, whole } = current;
  if (whole) return work();
  const left = timeLeft();
  if (left <= 0) throw new RanTooLong(ms);
  if (bound() <= fewSteps) return work();
  let result: Result | undefined;
  (context as { work: unknown }).work = () => void (result = work());
  try {
    script.runInContext(context, { timeout: Math.ceil(left) });
    return result as Result;
  } catch (error) {
    throw isTimeout(error) ? new RanTooLong(ms) : error;
  }
}

export function isTimeout(error: unknown): boolean {
  return (error as { code?: unknown } | null)?.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT';
}
