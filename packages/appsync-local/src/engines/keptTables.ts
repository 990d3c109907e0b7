import { setTimeout as delay } from 'node:timers/promises';
import { createTable, primeStream, setTimeToLive, type EngineStream } from './tables.ts';
import type { EngineClient } from './engineClient.ts';
import type { TableModel } from '../model.ts';

type Index = {
  IndexName: string;
  KeySchema: unknown;
  Projection: { ProjectionType: string; NonKeyAttributes?: string[] };
  IndexStatus?: string;
};

/** What the engine says of a table. */
interface Described {
  KeySchema: unknown;
  GlobalSecondaryIndexes?: Index[];
  LocalSecondaryIndexes?: Index[];
  StreamSpecification?: { StreamEnabled: boolean; StreamViewType?: string };
  LatestStreamArn?: string;
  TableStatus: string;
}

export interface Ensured {
  streams: EngineStream[];
  /** What is otherwise than an earlier run left it, in words. */
  changes: string[];
}

/**
 * Brings the tables of an earlier run to what the template says now: new tables, indexes, streams and expiry are added,
 * indexes that are no more are dropped. Nobody may be writing meanwhile.
 *
 * @throws where AWS would make another table: with another key, or other local indexes
 */
export async function ensureTables(
  client: EngineClient,
  tables: TableModel[],
  known: readonly EngineStream[],
): Promise<Ensured> {
  const { TableNames: before } = await client.call<{ TableNames: string[] }>('ListTables', {});
  const streams: EngineStream[] = [];
  const changes: string[] = [];
  for (const table of tables) {
    if (!before.includes(table.name)) {
      const stream = await createTable(client, table);
      if (stream) streams.push(stream);
      if (before.length > 0) changes.push(`the table ${table.name} is new`);
      continue;
    }
    changes.push(...(await alterTable(client, table)));
    if (table.streamArn !== undefined) streams.push(await streamOf(client, table, known));
  }
  const gone = before.filter((name) => !tables.some((table) => table.name === name));
  changes.push(...gone.map((name) => `the table ${name} is no longer in the template; it is left as it is, unused`));
  return { streams, changes };
}

async function alterTable(client: EngineClient, table: TableModel): Promise<string[]> {
  const found = await describe(client, table.name);
  const wanted = table.createTable as unknown as Described & { AttributeDefinitions: unknown };
  const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);
  const shapes = (indexes: Index[] = []): string[] => indexes.map(shapeOf).sort();
  if (
    !same(found.KeySchema, wanted.KeySchema) ||
    !same(shapes(found.LocalSecondaryIndexes), shapes(wanted.LocalSecondaryIndexes))
  )
    throw new Error(
      `the table ${table.name} is kept with another key than the template gives it: begin anew with --fresh`,
    );

  const changes: string[] = [];
  const update = async (change: object, words: string): Promise<void> => {
    await client.call('UpdateTable', {
      TableName: table.name,
      AttributeDefinitions: wanted.AttributeDefinitions,
      ...change,
    });
    await settled(client, table.name);
    changes.push(`${table.name}: ${words}`);
  };
  const has = (indexes: Index[] | undefined, index: Index): boolean => shapes(indexes).includes(shapeOf(index));
  for (const index of found.GlobalSecondaryIndexes ?? [])
    if (!has(wanted.GlobalSecondaryIndexes, index))
      await update(
        { GlobalSecondaryIndexUpdates: [{ Delete: { IndexName: index.IndexName } }] },
        `the index ${index.IndexName} is dropped`,
      );
  for (const index of wanted.GlobalSecondaryIndexes ?? [])
    if (!has(found.GlobalSecondaryIndexes, index))
      await update({ GlobalSecondaryIndexUpdates: [{ Create: index }] }, `the index ${index.IndexName} is new`);

  const [is, shall] = [found.StreamSpecification?.StreamViewType, wanted.StreamSpecification?.StreamViewType];
  if (is !== shall) {
    if (is !== undefined) await update({ StreamSpecification: { StreamEnabled: false } }, 'its stream ends');
    if (shall !== undefined) await update({ StreamSpecification: wanted.StreamSpecification }, 'its stream is new');
  }
  await expireBy(client, table, changes);
  return changes;
}

async function expireBy(client: EngineClient, table: TableModel, changes: string[]): Promise<void> {
  const { TimeToLiveDescription } = await client.call<{ TimeToLiveDescription?: { AttributeName?: string } }>(
    'DescribeTimeToLive',
    { TableName: table.name },
  );
  if (table.ttlAttribute === undefined || TimeToLiveDescription?.AttributeName === table.ttlAttribute) return;
  await setTimeToLive(client, table);
  changes.push(`${table.name}: its items expire by ${table.ttlAttribute}`);
}

async function streamOf(
  client: EngineClient,
  table: TableModel,
  known: readonly EngineStream[],
): Promise<EngineStream> {
  const { LatestStreamArn: engineArn = '' } = await describe(client, table.name);
  return (
    known.find((stream) => stream.engineArn === engineArn) ?? {
      tableName: table.name,
      engineArn,
      startAfter: await primeStream(client, table, engineArn),
    }
  );
}

async function describe(client: EngineClient, name: string): Promise<Described> {
  return (await client.call<{ Table: Described }>('DescribeTable', { TableName: name })).Table;
}

/** How often the engine may fail to describe a table, 50 ms apart. */
const patience = 200;

/** The engine alters tables beside its calls; while it drops an index, it may fail to describe the table. */
async function settled(client: EngineClient, name: string): Promise<void> {
  for (let failures = 0; ; await delay(50)) {
    const found = await describe(client, name).catch((error: Error) => {
      failures += 1;
      if (!/^Internal/.test(error.name) || failures > patience) throw error;
      return undefined;
    });
    if (
      found?.TableStatus === 'ACTIVE' &&
      (found.GlobalSecondaryIndexes ?? []).every(({ IndexStatus = 'ACTIVE' }) => IndexStatus === 'ACTIVE')
    )
      return;
  }
}

function shapeOf({ IndexName, KeySchema, Projection }: Index): string {
  const { ProjectionType, NonKeyAttributes = [] } = Projection;
  return JSON.stringify([IndexName, KeySchema, ProjectionType, [...NonKeyAttributes].sort()]);
}
