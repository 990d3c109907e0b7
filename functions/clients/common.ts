/** Short time-outs: a call that hangs must not use up the function's own time. Milliseconds. */
export const clientOptions = { maxAttempts: 4, requestHandler: { connectionTimeout: 1_000, requestTimeout: 3_000 } };
