import { type Stack, Duration } from 'aws-cdk-lib';
import { EventSourceMapping, type Function, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { WorkQueue } from '../queues/queues.ts';

/**
 * Lets a queue trigger a function. Of a batch only the failed messages come back. The concurrency is each queue's own, so that
 * a flood of one operation leaves the others their share.
 */
export const consumeQueue = (
  stack: Stack,
  { name, queue }: WorkQueue,
  target: Function,
  { batchSize = 10, maxConcurrency = 5 } = {},
): void => {
  new EventSourceMapping(stack, `${name}Mapping`, {
    target,
    eventSourceArn: queue.queueArn,
    batchSize,
    maxConcurrency,
    reportBatchItemFailures: true,
  });
};

/**
 * Lets the event store's stream trigger a function. What it fails to handle is cut out of its batch and tried again, for some
 * minutes, while the records behind it wait; then it is reported. (What the function can never handle, it reports by itself.)
 */
export const consumeStream = (stack: Stack, table: Table, target: Function, failures: Queue): void => {
  new EventSourceMapping(stack, 'eventStoreMapping', {
    target,
    eventSourceArn: table.tableStreamArn,
    // Miss nothing: also what was stored while the mapping was made.
    startingPosition: StartingPosition.TRIM_HORIZON,
    batchSize: 100,
    parallelizationFactor: 4,
    bisectBatchOnError: true,
    reportBatchItemFailures: true,
    retryAttempts: 10,
    maxRecordAge: Duration.hours(6),
    onFailure: new SqsDlq(failures),
  });
};
