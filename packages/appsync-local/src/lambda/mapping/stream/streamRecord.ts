import type { _Record } from '@aws-sdk/client-dynamodb-streams';
import type { DynamoDBRecord } from 'aws-lambda';
import type { Wire } from '../../../model.ts';
import { jsonBytes } from '../batchSize.ts';

/** A record as the stream has it. */
export type EngineRecord = Wire<_Record>;

/** One record of a stream on its way through a mapping. */
export interface StreamItem {
  record: DynamoDBRecord;
  sequenceNumber: string;
  /** The item's key as text: records of one item keep their order. */
  key: string;
  /** Epoch milliseconds: when the record was written, as far as can be told. */
  writtenAt: number;
  /** Size in the function's payload. */
  bytes: number;
}

/** A record as Lambda hands it to a function: DynamoDB JSON, binary values in base64, times in epoch seconds. */
export function streamItem(record: EngineRecord, streamArn: string, region: string, readAt: number): StreamItem {
  const change = record.dynamodb ?? {};
  const seconds = change.ApproximateCreationDateTime;
  const created = seconds === undefined ? readAt : seconds * 1000;
  const keys: Record<string, unknown> = change.Keys ?? {};
  const lambdaRecord = {
    eventID: record.eventID,
    eventName: record.eventName,
    eventVersion: record.eventVersion ?? '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: region,
    dynamodb: {
      ApproximateCreationDateTime: created / 1000,
      Keys: keys,
      ...(change.NewImage && { NewImage: change.NewImage }),
      ...(change.OldImage && { OldImage: change.OldImage }),
      SequenceNumber: change.SequenceNumber,
      SizeBytes: change.SizeBytes,
      StreamViewType: change.StreamViewType,
    },
    eventSourceARN: streamArn,
    ...(record.userIdentity && {
      userIdentity: { principalId: record.userIdentity.PrincipalId, type: record.userIdentity.Type },
    }),
  } as DynamoDBRecord;
  return {
    record: lambdaRecord,
    sequenceNumber: change.SequenceNumber ?? '',
    key: JSON.stringify(Object.entries(keys).sort(([a], [b]) => (a < b ? -1 : 1))),
    // The local engine cuts the time to the minute; a record is at most that much younger, and never younger than its
    // reading.
    writtenAt: Math.min(readAt, created + 60_000),
    bytes: jsonBytes(lambdaRecord),
  };
}
