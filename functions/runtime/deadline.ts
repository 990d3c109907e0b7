import { AsyncLocalStorage } from 'node:async_hooks';

const invocation = new AsyncLocalStorage<{ remaining: () => number }>();

/** Does work that knows when its invocation ends. @param remaining milliseconds that the invocation has left */
export const beforeTheEnd = <Result>(remaining: () => number, work: () => Promise<Result>): Promise<Result> =>
  invocation.run({ remaining }, work);

/** Milliseconds that the invocation has left; without end outside of one. */
export const timeLeft = (): number => invocation.getStore()?.remaining() ?? Infinity;
