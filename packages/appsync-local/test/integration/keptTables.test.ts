import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startDynamoDb, type DynamoDbEngine } from '../../src/engines/dynamodb.ts';
import { KeptState } from '../../src/stack/state.ts';
import { table } from './gatewayFixture.ts';
import { eventually } from './lambdaFixtures.ts';
import type { TableModel } from '../../src/model.ts';

const folder = mkdtempSync(join(tmpdir(), 'kept-'));
const notices: string[] = [];
let state: KeptState;
let engine: DynamoDbEngine;

beforeAll(async () => {
  // One of its own, to be ended.
  vi.stubEnv('DYNAMODB_LOCAL_ENDPOINT', '');
  state = new KeptState(folder, false);
  engine = await startDynamoDb({ dir: state.tables, onOutage: (words) => notices.push(words) });
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await engine?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** The kept database, with those tables, as a run of the stack opens it. */
async function open(tables: TableModel[]) {
  const database = engine.newDatabase(state.accessKeyId);
  const { streams, changes } = await database.ensureTables(tables, state.streams);
  state.keepStreams(streams);
  const put = (id: string) =>
    database.client.call('PutItem', { TableName: 'things', Item: { id: { S: id }, owner: { S: 'o' } } });
  const count = async (index?: string) =>
    (
      await database.client.call<{ Count: number }>('Scan', {
        TableName: 'things',
        Select: 'COUNT',
        ...(index === undefined ? {} : { IndexName: index }),
      })
    ).Count;
  return { database, streams, changes, put, count };
}

const things = table('things', { stream: true });

describe('tables on disk', () => {
  it('come back, with their streams, when the engine has ended, however it did', async () => {
    const { put, count, streams, database } = await open([things]);
    const acknowledged = Array.from({ length: 40 }, (_, n) =>
      put(`item ${n}`).then(
        () => true,
        () => false,
      ),
    );
    await Promise.all(acknowledged.slice(0, 10));
    engine.crash();
    const stored = (await Promise.all(acknowledged)).filter(Boolean).length;
    await eventually(() => engine.outage() !== undefined);
    expect(engine.outage()).toMatch(/DynamoDB Local has ended \(exit code \d+\) and is started again/);
    await eventually(() => engine.outage() === undefined, 30);
    expect(notices.at(-1)).toBe('DynamoDB Local is back');
    expect(await count()).toBeGreaterThanOrEqual(stored);
    expect(stored).toBeGreaterThanOrEqual(10);
    database.close();

    const again = await open([things]);
    expect(again.changes).toEqual([]);
    // The stream goes on where it was: what has not been handled yet is not lost.
    expect(again.streams).toEqual(streams);
    again.database.close();
  });

  it('take no more room for their log than is written between two ends of it, though nobody makes a transaction', async () => {
    const { database } = await open([things]);
    const sizeOf = (ending: string) => {
      const [file] = readdirSync(state.tables).filter((name) => name.startsWith('KEY') && name.endsWith(ending));
      return file === undefined ? 0 : statSync(join(state.tables, file)).size;
    };
    const writeMuch = async () => {
      for (let batch = 0; batch < 20; batch += 1) {
        const requests = Array.from({ length: 25 }, (_, n) => ({
          PutRequest: { Item: { id: { S: `${batch} ${n}` }, owner: { S: 'o' }, text: { S: 'x'.repeat(3_000) } } },
        }));
        await database.client.call('BatchWriteItem', { RequestItems: { things: requests } });
      }
    };
    // Where a transaction once was, and none has been since.
    await database.endLog(things);
    for (let n = 0; n < 3; n += 1) await writeMuch();
    const grown = sizeOf('-wal');
    await database.endLog(things);
    await writeMuch();
    const ended = sizeOf('.db');
    for (let n = 0; n < 5; n += 1) {
      await database.endLog(things);
      await writeMuch();
    }
    expect(ended).toBeGreaterThan(1_000_000);
    expect(sizeOf('-wal')).toBeLessThan(2 * grown);
    database.close();
  });

  it('follow the template: indexes and tables come and go, and it is said', async () => {
    const { KeySchema } = things.createTable as { KeySchema: { AttributeName: string; KeyType: string }[] };
    const byOwnerOnly = {
      IndexName: 'byOwnerOnly',
      KeySchema: [{ AttributeName: 'owner', KeyType: 'HASH' }],
      Projection: { ProjectionType: 'KEYS_ONLY' },
    };
    const changed: TableModel = {
      ...things,
      ttlAttribute: 'expiresAt',
      createTable: { ...things.createTable, GlobalSecondaryIndexes: [byOwnerOnly] },
    };
    const { changes, count, database } = await open([changed, table('others')]);
    expect(changes.sort()).toEqual([
      'the table others is new',
      'things: its items expire by expiresAt',
      'things: the index byOwner is dropped',
      'things: the index byOwnerOnly is new',
    ]);
    expect(await count('byOwnerOnly')).toBe(await count());
    database.close();

    const without = await open([changed]);
    expect(without.changes).toEqual(['the table others is no longer in the template; it is left as it is, unused']);
    without.database.close();
    const other = {
      ...things,
      createTable: { ...things.createTable, KeySchema: [...KeySchema, { AttributeName: 'owner', KeyType: 'RANGE' }] },
    };
    await expect(open([other])).rejects.toThrow(
      'the table things is kept with another key than the template gives it: begin anew with --fresh',
    );
  });

  it('are gone when a run begins anew', async () => {
    const key = state.accessKeyId;
    expect(new KeptState(folder, false).accessKeyId).toBe(key);
    await engine.stop();
    const fresh = new KeptState(folder, true);
    expect(fresh.found).toBe(false);
    expect(fresh.accessKeyId).not.toBe(key);
  });
});
