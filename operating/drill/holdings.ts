import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMSClient } from '@aws-sdk/client-kms';
import { DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb';
import type { AggregateName } from '../../domain/kernel/aggregate.ts';
import { type DomainEvent, streamIdOf } from '../../domain/kernel/stream/event.ts';
import type { ViewRow } from '../../domain/kernel/view/view.ts';
import { aggregateNames } from '../../domain/operations.ts';
import { UnreadableEvent } from '../../functions/ports/eventStore/item.ts';
import { eventsOf } from '../../functions/ports/eventStore/sealing.ts';
import { dynamoDbKeys } from '../../functions/ports/keys/dynamodb.ts';
import { kmsKeyService } from '../../functions/ports/keys/kms.ts';
import type { Keys } from '../../functions/ports/keys/port.ts';
import type { Stack } from '../../local/stack.ts';

/** What a stack's tables hold, read past the API. */
export interface Holdings {
  /** Events in order of version, by stream. */
  streams: Map<string, DomainEvent[]>;
  /** The rows of all views, by stream. */
  rows: Map<string, ViewRow>;
  /** Who holds a unique value, by its claim. */
  claims: Map<string, string>;
  keys: Keys;
}

const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };

/** The tables of the local stack, for its administrator. */
export const adminClient = ({ outputs }: Stack): DynamoDBDocumentClient =>
  DynamoDBDocumentClient.from(
    new DynamoDBClient({ endpoint: outputs.DynamoDBEndpoint, region: outputs.Region, credentials }),
  );

/** @param eventStore the name of the table that holds the events */
export const holdingsOf = async (
  { outputs }: Stack,
  dynamoDb: DynamoDBDocumentClient,
  eventStore: string,
): Promise<Holdings> => {
  const table = (name: string): string => String(outputs.Tables[name]);
  const kms = new KMSClient({ endpoint: outputs.KmsEndpoint, region: outputs.Region, credentials });
  const keys = dynamoDbKeys(dynamoDb, table('subjectKey'), kmsKeyService(kms));
  const claims = await scan(dynamoDb, table('uniqueValue'));
  return {
    streams: streamsOf(await eventsOf(await scan(dynamoDb, eventStore), keys, true)),
    rows: await rowsOf(dynamoDb, table),
    claims: new Map(claims.map(({ uniqueKey, streamId }) => [String(uniqueKey), String(streamId)])),
    keys,
  };
};

export const aggregateOf = (streamId: string): AggregateName =>
  streamId.slice(0, streamId.indexOf('#')) as AggregateName;

const rowsOf = async (
  dynamoDb: DynamoDBDocumentClient,
  table: (name: string) => string,
): Promise<Map<string, ViewRow>> => {
  const found = new Map<string, ViewRow>();
  for (const aggregate of aggregateNames)
    for (const row of await scan(dynamoDb, table(aggregate)))
      found.set(streamIdOf(aggregate, String(row['id'])), row as ViewRow);
  return found;
};

const streamsOf = (events: (DomainEvent | UnreadableEvent)[]): Map<string, DomainEvent[]> => {
  const found = new Map<string, DomainEvent[]>();
  for (const event of events) {
    if (event instanceof UnreadableEvent) throw event;
    const streamId = streamIdOf(event.aggregate, event.aggregateId);
    found.set(streamId, [...(found.get(streamId) ?? []), event]);
  }
  for (const stream of found.values()) stream.sort((one, other) => one.version - other.version);
  return found;
};

/** Every item of a table. */
export const scan = async (dynamoDb: DynamoDBDocumentClient, TableName: string): Promise<Record<string, unknown>[]> => {
  const items: Record<string, unknown>[] = [];
  let from: Record<string, unknown> | undefined;
  do {
    const page = await dynamoDb.send(new ScanCommand({ TableName, ConsistentRead: true, ExclusiveStartKey: from }));
    items.push(...(page.Items ?? []));
    from = page.LastEvaluatedKey;
  } while (from);
  return items;
};
