import type {
  DynamoDBBatchResponse,
  DynamoDBRecord,
  DynamoDBStreamEvent,
  SQSBatchResponse,
  SQSEvent,
} from 'aws-lambda';
import type { Redelivery } from '../ports/redelivery/port.ts';
import type { Reasons } from '../ports/reasons/port.ts';
import { errorOf } from './concurrency.ts';
import { Hopeless, reasonOf } from './failure.ts';
import { mostDeliveries, secondsUntilNext } from './redeliveries.ts';

/** What became of a batch: the error of each record that failed, by the id that Lambda knows it by. */
export type Failures = Map<string, Error>;

/** A message of a queue, as it is delivered. */
export interface QueueRecord {
  messageId: string;
  body: string;
  attributes?: { ApproximateReceiveCount: string };
}

/** How often a message was delivered, this time included. */
export const deliveriesOf = ({ attributes }: Pick<QueueRecord, 'attributes'>): number =>
  Number(attributes?.ApproximateReceiveCount ?? 1);

/**
 * The answer that takes the failed records, and only those, back to their queue, each after a pause of its own. Of
 * those that will not be handled any more it is recorded why.
 */
export const answerToQueue = async (
  event: SQSEvent,
  failures: Failures,
  { redelivery, reasons }: { redelivery: Redelivery; reasons: Reasons },
): Promise<SQSBatchResponse> => {
  const failed = event.Records.flatMap((record) => {
    const error = failures.get(record.messageId);
    return error ? [{ record, error, deliveries: deliveriesOf(record) }] : [];
  });
  if (failed.length > 0)
    await Promise.all([
      redelivery.postpone(
        failed.map(({ record: { eventSourceARN, receiptHandle }, error, deliveries }) => ({
          queueArn: eventSourceARN,
          receiptHandle,
          seconds: secondsUntilNext(error, deliveries),
        })),
      ),
      // With the dead letters nobody could say any more why they are there.
      reasons.record(
        failed
          .filter(({ error, deliveries }) => error instanceof Hopeless || deliveries >= mostDeliveries)
          .map(({ record: { messageId }, error }) => ({ messageId, reason: reasonOf(error), failedAt: Date.now() })),
      ),
    ]);
  return { batchItemFailures: failed.map(({ record }) => ({ itemIdentifier: record.messageId })) };
};

/** The answer that makes a stream's batch go on from its first failed record. */
export const answerToStream = (event: DynamoDBStreamEvent, failures: Failures): DynamoDBBatchResponse => ({
  batchItemFailures: event.Records.map(sequenceNumberOf)
    .filter((sequenceNumber) => failures.has(sequenceNumber))
    .map((itemIdentifier) => ({ itemIdentifier })),
});

export const sequenceNumberOf = ({ dynamodb }: DynamoDBRecord): string => dynamodb?.SequenceNumber ?? '';

/**
 * Hands items on together, and says which of them did not get through: those refused, or all if the call itself failed.
 * @param send gives the refused ones by their position
 */
export const failuresOf = async <Item>(
  items: Item[],
  send: () => Promise<{ index: number; error: Error }[]>,
): Promise<Map<Item, Error>> => {
  try {
    const refused = await send();
    return new Map(
      refused.flatMap(({ index, error }) => items.slice(index, index + 1).map((item) => [item, error] as const)),
    );
  } catch (error) {
    return new Map(items.map((item) => [item, errorOf(error)]));
  }
};
