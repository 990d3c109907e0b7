import { type Stack, Duration } from 'aws-cdk-lib';
import { EventSourceMapping, type Function, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { WorkQueue } from '../queues/queues.ts';

/**
 * Lets a queue trigger a function. Of a batch only the failed messages come back. The concurrency is each queue's own,
 * so that a flood of one operation leaves the others their share.
 */
export const consumeQueue = (
  stack: Stack,
  { name, queue }: WorkQueue,
  target: Function,
  { batchSize = 10, maxConcurrency }: { batchSize?: number; maxConcurrency: number },
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
 * Lets the event store's stream trigger a function. What it fails to handle is cut out of its batch and tried again as
 * long as the stream has it, a day, while the records behind it wait: what is wrong is on the way, not in the record,
 * for what the function can never handle it sets aside by itself. After that it is reported.
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
    retryAttempts: 10_000,
    maxRecordAge: Duration.hours(24),
    onFailure: new SqsDlq(failures),
  });
};
