/** Of the invocation under way. An environment has one at a time, so that no async context need carry it. */
let remaining: (() => number) | undefined;

/** Does work that knows when its invocation ends. @param left milliseconds that the invocation has left */
export const beforeTheEnd = async <Result>(left: () => number, work: () => Promise<Result>): Promise<Result> => {
  remaining = left;
  try {
    return await work();
  } finally {
    // Another may have begun where several share a process, as in tests.
    if (remaining === left) remaining = undefined;
  }
};

/** Milliseconds that the invocation has left; without end outside of one. */
export const timeLeft = (): number => remaining?.() ?? Infinity;
