import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type { DynamoDBRecord, DynamoDBStreamEvent, SQSEvent, SQSRecord } from 'aws-lambda';
import { errorOf } from './concurrency.ts';

/** What became of a batch: the error of each record that failed, by the id that Lambda knows it by. */
export type Failures = Map<string, Error>;

/** The answer that takes the failed records, and only those, back to their queue. */
export const answerToQueue = (event: SQSEvent, failures: Failures) =>
  processPartialResponse(
    event,
    async ({ messageId }: SQSRecord) => rethrow(failures.get(messageId)),
    new BatchProcessor(EventType.SQS),
    options,
  );

/** The answer that makes a stream's batch go on from its first failed record. */
export const answerToStream = (event: DynamoDBStreamEvent, failures: Failures) =>
  processPartialResponse(
    event,
    async (record: DynamoDBRecord) => rethrow(failures.get(sequenceNumberOf(record))),
    new BatchProcessor(EventType.DynamoDBStreams),
    options,
  );

/** How often a message was delivered, this time included. */
export const deliveriesOf = ({ attributes }: { attributes?: { ApproximateReceiveCount: string } }): number =>
  Number(attributes?.ApproximateReceiveCount ?? 1);

export const sequenceNumberOf = ({ dynamodb }: DynamoDBRecord): string => dynamodb?.SequenceNumber ?? '';

// A batch of nothing but failures is answered like any other: the function itself did not fail.
const options = { throwOnFullBatchFailure: false };

const rethrow = async (failure: Error | undefined): Promise<void> => {
  if (failure) throw failure;
};

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
      refused.flatMap(({ index, error }) => (index in items ? [[items[index] as Item, error] as const] : [])),
    );
  } catch (error) {
    return new Map(items.map((item) => [item, errorOf(error)]));
  }
};
