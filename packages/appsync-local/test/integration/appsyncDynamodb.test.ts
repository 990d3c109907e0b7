import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { DataSource, DataSourceOutcome } from '../../src/appsync/datasources/dataSource.ts';
import { createDynamoDbDataSource } from '../../src/appsync/datasources/dynamodb.ts';
import { dynamodb } from '../../src/appsync/utilities/dynamodb.ts';
import { dynamodbHelpers as ddb } from '../../src/appsync/utilities/dynamodbHelpers.ts';
import { startDynamoDb } from '../../src/engines/dynamodb.ts';
import type { DynamoDatabase, DynamoDbEngine } from '../../src/engines/dynamodb.ts';
import { EngineClient } from '../../src/engines/engineClient.ts';
import { roleCalls } from '../../src/gateway/roleCalls.ts';

const { toMapValues } = dynamodb;
const TABLE = 'things';
const other = 'others';
let engine: DynamoDbEngine;
let database: DynamoDatabase;
let things: DataSource;

/** Nobody looks at who calls. */
const callsTo = (client: EngineClient) =>
  roleCalls(({ headers, body }) => client.send(headers['x-amz-target'] ?? '', body));

const table = (name: string) => ({
  logicalId: name,
  name,
  arn: `arn:aws:dynamodb:us-east-1:000000000000:table/${name}`,
  createTable: {
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [
      { AttributeName: 'id', AttributeType: 'S' },
      { AttributeName: 'kind', AttributeType: 'S' },
    ],
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    GlobalSecondaryIndexes: [
      {
        IndexName: 'byKind',
        KeySchema: [
          { AttributeName: 'kind', KeyType: 'HASH' },
          { AttributeName: 'id', KeyType: 'RANGE' },
        ],
        Projection: { ProjectionType: 'ALL' },
      },
    ],
  },
});

beforeAll(async () => {
  engine = await startDynamoDb();
});
afterAll(() => engine.stop());
beforeEach(async () => {
  database?.close();
  database = engine.newDatabase();
  await database.createTables([table(TABLE), table(other)]);
  things = createDynamoDbDataSource(TABLE, callsTo(database.client));
});

const call = (request: unknown, owner = 'listThings'): Promise<DataSourceOutcome> => things.call(request, { owner });
const put = (item: Record<string, unknown>) =>
  call({ operation: 'PutItem', key: toMapValues({ id: item.id }), attributeValues: toMapValues(item) });
const condition = (expression: string, more = {}) => ({ condition: { expression, ...more } });

describe('items', () => {
  it('come back as plain values', async () => {
    const attributeValues = {
      s: { S: 'text' },
      n: { N: 1.5 },
      nText: { N: '7' },
      b: { B: 'AAE=' },
      on: { BOOL: true },
      none: { NULL: null },
      l: { L: [{ N: 1 }, { M: { a: { S: 'b' } } }] },
      ss: { SS: ['x'] },
      ns: { NS: [1, 2] },
    };
    const written = {
      id: 'a',
      s: 'text',
      n: 1.5,
      nText: 7,
      b: 'AAE=',
      on: true,
      none: null,
      l: [1, { a: 'b' }],
      ss: ['x'],
      ns: [1, 2],
    };
    expect((await call({ operation: 'PutItem', key: { id: { S: 'a' } }, attributeValues })).result).toEqual(written);
    expect((await call(ddb.get({ key: { id: 'a' }, consistentRead: true }))).result).toEqual(written);
    expect((await call(ddb.get({ key: { id: 'a' }, projection: ['s', 'l[1].a'] }))).result).toEqual({
      s: 'text',
      l: [{ a: 'b' }],
    });
    expect((await call(ddb.get({ key: { id: 'missing' } }))).result).toBeNull();
  });

  it('are updated and removed', async () => {
    await put({ id: 'a', n: 1, old: true });
    expect(
      (
        await call(
          ddb.update({
            key: { id: 'a' },
            update: { n: ddb.operations.increment(2), old: ddb.operations.remove(), fresh: ['x'] },
          }),
        )
      ).result,
    ).toEqual({ id: 'a', n: 3, fresh: ['x'] });
    expect((await call(ddb.remove({ key: { id: 'a' } }))).result).toEqual({ id: 'a', n: 3, fresh: ['x'] });
    expect((await call(ddb.remove({ key: { id: 'a' } }))).result).toBeNull();
  });
});

describe('a failed condition', () => {
  const failed = {
    type: 'DynamoDB:ConditionalCheckFailedException',
    message: expect.stringMatching(
      /^The conditional request failed \(Service: DynamoDb, Status Code: 400, Request ID: .+\)$/,
    ),
  };
  const absent = condition('attribute_not_exists(id)');

  it('of a put is a success when the same item is there', async () => {
    await put({ id: 'a', n: 1, at: 'then' });
    const again = (item: Record<string, unknown>, more = {}) =>
      call({
        operation: 'PutItem',
        key: toMapValues({ id: 'a' }),
        attributeValues: toMapValues(item),
        ...condition('attribute_not_exists(id)', more),
      });
    expect(await again({ n: 1, at: 'then' })).toEqual({ result: { id: 'a', n: 1, at: 'then' } });
    expect(await again({ n: 2, at: 'then' })).toEqual({ result: { id: 'a', n: 1, at: 'then' }, error: failed });
    expect(await again({ n: 1, at: 'now' }, { equalsIgnore: ['at'] })).toEqual({
      result: { id: 'a', n: 1, at: 'then' },
    });
  });

  it('of a delete is a success when the item is gone', async () => {
    expect(
      await call({ operation: 'DeleteItem', key: toMapValues({ id: 'a' }), ...condition('attribute_exists(id)') }),
    ).toEqual({ result: null });
    await put({ id: 'a', n: 1 });
    expect(
      await call({
        operation: 'DeleteItem',
        key: toMapValues({ id: 'a' }),
        ...condition('n = :n', { expressionValues: { ':n': { N: 2 } } }),
      }),
    ).toEqual({ result: { id: 'a', n: 1 }, error: failed });
  });

  it('of an update is an error, with the current item', async () => {
    await put({ id: 'a', n: 1 });
    const update = { expression: 'SET n = :one', expressionValues: { ':one': { N: 1 } } };
    expect(await call({ operation: 'UpdateItem', key: toMapValues({ id: 'a' }), update, ...absent })).toEqual({
      result: { id: 'a', n: 1 },
      error: failed,
    });
  });

  it('is made by the helpers', async () => {
    await put({ id: 'a', n: 1 });
    expect(
      (
        await call(
          ddb.update({
            key: { id: 'a' },
            update: { n: 2 },
            condition: { n: { eq: 1 }, id: { attributeExists: true } },
          }),
        )
      ).result,
    ).toEqual({ id: 'a', n: 2 });
    expect(
      (await call(ddb.update({ key: { id: 'a' }, update: { n: 3 }, condition: { n: { between: [5, 6] } } }))).error,
    ).toEqual(failed);
  });
});

describe('pages', () => {
  const query = (more = {}) => ({
    operation: 'Query',
    index: 'byKind',
    query: { expression: '#k = :k', expressionNames: { '#k': 'kind' }, expressionValues: { ':k': { S: 'x' } } },
    ...more,
  });
  const page = async (request: unknown, owner?: string) =>
    (await call(request, owner)).result as { items: { id: string }[]; nextToken: string | null; scannedCount: number };

  beforeEach(async () => {
    for (const id of ['1', '2', '3', '4', '5']) await put({ id, kind: 'x', n: Number(id) });
  });

  it('follow one another by token', async () => {
    const first = await page(query({ limit: 2 }));
    expect(first).toEqual({
      items: [
        { id: '1', kind: 'x', n: 1 },
        { id: '2', kind: 'x', n: 2 },
      ],
      nextToken: expect.any(String),
      scannedCount: 2,
    });
    const second = await page(query({ limit: 2, nextToken: first.nextToken }));
    expect(second.items.map(({ id }) => id)).toEqual(['3', '4']);
    const last = await page(query({ limit: 2, nextToken: second.nextToken }));
    expect([last.items.map(({ id }) => id), last.nextToken]).toEqual([['5'], null]);
  });

  it('go backwards, filter, project', async () => {
    expect((await page(query({ scanIndexForward: false, limit: 1 }))).items.map(({ id }) => id)).toEqual(['5']);
    expect(
      (await page(query({ filter: { expression: 'n > :n', expressionValues: { ':n': { N: 3 } } } }))).items.map(
        ({ id }) => id,
      ),
    ).toEqual(['4', '5']);
    expect(
      (await page(query({ limit: 1, select: 'SPECIFIC_ATTRIBUTES', projection: { expression: 'n' } }))).items,
    ).toEqual([{ n: 1 }]);
    expect(
      (await page(ddb.query({ index: 'byKind', query: { kind: { eq: 'x' }, id: { ge: '4' } } }))).items.map(
        ({ id }) => id,
      ),
    ).toEqual(['4', '5']);
    expect(
      (await page(ddb.scan({ filter: { or: [{ n: { eq: 2 } }, { id: { in: ['5'] } }] } }))).items
        .map(({ id }) => id)
        .sort(),
    ).toEqual(['2', '5']);
  });

  it('cannot be reached with a foreign or garbled token', async () => {
    const { nextToken } = await page(query({ limit: 2 }));
    const invalid = {
      result: null,
      error: {
        type: 'DynamoDB:UserIllegalArgumentException',
        message:
          'com.amazonaws.deepdish.common.pagination.InvalidPaginationTokenException: Invalid pagination token given.',
      },
    };
    const flipped = Buffer.from(nextToken ?? '', 'base64');
    flipped[40] = (flipped[40] ?? 0) ^ 1;
    expect(await call(query({ nextToken }), 'otherResolver')).toEqual(invalid);
    for (const garbled of ['x', '', `${nextToken}`.slice(0, 20), flipped.toString('base64')])
      expect(await call(query({ nextToken: garbled }))).toEqual(invalid);
    expect(Buffer.from(nextToken ?? '', 'base64').toString()).not.toContain('kind');
  });
});

describe('batches and transactions', () => {
  it('get in the order asked for', async () => {
    await put({ id: 'a', n: 1 });
    await put({ id: 'b', n: 2 });
    expect(
      (
        await call(
          ddb.batchGet({
            tables: { [TABLE]: { keys: [{ id: 'b' }, { id: 'none' }, { id: 'a' }] }, [other]: { keys: [{ id: 'a' }] } },
          }),
        )
      ).result,
    ).toEqual({
      data: { [TABLE]: [{ id: 'b', n: 2 }, null, { id: 'a', n: 1 }], [other]: [null] },
      unprocessedKeys: { [TABLE]: [], [other]: [] },
    });
    expect(
      (
        await call(
          ddb.transactGet({
            items: [
              { table: TABLE, key: { id: 'a' } },
              { table: other, key: { id: 'a' } },
            ],
          }),
        )
      ).result,
    ).toEqual({ items: [{ id: 'a', n: 1 }, null], cancellationReasons: null });
  });

  it('put and delete', async () => {
    expect((await call(ddb.batchPut({ tables: { [TABLE]: [{ id: 'a' }, { id: 'b' }] } }))).result).toEqual({
      data: { [TABLE]: [{ id: 'a' }, { id: 'b' }] },
      unprocessedItems: { [TABLE]: [] },
    });
    expect((await call(ddb.batchDelete({ tables: { [TABLE]: [{ id: 'a' }] } }))).result).toEqual({
      data: { [TABLE]: [{ id: 'a' }] },
      unprocessedKeys: { [TABLE]: [] },
    });
    expect(((await call({ operation: 'Scan' })).result as { items: unknown[] }).items).toEqual([{ id: 'b' }]);
  });

  it('write all or nothing, and say which condition failed', async () => {
    await put({ id: 'a', n: 1 });
    const items = (expected: number) => [
      { putItem: { table: other, key: { id: 'x' }, item: { n: 1 } } },
      { updateItem: { table: TABLE, key: { id: 'a' }, update: { n: 2 }, condition: { n: { eq: expected } } } },
      { conditionCheck: { table: TABLE, key: { id: 'zz' }, condition: { id: { attributeExists: false } } } },
    ];
    expect(await call(ddb.transactWrite({ items: items(7) }))).toEqual({
      result: {
        keys: null,
        cancellationReasons: [
          { type: 'None', message: 'None' },
          { type: 'ConditionCheckFailed', message: 'The condition check failed.', item: { id: 'a', n: 1 } },
          { type: 'None', message: 'None' },
        ],
      },
      error: {
        type: 'DynamoDB:TransactionCanceledException',
        message: expect.stringContaining('[None, ConditionalCheckFailed, None] (Service: DynamoDb, Status Code: 400'),
      },
    });
    expect((await call(ddb.transactWrite({ items: items(1) }))).result).toEqual({
      keys: [{ id: 'x' }, { id: 'a' }, { id: 'zz' }],
      cancellationReasons: null,
    });
    expect((await call(ddb.get({ key: { id: 'a' } }))).result).toEqual({ id: 'a', n: 2 });
  });
});

describe('requests that do not fit', () => {
  it.each<[unknown, string]>([
    [null, "Value for field '$' not found."],
    [{}, "Value for field '$[operation]' not found."],
    [{ operation: 'Sync' }, "Unsupported operation 'Sync'."],
    [{ operation: 'GetItem' }, "Value for field '$[key]' not found."],
    [{ operation: 'GetItem', key: { id: 'a' } }, "Value for field '$[key][id]' must be an object."],
    [{ operation: 'GetItem', key: { id: { X: 'a' } } }, "Unsupported element '$[key][id][X]'."],
    [{ operation: 'GetItem', key: { id: { N: 'one' } } }, "Unable to convert the value of '$[key][id]' to type N."],
    [
      {
        operation: 'UpdateItem',
        key: { id: { S: 'a' } },
        update: { expression: 'SET n = :n' },
        returnValues: 'ALL_OLD',
      },
      "Unsupported element '$[returnValues]'.",
    ],
    [{ operation: 'Query', query: {} }, "Expression block '$[query]' requires an expression."],
    [{ operation: 'Query' }, "Value for field '$[query]' not found."],
    [{ operation: 'Scan', limit: '5' }, "Value for field '$[limit]' must be a number."],
    [{ operation: 'Scan', projection: { expression: 'n' } }, 'requires the select SPECIFIC_ATTRIBUTES'],
    [{ operation: 'PutItem', key: { id: { S: 'a' } }, _version: 1 }, "Unsupported element '$[_version]'."],
    [
      {
        operation: 'PutItem',
        key: { id: { S: 'a' } },
        condition: { expression: 'x', conditionalCheckFailedHandler: { strategy: 'Custom' } },
      },
      'Only the conditionalCheckFailedHandler strategy Reject',
    ],
    [
      { operation: 'BatchGetItem', tables: { t: { keys: Array.from({ length: 101 }, () => ({ id: { S: 'a' } })) } } },
      'the limit is 100',
    ],
    [
      { operation: 'BatchPutItem', tables: { t: Array.from({ length: 26 }, () => ({ id: { S: 'a' } })) } },
      'the limit is 25',
    ],
    [
      { operation: 'TransactWriteItems', transactItems: [{ table: 't', operation: 'Nothing', key: {} }] },
      "Unsupported operation 'Nothing'",
    ],
    [
      {
        operation: 'TransactWriteItems',
        transactItems: [{ table: 't', operation: 'ConditionCheck', key: { id: { S: 'a' } } }],
      },
      'requires a condition',
    ],
  ])('%j', async (request, message) => expect(call(request)).rejects.toThrow(message));

  it('are errors of DynamoDB when it refuses them', async () => {
    expect(await call(ddb.get({ key: { wrong: 'a' } }))).toMatchObject({
      result: null,
      error: {
        type: 'DynamoDB:DynamoDbException',
        message: expect.stringContaining('(Service: DynamoDb, Status Code: 400'),
      },
    });
    expect(await call(ddb.batchGet({ tables: { missing: { keys: [{ id: 'a' }] } } }))).toMatchObject({
      error: { type: 'DynamoDB:ResourceNotFoundException' },
    });
  });

  it('are errors of the client when nothing answers', async () => {
    const nowhere = createDynamoDbDataSource(TABLE, callsTo(new EngineClient('http://127.0.0.1:1', 'x', 'x')));
    expect(await nowhere.call(ddb.get({ key: { id: 'a' } }), { owner: 'x' })).toMatchObject({
      error: { type: 'DynamoDB:SdkClientException' },
    });
  });
});

it('does a transaction once, though its answer is lost', async () => {
  await put({ id: 'a', n: 1 });
  let sent = 0;
  const losing = roleCalls(async ({ headers, body }) => {
    const answer = await database.client.send(headers['x-amz-target'] ?? '', body);
    sent += 1;
    return sent === 1 ? 'drop' : answer;
  });
  const update = { expression: 'ADD n :one', expressionValues: toMapValues({ ':one': 1 }) };
  const outcome = await createDynamoDbDataSource(TABLE, losing).call(
    {
      operation: 'TransactWriteItems',
      transactItems: [{ table: TABLE, operation: 'UpdateItem', key: toMapValues({ id: 'a' }), update }],
    },
    { owner: 'listThings' },
  );
  expect(outcome).toMatchObject({ result: { keys: [{ id: 'a' }] } });
  expect(sent).toBe(2);
  expect(await call(ddb.get({ key: { id: 'a' } }))).toMatchObject({ result: { id: 'a', n: 2 } });
});
