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

export interface KeyDefinition {
  KeySchema: { AttributeName: string }[];
  AttributeDefinitions: { AttributeName: string; AttributeType: string }[];
}

interface ShardDescription {
  ShardId: string;
  SequenceNumberRange?: { StartingSequenceNumber?: string };
}

/** Creates tables with their indexes and streams, all at once. */
export async function createTables(client: EngineClient, tables: TableModel[]): Promise<EngineStream[]> {
  const streams = await Promise.all(tables.map((table) => createTable(client, table)));
  return streams.filter((stream): stream is EngineStream => stream !== undefined);
}

export async function createTable(client: EngineClient, table: TableModel): Promise<EngineStream | undefined> {
  const created = await client.call<{ TableDescription: { LatestStreamArn?: string } }>(
    'CreateTable',
    table.createTable,
  );
  await setTimeToLive(client, table);
  const engineArn = created.TableDescription.LatestStreamArn;
  if (table.streamArn === undefined || engineArn === undefined) return undefined;
  return { tableName: table.name, engineArn, startAfter: await primeStream(client, table, engineArn) };
}

export async function setTimeToLive(client: EngineClient, table: TableModel): Promise<void> {
  if (table.ttlAttribute === undefined) return;
  const specification = { Enabled: true, AttributeName: table.ttlAttribute };
  await client.call('UpdateTimeToLive', { TableName: table.name, TimeToLiveSpecification: specification });
}

/**
 * Every write to a stream table costs the engine a little for each stream record, of any table, that came before that
 * stream's first one. So each stream gets its first record now, by an item that is written and removed.
 */
export async function primeStream(client: EngineClient, table: TableModel, engineArn: string): Promise<string> {
  const { KeySchema, AttributeDefinitions } = table.createTable as unknown as KeyDefinition;
  const key = Object.fromEntries(
    KeySchema.map(({ AttributeName }) => {
      const type =
        AttributeDefinitions.find((attribute) => attribute.AttributeName === AttributeName)?.AttributeType ?? 'S';
      return [AttributeName, { [type]: type === 'N' ? '0' : type === 'B' ? 'cHJpbWVy' : 'primer' }];
    }),
  );
  for (;;) {
    await client.call('PutItem', { TableName: table.name, Item: key });
    await client.call('DeleteItem', { TableName: table.name, Key: key });
    const { StreamDescription } = await client.call<{ StreamDescription: { Shards: ShardDescription[] } }>(
      'streams:DescribeStream',
      { StreamArn: engineArn },
    );
    const [shard] = StreamDescription.Shards;
    const position = { StreamArn: engineArn, ShardId: shard?.ShardId, ShardIteratorType: 'TRIM_HORIZON' };
    const { ShardIterator } = await client.call<{ ShardIterator: string }>('streams:GetShardIterator', position);
    const { Records } = await client.call<{ Records: { dynamodb: { SequenceNumber: string } }[] }>(
      'streams:GetRecords',
      { ShardIterator },
    );
    const last = Records.at(-1)?.dynamodb.SequenceNumber;
    if (last === undefined) throw new Error(`the stream of ${table.name} shows no record`);
    // An engine that was started again numbers on from less than a stream that it had made, but not used, begins with;
    // and takes no such number for a place in it.
    if (BigInt(last) >= BigInt(shard?.SequenceNumberRange?.StartingSequenceNumber ?? 0)) return last;
  }
}
