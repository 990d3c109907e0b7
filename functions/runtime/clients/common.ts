import type { DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { budget } from '../budget.ts';

type Logger = NonNullable<DynamoDBClientConfig['logger']>;

const nothing = (): void => undefined;

/**
 * Takes no `info`. Without a logger the SDK makes of every call, and of its answer, what it would log of them, for one
 * that throws it away: a tenth of a call's time.
 */
const logger = { trace: nothing, debug: nothing, warn: nothing, error: nothing } as Logger;

/** A call that hangs is given up, and tried again. */
export const clientOptions = {
  logger,
  maxAttempts: budget.tries,
  requestHandler: { connectionTimeout: budget.connection, requestTimeout: budget.call, throwOnRequestTimeout: true },
};
