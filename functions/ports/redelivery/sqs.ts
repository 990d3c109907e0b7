import { ChangeMessageVisibilityBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { chunksOf, groupBy } from '../../runtime/concurrency.ts';
import type { Redelivery } from './port.ts';

/** What one call takes. */
const mostEntries = 10;

export const sqsRedelivery = (client: SQSClient): Redelivery => ({
  postpone: async (messages) => {
    const calls = [...groupBy(messages, ({ queueArn }) => queueArn)].flatMap(([queueArn, ofQueue]) =>
      chunksOf(ofQueue, mostEntries).map(
        (some) =>
          new ChangeMessageVisibilityBatchCommand({
            QueueUrl: queueUrlOf(queueArn),
            Entries: some.map(({ receiptHandle, seconds }, index) => ({
              Id: String(index),
              ReceiptHandle: receiptHandle,
              VisibilityTimeout: seconds,
            })),
          }),
      ),
    );
    await Promise.allSettled(calls.map((call) => client.send(call)));
  },
});

/** Calls go to the client's endpoint, so all that counts is the path. */
const queueUrlOf = (arn: string): string => {
  const [, , , region, account, name] = arn.split(':');
  return `https://sqs.${region}.amazonaws.com/${account}/${name}`;
};
