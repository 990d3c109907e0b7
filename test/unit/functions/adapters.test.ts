import {
  ConditionalCheckFailedException,
  TransactionCanceledException,
  TransactionConflictException,
} from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { marshall } from '@aws-sdk/util-dynamodb';
import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { currentSchemaVersion, streamIdOf } from '../../../domain/kernel/stream/event.ts';
import type { Entry } from '../../../domain/kernel/view/directory.ts';
import type { DomainEvent } from '../../../domain/kernel/stream/event.ts';
import { tombstoneSeconds } from '../../../domain/kernel/view/view.ts';
import { dynamoDbClaims } from '../../../functions/ports/claims/dynamodb.ts';
import { dynamoDbDirectory } from '../../../functions/ports/directory/dynamodb.ts';
import { dynamoDbEventIndex } from '../../../functions/ports/eventIndex/dynamodb.ts';
import { dynamoDbEventReader, dynamoDbEventStore } from '../../../functions/ports/eventStore/dynamodb.ts';
import { dynamoDbLedger } from '../../../functions/ports/ledger/dynamodb.ts';
import { dynamoDbOutcomes } from '../../../functions/ports/outcomes/dynamodb.ts';
import { outcomeSeconds } from '../../../functions/ports/outcomes/port.ts';
import { dynamoDbRows } from '../../../functions/ports/rows/dynamodb.ts';
import { itemOf } from '../../../functions/ports/eventStore/item.ts';
import { memoryKeys } from '../../../functions/ports/keys/memory.ts';
import { MessageRefused } from '../../../functions/ports/queues/port.ts';
import { sqsQueues } from '../../../functions/ports/queues/sqs.ts';
import { dynamoDbViews } from '../../../functions/ports/views/dynamodb.ts';
import { sentBy } from '../../support/conformance/queues.ts';
import { viewTables } from '../../support/engines/tables.ts';

/** What no local engine does: a client that answers from a list, one answer per call. */
const scripted = <Client>(...answers: (object | Error)[]) => {
  const inputs: Record<string, unknown>[] = [];
  const client = {
    send: async ({ input }: { input: Record<string, unknown> }) => {
      inputs.push(structuredClone(input));
      const answer = answers.shift();
      if (!answer) throw new Error('No more answers');
      if (answer instanceof Error) throw answer;
      return answer;
    },
  };
  return { client: client as unknown as Client, inputs };
};

const about = { message: '', $metadata: {} };
const event: DomainEvent = {
  eventId: randomUUID(),
  aggregate: 'user',
  aggregateId: 'ada',
  version: 2,
  type: 'UserUpdated',
  payload: {},
  executionQueue: 'executeUpdateUserQueue',
  timestamp: 1,
  commandId: randomUUID(),
  operation: 'updateUser',
  actor: 'admin:a',
  schemaVersion: currentSchemaVersion,
};
const claim = (value: string) => ({ aggregate: 'user' as const, attribute: 'email', key: `user#email#${value}` });
const changes = { takes: [claim('new')], releases: [claim('old')] };
const cancelled = (...codes: (string | undefined)[]) =>
  new TransactionCanceledException({
    ...about,
    CancellationReasons: codes.map((Code) => ({ Code: Code ?? 'None', Message: Code })),
  });
const tables = { eventStore: 'events', uniqueValue: 'claims', subjectKey: 'keys' };
const keys = memoryKeys();
beforeAll(async () => {
  const subject = streamIdOf(event.aggregate, event.aggregateId);
  keys.table.store(subject, await keys.make(subject, 1));
});
const appending = (...answers: (object | Error)[]) => {
  const { client, inputs } = scripted<DynamoDBDocumentClient>(...answers);
  return { store: dynamoDbEventStore(client, tables, keys), inputs };
};

describe('an append whose transaction is cancelled', () => {
  it.each(['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded'])(
    'tries again after %s, with the same token',
    async (code) => {
      const { store, inputs } = appending(
        cancelled(code, undefined, undefined),
        cancelled(undefined, code, undefined),
        cancelled(undefined, undefined, code),
        {},
      );
      expect(await store.append(event, changes)).toEqual({ kind: 'appended' });
      const tokens = inputs.map(({ ClientRequestToken }) => ClientRequestToken);
      expect(tokens).toEqual(Array.from({ length: 4 }, () => tokens[0]));
      expect(tokens[0]).toEqual(expect.any(String));
    },
  );

  it('does not take a claim for taken while the event itself is in conflict', async () => {
    const { store } = appending(cancelled('TransactionConflict', 'ConditionalCheckFailed', undefined), {});
    expect(await store.append(event, changes)).toEqual({ kind: 'appended' });
  });

  it('takes a claim for taken, whatever else was in the way', async () => {
    const { store } = appending(cancelled(undefined, 'ConditionalCheckFailed', 'TransactionConflict'));
    expect(await store.append(event, changes)).toEqual({ kind: 'uniqueTaken', attribute: 'email' });
  });

  it('leaves out the release that is not its own, under another token', async () => {
    const { store, inputs } = appending(cancelled(undefined, undefined, 'ConditionalCheckFailed'), {});
    expect(await store.append(event, changes)).toEqual({ kind: 'appended' });
    expect(
      inputs.map(({ TransactItems, ClientRequestToken }) => [(TransactItems as unknown[]).length, ClientRequestToken]),
    ).toEqual([
      [3, expect.any(String)],
      [2, undefined],
    ]);
  });

  it.each(['ItemCollectionSizeLimitExceeded', 'ValidationError', 'DuplicateItem', 'AccessDenied'])(
    'throws on %s',
    async (code) => {
      await expect(appending(cancelled(undefined, code, undefined)).store.append(event, changes)).rejects.toThrow(code);
    },
  );

  it('lets the event decide before anything else', async () => {
    const earlier = { ...event, eventId: randomUUID() };
    const failure = (item: DomainEvent) =>
      new TransactionCanceledException({
        ...about,
        CancellationReasons: [
          { Code: 'ConditionalCheckFailed', Item: marshall(itemOf(item)) },
          { Code: 'ConditionalCheckFailed' },
          { Code: 'ValidationError' },
        ],
      });
    expect(await appending(failure(earlier)).store.append(event, changes)).toEqual({ kind: 'repeat', event: earlier });
    expect(await appending(failure({ ...earlier, commandId: randomUUID() })).store.append(event, changes)).toEqual({
      kind: 'versionTaken',
    });
    expect(await appending(failure(event)).store.append(event, changes)).toEqual({ kind: 'appended' });
  });

  it('gives up after many tries', async () => {
    const { store, inputs } = appending(
      ...Array.from({ length: 50 }, () => cancelled('TransactionConflict', undefined, undefined)),
    );
    await expect(store.append(event, changes)).rejects.toThrow('in conflict at every try');
    expect(inputs.length).toBeLessThan(20);
  });
});

describe('the beginning of a life', () => {
  it('stores its key with its event, and overwrites none: what that sealed would be lost', async () => {
    const creation = { ...event, version: 1, type: 'UserCreated', operation: 'createUser' };
    const { store, inputs } = appending({});
    expect(await store.append({ ...creation, aggregateId: 'eve' }, { takes: [], releases: [] })).toEqual({
      kind: 'appended',
    });
    expect((inputs[0]!['TransactItems'] as { Update?: object }[]).at(-1)!.Update).toMatchObject({
      TableName: 'keys',
      Key: { subject: 'user#eve' },
      ConditionExpression: 'attribute_not_exists(#life)',
      ExpressionAttributeNames: { '#life': 'life1' },
    });
  });
});

describe('an erasure', () => {
  it('destroys the keys in the transaction of its event', async () => {
    const erasure = { ...event, type: 'UserErased', operation: 'eraseUser', executionQueue: 'executeEraseUserQueue' };
    const { store, inputs } = appending({});
    expect(await store.append(erasure, { takes: [], releases: [] })).toEqual({ kind: 'appended' });
    expect(inputs[0]!['TransactItems']).toEqual([
      { Put: expect.objectContaining({ TableName: 'events' }) },
      { Delete: { TableName: 'keys', Key: { subject: 'user#ada' } } },
    ]);
  });
});

describe('a plain append', () => {
  it('tries again when a transaction is in the way', async () => {
    const { store, inputs } = appending(new TransactionConflictException(about), {});
    expect(await store.append(event, { takes: [], releases: [] })).toEqual({ kind: 'appended' });
    expect(inputs).toHaveLength(2);
  });

  it('is one PutItem on condition that the version is free', async () => {
    const { store, inputs } = appending({});
    await store.append(event, { takes: [], releases: [] });
    expect(inputs).toEqual([
      expect.objectContaining({
        TableName: 'events',
        Item: {
          ...itemOf(event),
          payload: {},
          life: 1,
          ...(Object.keys(event.payload).length > 0 && { sealed: expect.any(String) }),
        },
        ConditionExpression: 'attribute_not_exists(streamId)',
      }),
    ]);
  });

  it('lets other errors pass', async () => {
    await expect(appending(new Error('denied')).store.append(event, { takes: [], releases: [] })).rejects.toThrow(
      'denied',
    );
    const { store } = appending(new ConditionalCheckFailedException(about));
    expect(await store.append(event, { takes: [], releases: [] })).toEqual({ kind: 'versionTaken' });
  });
});

describe('a batch send of which entries fail', () => {
  const failed = (...entries: [string, boolean][]) => ({
    Failed: entries.map(([Id, SenderFault]) => ({ Id, Code: 'Code', SenderFault })),
  });

  it('sends again what the service could not take, and reports what it never will', async () => {
    const { client, inputs } = scripted<SQSClient>(failed(['0', true], ['2', false]), failed(['2', false]), {});
    expect(await sqsQueues(client, 'https://sqs/').send('queue', sentBy('ada', ['a', 'b', 'c']))).toEqual([
      { index: 0, error: expect.any(MessageRefused) },
    ]);
    expect(inputs.map(({ Entries }) => (Entries as { Id: string }[]).map(({ Id }) => Id))).toEqual([
      ['0', '1', '2'],
      ['2'],
      ['2'],
    ]);
    expect(inputs[0]).toMatchObject({ QueueUrl: 'https://sqs/queue' });
  });

  it('reports what the service could not take at any try', async () => {
    const { client } = scripted<SQSClient>(...Array.from({ length: 10 }, () => failed(['1', false])));
    const failures = await sqsQueues(client, '').send('queue', sentBy('ada', ['a', 'b']));
    expect(failures).toEqual([{ index: 1, error: expect.any(Error) }]);
    expect(failures[0]?.error).not.toBeInstanceOf(MessageRefused);
  });

  it('goes on with the next call after one that failed as a whole', async () => {
    const { client } = scripted<SQSClient>(new Error('gone'), {});
    const failures = await sqsQueues(client, '').send(
      'queue',
      sentBy(
        'ada',
        Array.from({ length: 12 }, (_, index) => String(index)),
      ),
    );
    expect(failures.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('keeps calls to ten entries and 256 KB', async () => {
    const { client, inputs } = scripted<SQSClient>({}, {}, {}, {});
    await sqsQueues(client, '').send(
      'queue',
      sentBy('ada', [...Array.from({ length: 11 }, () => 'small'), 'ä'.repeat(100_000), 'ä'.repeat(100_000)]),
    );
    expect(inputs.map(({ Entries }) => (Entries as unknown[]).length)).toEqual([10, 2, 1]);
  });
});

describe('a batch read of which keys stay unprocessed', () => {
  const row = (id: string) => ({ id, version: 1, createdAt: 'c', updatedAt: 'u' });
  const keys = ['a', 'b'].map((id) => ({ aggregate: 'role' as const, id }));

  it('asks again for those', async () => {
    const rest = { [viewTables.role]: { Keys: [{ id: 'b' }] } };
    const { client, inputs } = scripted<DynamoDBDocumentClient>(
      { Responses: { [viewTables.role]: [row('a')] }, UnprocessedKeys: rest },
      { Responses: { [viewTables.role]: [row('b')] }, UnprocessedKeys: {} },
    );
    expect((await dynamoDbViews(client, viewTables).getMany(keys)).map(({ key }) => key.id)).toEqual(['a', 'b']);
    expect(inputs[1]).toEqual({ RequestItems: rest });
  });

  it('fails when that never ends', async () => {
    const { client } = scripted<DynamoDBDocumentClient>(
      ...Array.from({ length: 10 }, () => ({ UnprocessedKeys: { [viewTables.role]: { Keys: [{ id: 'b' }] } } })),
    );
    await expect(dynamoDbViews(client, viewTables).getMany(keys)).rejects.toThrow('unprocessed at every try');
  });

  it('asks again for items of any table', async () => {
    const ofRole = (...ids: string[]) => ({ [viewTables.role]: ids.map(row) });
    const left = (...ids: string[]) => ({ [viewTables.role]: { Keys: ids.map((id) => ({ id })) } });
    const { client, inputs } = scripted<DynamoDBDocumentClient>(
      { Responses: ofRole('a'), UnprocessedKeys: left('b') },
      { Responses: ofRole('b'), UnprocessedKeys: {} },
    );
    expect([...(await dynamoDbRows(client, viewTables).getMany(keys)).keys()]).toEqual(['role#a', 'role#b']);
    expect(inputs[1]).toMatchObject({ RequestItems: left('b') });
  });
});

describe('a batch write of which entries stay unprocessed', () => {
  const entry = (facet: string) => ({ rowKey: 'user#ada', facet }) as Entry;
  const put = (facet: string) => ({ PutRequest: { Item: entry(facet) } });

  it('makes those again', async () => {
    const { client, inputs } = scripted<DynamoDBDocumentClient>(
      { Items: [] },
      { UnprocessedItems: { directory: [put('two')] } },
      {},
    );
    await dynamoDbDirectory(client, 'directory').settle('user#ada', [entry('one'), entry('two')]);
    expect(inputs.slice(1).map(({ RequestItems }) => RequestItems)).toEqual([
      { directory: [put('one'), put('two')] },
      { directory: [put('two')] },
    ]);
  });
});

describe('a read that must see what was written last', () => {
  const at = { aggregate: 'user' as const, id: 'ada' };
  const none = { Items: [], Responses: {} };

  it.each([
    ['a stream', (client) => dynamoDbEventReader(client, 'events', keys).load('user', 'ada')],
    ['the end of a stream', (client) => dynamoDbEventReader(client, 'events', keys).loadAfter('user', 'ada', 3)],
    ['an outcome', (client) => dynamoDbOutcomes(client, 'outcomes').find({ actor: 'a', commandId: 'c' })],
    ['a recovery', (client) => dynamoDbLedger(client, 'recoveries').find('r')],
    ['a row, to project on', (client) => dynamoDbViews(client, viewTables).get(at)],
    ['entries of the directory', (client) => dynamoDbDirectory(client, 'directory').settle('user#ada', [])],
    ['what stands in clear', (client) => dynamoDbEventStore(client, tables, keys).hasClear('user', 'ada')],
    ['a row, to rebuild', (client) => dynamoDbRows(client, viewTables).get(at)],
  ] as [string, (client: DynamoDBDocumentClient) => Promise<unknown>][])('says so: %s', async (_, read) => {
    const { client, inputs } = scripted<DynamoDBDocumentClient>(none);
    await read(client);
    expect(inputs[0]).toMatchObject({ ConsistentRead: true });
  });

  it.each([
    ['rows, to rebuild', (client) => dynamoDbRows(client, viewTables).getMany([at])],
    ['claims', (client) => dynamoDbClaims(client, tables, keys).find(['k'])],
    ['chunks', (client) => dynamoDbLedger(client, 'recoveries').chunks('r', ['1'])],
    [
      'first events',
      (client) => dynamoDbEventIndex(client, 'events', keys).existing([{ aggregate: 'user', aggregateId: 'a' }]),
    ],
  ] as [string, (client: DynamoDBDocumentClient) => Promise<unknown>][])('says so in a batch: %s', async (_, read) => {
    const { client, inputs } = scripted<DynamoDBDocumentClient>(none);
    await read(client);
    const [request] = Object.values(inputs[0]!['RequestItems'] as Record<string, unknown>);
    expect(request).toMatchObject({ ConsistentRead: true });
  });

  it('reads a page of a stream for a page of events', async () => {
    const { client, inputs } = scripted<DynamoDBDocumentClient>(
      { Items: [itemOf({ ...event, version: 1 })], LastEvaluatedKey: { version: 1 } },
      { Items: [itemOf(event)], LastEvaluatedKey: { version: 2 } },
    );
    const read = await dynamoDbEventReader(client, 'events', keys).loadAfter('user', 'ada', 0, 2);
    expect(read.map(({ version }) => version)).toEqual([1, 2]);
    expect(inputs.map(({ Limit }) => Limit)).toEqual([2, 1]);
  });
});

describe('the ledger of recoveries', () => {
  const chunk = (n: number) => ({ chunkId: String(n), streams: [], claims: false });
  const result = (n: number) => ({ chunkId: String(n), rebuilt: 1, changed: 1, failed: 0 });

  it('finds stalled chunks beyond one page', async () => {
    const { client, inputs } = scripted<DynamoDBDocumentClient>(
      { Items: [], LastEvaluatedKey: { item: 'chunk#1' } },
      { Items: [chunk(2)], LastEvaluatedKey: { item: 'chunk#2' } },
      { Items: [chunk(3)] },
    );
    expect(await dynamoDbLedger(client, 'recoveries').unfinished('r', 10)).toEqual([chunk(2), chunk(3)]);
    expect(inputs.map(({ ExclusiveStartKey }) => ExclusiveStartKey)).toEqual([
      undefined,
      { item: 'chunk#1' },
      { item: 'chunk#2' },
    ]);
  });

  it('counts again after a conflict, each chunk once in a transaction, and without those that were counted', async () => {
    const { client, inputs } = scripted<DynamoDBDocumentClient>(
      cancelled('TransactionConflict', undefined, undefined),
      cancelled('ConditionalCheckFailed', undefined, undefined),
      {},
    );
    await dynamoDbLedger(client, 'recoveries').complete('r', [result(1), result(2), result(1)]);
    const counted = inputs.map(({ TransactItems }) =>
      (TransactItems as { Update: { Key: { item: string } } }[]).map(({ Update }) => Update.Key.item),
    );
    expect(counted).toEqual([
      ['chunk#1', 'chunk#2', 'ledger'],
      ['chunk#1', 'chunk#2', 'ledger'],
      ['chunk#2', 'ledger'],
    ]);
  });
});

describe('a row that was found without a version', () => {
  it('is replaced only while it has none', async () => {
    const { client, inputs } = scripted<DynamoDBDocumentClient>({});
    const found = { id: 'ada', firstName: 'Nobody' };
    const row = { id: 'ada', version: 1, createdAt: 'c', updatedAt: 'u' };
    expect(await dynamoDbRows(client, viewTables).replace({ aggregate: 'user', id: 'ada' }, row, found)).toBe(true);
    expect(inputs[0]).toMatchObject({
      ConditionExpression: 'attribute_not_exists(#version)',
      ExpressionAttributeNames: { '#version': 'version' },
    });
  });
});

describe('what must outlive every message', () => {
  // A queue keeps a message for up to 14 days, and its dead letters for as many.
  const longest = 28 * 24 * 3600;

  it('is an outcome without an event, and the tombstone of a row', () => {
    expect(outcomeSeconds).toBeGreaterThan(longest);
    expect(tombstoneSeconds).toBeGreaterThan(longest);
  });
});
