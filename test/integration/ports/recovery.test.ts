import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { entriesOf } from '../../../domain/kernel/view/directory.ts';
import { currentSchemaVersion } from '../../../domain/kernel/stream/event.ts';
import { aggregates } from '../../../domain/operations.ts';
import { dynamoDbClaimReader, dynamoDbClaims } from '../../../functions/ports/claims/dynamodb.ts';
import { memoryClaimReader, memoryClaims } from '../../../functions/ports/claims/memory.ts';
import { dynamoDbDirectory } from '../../../functions/ports/directory/dynamodb.ts';
import { memoryDirectory } from '../../../functions/ports/directory/memory.ts';
import { dynamoDbEventIndex } from '../../../functions/ports/eventIndex/dynamodb.ts';
import { memoryEventIndex } from '../../../functions/ports/eventIndex/memory.ts';
import { dynamoDbEventReader, dynamoDbEventStore } from '../../../functions/ports/eventStore/dynamodb.ts';
import { memoryEventStore } from '../../../functions/ports/eventStore/memory.ts';
import { dynamoDbLedger } from '../../../functions/ports/ledger/dynamodb.ts';
import { memoryLedger } from '../../../functions/ports/ledger/memory.ts';
import { dynamoDbRows } from '../../../functions/ports/rows/dynamodb.ts';
import { memoryRows } from '../../../functions/ports/rows/memory.ts';
import type { Rows } from '../../../functions/ports/rows/port.ts';
import { sweepDirectory, type SweepPorts } from '../../../functions/recovery/sweep.ts';
import { originalEvents } from '../../fixtures/originalEvents.ts';
import { claimsSuite } from '../../support/conformance/claims.ts';
import { eventIndexSuite } from '../../support/conformance/eventIndex.ts';
import { ledgerSuite } from '../../support/conformance/ledger.ts';
import { rowsSuite } from '../../support/conformance/rows.ts';
import { startTables, tableNames, type TestTables, viewTables } from '../../support/engines/tables.ts';

/**
 * The ports of recovery and history: the twin in memory and the adapter on the real engine, against the same suites.
 */
let tables: TestTables;
beforeAll(async () => {
  tables = await startTables();
});
afterAll(() => tables.stop());

rowsSuite('in memory', () => memoryRows());
rowsSuite('on DynamoDB', () => dynamoDbRows(tables.client, viewTables));
ledgerSuite('in memory', () => memoryLedger());
ledgerSuite('on DynamoDB', () => dynamoDbLedger(tables.client, tableNames.recovery));
claimsSuite('in memory', () => {
  const eventStore = memoryEventStore();
  return { eventStore, claims: memoryClaims(eventStore), reader: memoryClaimReader(eventStore) };
});
claimsSuite('on DynamoDB', () => ({
  eventStore: dynamoDbEventStore(tables.client, tableNames, tables.keys),
  claims: dynamoDbClaims(tables.client, tableNames, tables.keys),
  reader: dynamoDbClaimReader(tables.client, tableNames.uniqueValue, tables.keys),
}));
eventIndexSuite('in memory', () => {
  const eventStore = memoryEventStore();
  return { eventStore, eventIndex: memoryEventIndex(eventStore) };
});
eventIndexSuite('on DynamoDB', () => ({
  eventStore: dynamoDbEventStore(tables.client, tableNames, tables.keys),
  eventIndex: dynamoDbEventIndex(tables.client, tableNames.eventStore, tables.keys),
}));

describe.each(['in memory', 'on DynamoDB'])('a sweep of the directory %s', (where) => {
  it('removes the entries of no row and of a tombstone, and lists what comes into being meanwhile', async () => {
    const real = where === 'on DynamoDB';
    const directory = real ? dynamoDbDirectory(tables.client, tableNames.directory) : memoryDirectory();
    const rows = real ? dynamoDbRows(tables.client, viewTables) : memoryRows();
    const at = '2026-01-01T00:00:00.000Z';
    const row = (id: string) => ({ id, version: 1, name: id, description: 'd', createdAt: at, updatedAt: at });
    const entries = (id: string) => entriesOf(aggregates.group, row(id));
    for (const id of ['sweep-live', 'sweep-orphan', 'sweep-gone', 'sweep-late'])
      await directory.settle(`group#${id}`, entries(id));
    await directory.settle('planet#mars', [{ ...entries('mars')[0]!, rowKey: 'planet#mars' }]);
    await rows.replace({ aggregate: 'group', id: 'sweep-live' }, row('sweep-live'), undefined);
    await rows.replace(
      { aggregate: 'group', id: 'sweep-gone' },
      { id: 'sweep-gone', version: 2, deletedAt: at, expiresAt: 4e9 },
      undefined,
    );
    // Whoever creates it has listed it, just before what stood there is taken for an orphan's.
    const late: Rows = {
      ...rows,
      getMany: async (keys) => {
        const found = await rows.getMany(keys);
        if (!found.has('group#sweep-late'))
          await rows.replace({ aggregate: 'group', id: 'sweep-late' }, row('sweep-late'), undefined);
        return found;
      },
    };
    const ports = { directory, rows: late } as unknown as SweepPorts;
    let after: string | undefined;
    do after = (await sweepDirectory(after, ports)).next;
    while (after !== undefined);
    const missing = async (id: string) => directory.settle(`group#${id}`, entries(id));
    expect(await missing('sweep-live')).toBe(0);
    expect(await missing('sweep-late')).toBe(0);
    expect(await missing('sweep-orphan')).toBeGreaterThan(0);
    expect(await missing('sweep-gone')).toBeGreaterThan(0);
    expect(await directory.settle('planet#mars', [])).toBe(0);
    for (const id of ['sweep-live', 'sweep-late', 'sweep-orphan', 'sweep-gone'])
      await directory.settle(`group#${id}`, []);
  });
});

it('claims on DynamoDB come right whatever became of their owner', async () => {
  const claims = dynamoDbClaims(tables.client, tableNames, tables.keys);
  for (const [n, streamId] of [undefined, 7, '', 'users', 'planet#mars', { no: 'text' }].entries()) {
    const key = `role#name#${n}`;
    const owner = { aggregate: 'role' as const, aggregateId: `r${n}` };
    await tables.client.send(
      new PutCommand({
        TableName: tableNames.uniqueValue,
        Item: { uniqueKey: key, ...(streamId !== undefined && { streamId }) },
      }),
    );
    expect(
      await claims.restore({ key, attribute: 'name', owner }, (await claims.find([key])).get(key), [
        { ...owner, version: 0 },
      ]),
      JSON.stringify(streamId),
    ).toBe('done');
    expect((await claims.find([key])).get(key)).toMatchObject({ owner, streamId: `role#r${n}`, attribute: 'name' });
    await tables.client.send(
      new PutCommand({
        TableName: tableNames.uniqueValue,
        Item: { uniqueKey: key, ...(streamId !== undefined && { streamId }) },
      }),
    );
    expect(await claims.remove((await claims.find([key])).get(key)!, [])).toBe('done');
  }
});

it('events of the first implementation are read by key, by time and whole', async () => {
  for (const item of originalEvents)
    await tables.client.send(new PutCommand({ TableName: tableNames.eventStore, Item: item }));
  const eventIndex = dynamoDbEventIndex(tables.client, tableNames.eventStore, tables.keys);
  const { entries } = await eventIndex.page('2019-07#3', { from: 0, to: Date.UTC(2019, 7), limit: 10 });
  expect(entries).toMatchObject([
    { aggregate: 'user', aggregateId: '5d0b', version: 1 },
    { aggregate: 'user', aggregateId: '5d0b', version: 2 },
  ]);
  expect(await eventIndex.events(entries)).toEqual(
    await dynamoDbEventReader(tables.client, tableNames.eventStore, tables.keys).load('user', '5d0b'),
  );
  expect((await eventIndex.events(entries))[1]).toMatchObject({
    type: 'UserUpdated',
    payload: { lastName: 'Leigh', birthDate: '1990-02-28' },
    schemaVersion: currentSchemaVersion,
  });
  expect(
    await eventIndex.existing([
      { aggregate: 'authorization', aggregateId: 'a-1' },
      { aggregate: 'authorization', aggregateId: 'a-2' },
    ]),
  ).toEqual(new Set(['authorization#a-1']));
});
