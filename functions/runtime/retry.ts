import { budget } from './budget.ts';
import { timeLeft } from './deadline.ts';

/** How often and how long to wait between tries; full jitter: each pause is random between nothing and its bound. */
export interface RetryPolicy {
  /** Tries in all, the first included. */
  attempts: number;
  /** Bound of the first pause in milliseconds; doubles from pause to pause. */
  firstPause: number;
  longestPause: number;
}

/** For conflicts between writers, which pass in milliseconds. */
export const conflictPolicy: RetryPolicy = { attempts: 12, firstPause: 10, longestPause: 400 };

/** For a service that is throttling or unwell. */
export const servicePolicy: RetryPolicy = { attempts: 4, firstPause: 50, longestPause: 1_000 };

/** Waits before try `attempt` + 1. @returns false, at once, when the invocation would end before that try could */
export const pause = async (attempt: number, { firstPause, longestPause }: RetryPolicy): Promise<boolean> => {
  const milliseconds = Math.random() * Math.min(longestPause, firstPause * 2 ** (attempt - 1));
  if (milliseconds + budget.end > timeLeft()) return false;
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
  return true;
};

/** Asks for another try. */
export const again = Symbol('again');

/**
 * Tries until there is a result, or the invocation is about to end.
 * @param step gives a result, or `again`; told which try it is, from 1
 * @param exhausted makes the error when the last try asks for another
 */
export const retry = async <Result>(
  policy: RetryPolicy,
  step: (attempt: number) => Promise<Result | typeof again>,
  exhausted: () => Error,
): Promise<Awaited<Result>> => {
  for (let attempt = 1; attempt <= policy.attempts; attempt += 1) {
    const result = await step(attempt);
    if (result !== again) return result;
    if (attempt < policy.attempts && !(await pause(attempt, policy))) break;
  }
  throw exhausted();
};
