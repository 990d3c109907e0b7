import { type DynamoDBDocumentClient, PutCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { fold } from '../../domain/kernel/stream/fold.ts';
import type { DomainEvent } from '../../domain/kernel/stream/event.ts';
import { itemOf } from '../../functions/ports/eventStore/item.ts';
import { dynamoDbEventStore } from '../../functions/ports/eventStore/dynamodb.ts';
import { countClear, countClearClaims, sealStore } from '../../operating/seal/store.ts';
import { destroyStanding, standingKeys } from '../../operating/erase/standing.ts';
import { command, signUp, updateUser } from '../support/clients/commands.ts';
import { startTables, tableNames, type TestTables } from '../support/engines/tables.ts';
import { engineBackend, writePath } from '../support/models/writePath.ts';

let engine: TestTables;
let tables: TestTables;
beforeAll(async () => {
  engine = await startTables();
});
beforeEach(async () => {
  tables = await engine.another();
  for (const item of clear) await tables.client.send(new PutCommand({ TableName: tableNames.eventStore, Item: item }));
});
afterAll(() => engine.stop());

const ada = { firstName: 'Ada', lastName: 'Lovelace', birthDate: '1990-12-10', email: 'ada@example.com' };
const said = /Ada|Lovelace|1990-12-10|example\.com|Augusta|Byron|Spam/;

const event = (aggregateId: string, version: number, type: string, payload: object): DomainEvent =>
  ({
    eventId: randomUUID(),
    aggregate: 'user',
    aggregateId,
    version,
    type,
    payload,
    executionQueue: 'executeUpdateUserQueue',
    timestamp: 1_700_000_000_000 + version,
    commandId: randomUUID(),
    operation: 'updateUser',
    actor: 'admin:a',
    schemaVersion: 1,
  }) as DomainEvent;

/**
 * Two lives with all that can be said, the first implementation's shape, what is no event at all, and what is of no
 * person.
 */
const clear: Record<string, unknown>[] = [
  event('ada', 1, 'UserCreated', { ...ada, roleId: 'r', groupId: null }),
  event('ada', 2, 'UserUpdated', { firstName: 'Augusta' }),
  event('ada', 3, 'UserSuspended', { reason: 'Spam', until: null }),
  event('ada', 4, 'UserCorrected', { version: 1, payload: { ...ada, lastName: 'Byron', roleId: 'r', groupId: null } }),
  event('ada', 5, 'UserDeleted', {}),
  event('ada', 6, 'UserCreated', { ...ada, firstName: 'Augusta' }),
  event('bo', 1, 'UserCreated', { ...ada, email: 'bo@example.com' }),
]
  .map((each): Record<string, unknown> => itemOf(each))
  .concat([
    { ...itemOf(event('odd', 1, 'UserInvented', { what: 'Lovelace' })) },
    {
      streamId: 'user#old',
      version: 1,
      eventId: randomUUID(),
      aggregate: 'user',
      executionQueue: 'executeCreateUserQueue',
      timestamp: 1_500_000_000_000,
      timeShard: '2017-07#0',
      payload: JSON.stringify({
        userId: 'old',
        firstName: 'Ada',
        lastName: 'Lovelace',
        date: '1990-12-10',
        email: 'old@example.com',
        role: 'r',
        group: 'g',
      }),
    },
    { ...itemOf({ ...event('g', 1, 'GroupCreated', { name: 'Ada', description: 'd' }), aggregate: 'group' }) },
  ]);

const scan = async (table: string) =>
  (await tables.client.send(new ScanCommand({ TableName: table, ConsistentRead: true }))).Items ?? [];
const ofPersons = async () =>
  JSON.stringify((await scan(tableNames.eventStore)).filter(({ streamId }) => String(streamId).startsWith('user#')));
const streamOf = (id: string) => dynamoDbEventStore(tables.client, tableNames, tables.keys).load('user', id);
const seal = (client = tables.client) => sealStore(client, tableNames, tables.keys);

it('seals what is said of persons, and nothing else; the same comes out of it', async () => {
  const before = await Promise.all(['ada', 'bo', 'old'].map(streamOf));
  expect(await countClear(tables.client, tableNames.eventStore)).toBe(9);
  expect(await seal()).toEqual({ read: 10, sealed: 9, streams: 4, failed: new Map() });
  expect(await ofPersons()).not.toMatch(said);
  expect(await Promise.all(['ada', 'bo', 'old'].map(streamOf))).toEqual(before);
  expect(await countClear(tables.client, tableNames.eventStore)).toBe(0);
  expect((await scan(tableNames.eventStore)).find(({ streamId }) => streamId === 'group#g')).toEqual(clear.at(-1));
  // Each life has a key of its own.
  const keys = (await tables.keys.of(['user#ada'], true)).get('user#ada')!;
  expect([...keys.keys()].sort()).toEqual([1, 6]);
  const stored = await ofPersons();
  expect(await seal()).toEqual({ read: 10, sealed: 0, streams: 0, failed: new Map() });
  expect(await ofPersons()).toBe(stored);
});

it('goes on wherever it was stopped', async () => {
  const before = await Promise.all(['ada', 'bo', 'old'].map(streamOf));
  /** A run that is killed before, or after, its nth write; whether there was one. */
  const killedAt = async (nth: number, after: boolean): Promise<boolean> => {
    let writes = 0;
    const client = {
      send: async (request: { input: object }) => {
        const isWrite = /Update|Transact/.test(request.constructor.name);
        if (isWrite && (writes += 1) > nth) throw new Error('Killed');
        const answer = await tables.client.send(request as never);
        if (isWrite && after && writes === nth) throw new Error('Killed');
        return answer;
      },
    } as unknown as DynamoDBDocumentClient;
    return (await seal(client)).failed.size > 0;
  };
  let stops = 0;
  // Each run gets one write further than nothing, and is then killed.
  while (await killedAt(1, stops % 2 === 0)) {
    stops += 1;
    expect(stops).toBeLessThan(20);
    expect(await Promise.all(['ada', 'bo', 'old'].map(streamOf))).toEqual(before);
  }
  expect(stops).toBeGreaterThan(3);
  expect(await ofPersons()).not.toMatch(said);
  expect(await countClear(tables.client, tableNames.eventStore)).toBe(0);
});

it('goes with commands and with another run at the same time', async () => {
  const path = writePath(engineBackend(tables));
  const [one, other] = await Promise.all([
    seal(),
    sealStore(tables.client, tableNames, (await engine.another(), tables.keys)),
    ...['ada', 'bo'].map((id) => path.command(updateUser(id, { lastName: 'Byron' }))),
  ]);
  expect([...one.failed, ...other.failed]).toEqual([]);
  expect(await ofPersons()).not.toMatch(said);
  for (const id of ['ada', 'bo'])
    expect(fold(await streamOf(id))).toMatchObject({ status: 'live', attributes: { lastName: 'Byron' } });
});

it('lets a person be erased who could not be before', async () => {
  const path = writePath(engineBackend(tables));
  const erasures = [command('eraseUser', 'ada', {}), command('eraseUser', 'ada', {})] as const;
  await path.command(erasures[0]);
  expect(path.outcomesOf(erasures[0])).toMatchObject([
    { code: 'INVALID', message: expect.stringContaining('npm run seal') },
  ]);
  await seal();
  expect((await path.command(erasures[1])).size).toBe(0);
  const events = await streamOf('ada');
  expect(events.map(({ erased, payload }) => ({ erased, payload }))).toEqual(
    events.map(() => ({ erased: true, payload: {} })),
  );
  // What was left in clear before an erasure, by whatever way, is sealed under a key that nobody keeps.
  await tables.client.send(new PutCommand({ TableName: tableNames.eventStore, Item: clear[1]! }));
  await seal();
  expect(
    JSON.stringify((await scan(tableNames.eventStore)).filter(({ streamId }) => streamId === 'user#ada')),
  ).not.toMatch(said);
  expect((await tables.keys.of(['user#ada'], true)).get('user#ada')!.size).toBe(0);
});

it('counts the claims that are in clear', async () => {
  const put = (uniqueKey: string) =>
    tables.client.send(
      new PutCommand({ TableName: tableNames.uniqueValue, Item: { uniqueKey, streamId: 'user#ada' } }),
    );
  await put('user#email#ada@example.com');
  await put('group#name#Ada');
  await writePath(engineBackend(tables)).command(
    command('signUp', 'eve', { ...ada, email: 'eve@example.com' }, { actor: 'user:eve' }),
  );
  expect(await countClearClaims(tables.client, tableNames.uniqueValue)).toBe(1);
});

it('keys that a restored table brings back are destroyed again, and no part of a stream shows what was erased', async () => {
  await seal();
  const path = writePath(engineBackend(tables));
  const keyItem = async (id: string) =>
    (await scan(tableNames.subjectKey)).find(({ subject }) => subject === `user#${id}`);
  const backup = (await keyItem('ada'))!;
  const bos = await keyItem('bo');
  const email = 'anew@example.com';
  const anew = { ...signUp('ada', email), sentAt: new Date(Date.now() + 1000).toISOString() };
  for (const each of [command('eraseUser', 'ada', {}), anew]) expect((await path.command(each)).size).toBe(0);
  const life = Object.fromEntries(Object.entries((await keyItem('ada'))!).filter(([name]) => name !== 'subject'));
  expect(Object.keys(life)).toHaveLength(1);
  await tables.client.send(new PutCommand({ TableName: tableNames.subjectKey, Item: { ...backup, ...life } }));

  const standing = await standingKeys(tables.client, tableNames);
  expect(standing).toEqual([
    {
      subject: 'user#ada',
      names: expect.arrayContaining(Object.keys(backup).filter((name) => name.startsWith('life'))),
    },
  ]);
  for (const keys of standing) await destroyStanding(tables.client, tableNames, keys);
  expect(await standingKeys(tables.client, tableNames)).toEqual([]);
  expect(await keyItem('ada')).toEqual({ subject: 'user#ada', ...life });
  expect(await keyItem('bo')).toEqual(bos);
  // As pages of a history and an audit read: without the erasure that stands behind them.
  tables.keys.forget('user#ada');
  const reader = dynamoDbEventStore(tables.client, tableNames, tables.keys);
  expect(JSON.stringify(await reader.loadAfter('user', 'ada', 0, 3))).not.toMatch(said);
  expect((await reader.loadLast('user', 'ada', 1))[0]).toMatchObject({ payload: { email } });
});
