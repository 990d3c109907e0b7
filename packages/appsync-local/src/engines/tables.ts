import type { EngineClient } from './engineClient.ts';
import type { TableModel } from '../model.ts';

/** How the engine knows a table's stream. */
export interface EngineStream {
  tableName: string;
  /** The engine's own ARN. */
  engineArn: string;
  /** Sequence number of the last record that is not the application's; what matters comes after it. */
  startAfter: string;
}

interface KeyDefinition {
  KeySchema: { AttributeName: string }[];
  AttributeDefinitions: { AttributeName: string; AttributeType: string }[];
}

/** Creates tables with their indexes and streams, all at once. */
export async function createTables(client: EngineClient, tables: TableModel[]): Promise<EngineStream[]> {
  const streams = await Promise.all(tables.map((table) => createTable(client, table)));
  return streams.filter((stream): stream is EngineStream => stream !== undefined);
}

async function createTable(client: EngineClient, table: TableModel): Promise<EngineStream | undefined> {
  const created = await client.call<{ TableDescription: { LatestStreamArn?: string } }>(
    'CreateTable',
    table.createTable,
  );
  if (table.ttlAttribute !== undefined) {
    const specification = { Enabled: true, AttributeName: table.ttlAttribute };
    await client.call('UpdateTimeToLive', { TableName: table.name, TimeToLiveSpecification: specification });
  }
  const engineArn = created.TableDescription.LatestStreamArn;
  if (table.streamArn === undefined || engineArn === undefined) return undefined;
  return { tableName: table.name, engineArn, startAfter: await primeStream(client, table, engineArn) };
}

/**
 * Every write to a stream table costs the engine a little for each stream record, of any table, that came before that
 * stream's first one. So each stream gets its first record now, by an item that is written and removed.
 */
async function primeStream(client: EngineClient, table: TableModel, engineArn: string): Promise<string> {
  const { KeySchema, AttributeDefinitions } = table.createTable as unknown as KeyDefinition;
  const key = Object.fromEntries(
    KeySchema.map(({ AttributeName }) => {
      const type =
        AttributeDefinitions.find((attribute) => attribute.AttributeName === AttributeName)?.AttributeType ?? 'S';
      return [AttributeName, { [type]: type === 'N' ? '0' : type === 'B' ? 'cHJpbWVy' : 'primer' }];
    }),
  );
  await client.call('PutItem', { TableName: table.name, Item: key });
  await client.call('DeleteItem', { TableName: table.name, Key: key });
  const { StreamDescription } = await client.call<{ StreamDescription: { Shards: { ShardId: string }[] } }>(
    'streams:DescribeStream',
    { StreamArn: engineArn },
  );
  const position = {
    StreamArn: engineArn,
    ShardId: StreamDescription.Shards[0]?.ShardId,
    ShardIteratorType: 'TRIM_HORIZON',
  };
  const { ShardIterator } = await client.call<{ ShardIterator: string }>('streams:GetShardIterator', position);
  const { Records } = await client.call<{ Records: { dynamodb: { SequenceNumber: string } }[] }>('streams:GetRecords', {
    ShardIterator,
  });
  const last = Records.at(-1);
  if (!last) throw new Error(`the stream of ${table.name} shows no record`);
  return last.dynamodb.SequenceNumber;
}

type Item = Record<string, unknown>;

/**
 * Deletes what has expired: the engine itself looks at a few dozen items per sweep only.
 *
 * @param nowSeconds the moment to compare with, epoch seconds
 * @returns how many items went
 */
export async function sweepExpired(
  client: EngineClient,
  tables: TableModel[],
  nowSeconds = Math.floor(Date.now() / 1000),
): Promise<number> {
  let deleted = 0;
  for (const table of tables) {
    if (table.ttlAttribute === undefined) continue;
    const { KeySchema } = table.createTable as unknown as KeyDefinition;
    const names: Record<string, string> = { '#ttl': table.ttlAttribute };
    KeySchema.forEach(({ AttributeName }, index) => (names[`#key${index}`] = AttributeName));
    const expired = {
      TableName: table.name,
      ExpressionAttributeValues: { ':now': { N: String(nowSeconds) } },
    };
    let from: Item | undefined;
    do {
      const page = await client.call<{ Items: Item[]; LastEvaluatedKey?: Item }>('Scan', {
        ...expired,
        FilterExpression: '#ttl < :now',
        ProjectionExpression: KeySchema.map((_, index) => `#key${index}`).join(', '),
        ExpressionAttributeNames: names,
        ...(from ? { ExclusiveStartKey: from } : {}),
      });
      for (const Key of page.Items) deleted += await deleteIfExpired(client, { ...expired, Key }, table.ttlAttribute);
      from = page.LastEvaluatedKey;
    } while (from);
  }
  return deleted;
}

/** The item may have been written anew since the scan saw it. */
async function deleteIfExpired(client: EngineClient, request: Item, ttlAttribute: string): Promise<number> {
  try {
    await client.call('DeleteItem', {
      ...request,
      ConditionExpression: '#ttl < :now',
      ExpressionAttributeNames: { '#ttl': ttlAttribute },
    });
    return 1;
  } catch (error) {
    if (error instanceof Error && error.name === 'ConditionalCheckFailedException') return 0;
    throw error;
  }
}
