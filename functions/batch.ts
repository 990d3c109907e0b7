import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type { DynamoDBRecord, DynamoDBStreamEvent, SQSEvent, SQSRecord } from 'aws-lambda';

/** What became of a batch: the error of each record that failed, by the id that Lambda knows it by. */
export type Failures = Map<string, Error>;

/** The answer that takes the failed records, and only those, back to their queue. */
export const answerToQueue = (event: SQSEvent, failures: Failures) =>
  processPartialResponse(event, async ({ messageId }: SQSRecord) => rethrow(failures.get(messageId)), new BatchProcessor(EventType.SQS), options);

/** The answer that makes a stream's batch go on from its first failed record. */
export const answerToStream = (event: DynamoDBStreamEvent, failures: Failures) =>
  processPartialResponse(event, async (record: DynamoDBRecord) => rethrow(failures.get(sequenceNumberOf(record))), new BatchProcessor(EventType.DynamoDBStreams), options);

export const sequenceNumberOf = ({ dynamodb }: DynamoDBRecord): string => dynamodb?.SequenceNumber ?? '';

// A batch of nothing but failures is answered like any other: the function itself did not fail.
const options = { throwOnFullBatchFailure: false };

const rethrow = async (failure: Error | undefined): Promise<void> => {
  if (failure) throw failure;
};
