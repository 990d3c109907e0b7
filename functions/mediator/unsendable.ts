import type { DynamoDBRecord } from 'aws-lambda';
import { sequenceNumberOf } from '../runtime/batches.ts';
import { asciiJson } from '../messages.ts';
import { rulesIn } from '../runtime/failure.ts';

/** Logical name of the queue that tells of what the mediator can never forward. */
export const failureQueue = 'mediatorFailureQueue';

/** A record that no repetition will help, and why. */
export interface Unsendable {
  record: DynamoDBRecord;
  error: Error;
}

/** A validation's message lists everything that is wrong. */
const longestReason = 1_000;

/**
 * What an operator needs to find the item: its keys as the DynamoDB console and CLI take them, and where it stands in
 * the stream.
 */
export const bodyOfUnsendable = ({ record, error }: Unsendable): string =>
  asciiJson({
    reason: rulesIn(error).slice(0, longestReason),
    keys: record.dynamodb?.Keys ?? null,
    sequenceNumber: sequenceNumberOf(record),
    streamArn: record.eventSourceARN ?? null,
  });
