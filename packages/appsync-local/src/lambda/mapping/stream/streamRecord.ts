import type { _Record as EngineRecord } from '@aws-sdk/client-dynamodb-streams';
import type { DynamoDBRecord } from 'aws-lambda';
import { jsonBytes } from '../batchSize.ts';

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
  const created = change.ApproximateCreationDateTime?.getTime() ?? readAt;
  const keys = dynamoJson(change.Keys ?? {}) as Record<string, unknown>;
  const lambdaRecord = {
    eventID: record.eventID,
    eventName: record.eventName,
    eventVersion: record.eventVersion ?? '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: region,
    dynamodb: {
      ApproximateCreationDateTime: created / 1000,
      Keys: keys,
      ...(change.NewImage && { NewImage: dynamoJson(change.NewImage) }),
      ...(change.OldImage && { OldImage: dynamoJson(change.OldImage) }),
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

function dynamoJson(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (Array.isArray(value)) return value.map(dynamoJson);
  if (typeof value !== 'object' || value === null) return value;
  const result: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(value)) if (member !== undefined) result[name] = dynamoJson(member);
  return result;
}
