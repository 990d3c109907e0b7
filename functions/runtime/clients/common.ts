import { budget } from '../budget.ts';

/** A call that hangs is given up, and tried again. */
export const clientOptions = {
  maxAttempts: budget.tries,
  requestHandler: { connectionTimeout: budget.connection, requestTimeout: budget.call, throwOnRequestTimeout: true },
};
