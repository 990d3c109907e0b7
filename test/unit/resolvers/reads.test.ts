import { describe, expect, it } from 'vitest';
import { type DataSources, resolve, user } from './harness.ts';

const dates = { createdAt: '2026-01-01T00:00:00.000Z', updatedAt: '2026-01-01T00:00:00.000Z' };
const group = { id: 'g1', name: 'Staff', description: 'd', nameKey: 'staff', version: 1, ...dates };
const tombstone = { id: 'g1', version: 2, deletedAt: '2026-01-02T00:00:00.000Z', expiresAt: 1 };
const answering =
  (result: unknown): DataSources =>
  () => ({ result });
const failing =
  (message: string, type = 'DynamoDB:DynamoDbException'): DataSources =>
  () => ({ result: null, error: { message, type } });

describe('one object', () => {
  it('is read by its id, consistently', () => {
    const outcome = resolve('Query', 'group', { args: { id: 'g1' }, dataSources: answering(group) });
    expect(outcome.requests).toEqual([
      { dataSource: 'Group', request: { operation: 'GetItem', key: { id: { S: 'g1' } }, consistentRead: true } },
    ]);
    expect(outcome.value).toEqual(group);
  });

  it.each([
    ['is not there', null],
    ['was deleted', tombstone],
  ])('is null if it %s', (_, row) => {
    expect(resolve('Query', 'group', { args: { id: 'g1' }, dataSources: answering(row) })).toMatchObject({
      kind: 'value',
      value: null,
    });
    expect(resolve('Query', 'user', { args: { id: 'g1' }, dataSources: answering(row) })).toMatchObject({
      kind: 'value',
      value: null,
    });
  });

  it.each(['', ' ', 'a b', 'x'.repeat(129), 'a\n'])('has no id such as %j', (id) => {
    const { error, requests } = resolve('Query', 'role', { args: { id } });
    expect(error).toMatchObject({
      type: 'INVALID',
      info: { field: 'id', rule: 'must be 1 to 128 printable characters without spaces' },
    });
    expect(requests).toEqual([]);
  });

  it("is the caller's own user for me", () => {
    const { requests } = resolve('Query', 'me', { from: user, dataSources: answering(null) });
    expect(requests).toEqual([
      { dataSource: 'User', request: { operation: 'GetItem', key: { id: { S: 'alice' } }, consistentRead: true } },
    ]);
  });
});

describe('a list', () => {
  const page = { items: [group], nextToken: 'more', scannedCount: 1 };
  const requestOf = (args: Record<string, unknown>) =>
    resolve('Query', 'groups', { args, dataSources: answering(page) }).requests[0]?.request;

  it('is read from the index of live rows, 25 at a time', () => {
    expect(requestOf({})).toEqual({ operation: 'Scan', index: 'byName', limit: 25 });
    expect(requestOf({ limit: null, nextToken: null })).toEqual({ operation: 'Scan', index: 'byName', limit: 25 });
    expect(requestOf({ limit: 100, nextToken: 'more' })).toEqual({
      operation: 'Scan',
      index: 'byName',
      limit: 100,
      nextToken: 'more',
    });
    expect(
      resolve('Query', 'users', { dataSources: answering({ items: [], nextToken: null }) }).requests[0]?.request.index,
    ).toBe('byEmail');
  });

  it('answers with the page and where the next one starts', () => {
    expect(resolve('Query', 'groups', { dataSources: answering(page) }).value).toEqual({
      items: [group],
      nextToken: 'more',
    });
    expect(resolve('Query', 'users', { dataSources: answering({ items: [], nextToken: null }) }).value).toEqual({
      items: [],
      nextToken: null,
    });
  });

  it.each([0, -1, 101, 2147483647])('has no page of %i', (limit) => {
    for (const field of ['groups', 'users', 'recoveries', 'eventsSince']) {
      expect(resolve('Query', field, { args: { limit } })).toMatchObject({
        requests: [],
        error: { type: 'INVALID', message: 'limit: must be 1 to 100' },
      });
    }
  });

  it.each([
    'Invalid pagination token given. (Service: DynamoDb, Status Code: 400, Request ID: x)',
    'The provided starting key is invalid (Service: DynamoDb, Status Code: 400, Request ID: x)',
    "Exclusive Start Key must have same size as table's key schema",
  ])('refuses a token that is not its own: %s', (message) => {
    const { error } = resolve('Query', 'groups', { args: { nextToken: 'foreign' }, dataSources: failing(message) });
    expect(error).toMatchObject({
      type: 'INVALID',
      info: { field: 'nextToken', rule: 'must be the `nextToken` of the page before, with the same arguments' },
    });
  });

  it('refuses an empty token without asking', () => {
    expect(resolve('Query', 'groups', { args: { nextToken: '' } })).toMatchObject({
      requests: [],
      error: { type: 'INVALID', info: { field: 'nextToken' } },
    });
  });

  it.each([[{}], [{ nextToken: 'own' }]])('says so when the table cannot be read, and no more', (args) => {
    const throttled = failing(
      'Rate of requests exceeds arn:aws:dynamodb:x:table/stack-group',
      'DynamoDB:ProvisionedThroughputExceededException',
    );
    expect(resolve('Query', 'groups', { args, dataSources: throttled }).error).toEqual({
      type: 'READ_UNAVAILABLE',
      message: 'The data could not be read; try again',
      data: null,
      info: { cause: 'DynamoDB:ProvisionedThroughputExceededException' },
    });
  });
});

describe('an index', () => {
  it.each([
    [
      'usersByRole',
      { roleId: 'r1', limit: 10, nextToken: 't' },
      { index: 'byRole', names: 'roleId', key: 'r1', limit: 10, nextToken: 't' },
    ],
    [
      'usersByGroup',
      { groupId: 'g1' },
      { index: 'byGroup', names: 'groupId', key: 'g1', limit: 25, nextToken: undefined },
    ],
    [
      'userByEmail',
      { email: ' Alice@Example.COM ' },
      { index: 'byEmail', names: 'emailKey', key: 'alice@example.com', limit: 1, nextToken: undefined },
    ],
  ])('answers %s', (field, args, { index, names, key, limit, nextToken }) => {
    const { requests } = resolve('Query', field, { args, dataSources: answering({ items: [], nextToken: null }) });
    expect(requests).toEqual([
      {
        dataSource: 'User',
        request: {
          operation: 'Query',
          index,
          limit,
          ...(nextToken && { nextToken }),
          query: {
            expression: '#key = :key',
            expressionNames: { '#key': names },
            expressionValues: { ':key': { S: key } },
          },
        },
      },
    ]);
  });

  it('gives one user or null by e-mail', () => {
    const alice = { id: 'alice', email: 'a@b.de' };
    expect(
      resolve('Query', 'userByEmail', {
        args: { email: 'a@b.de' },
        dataSources: answering({ items: [alice], nextToken: 'x' }),
      }).value,
    ).toMatchObject(alice);
    expect(
      resolve('Query', 'userByEmail', {
        args: { email: 'a@b.de' },
        dataSources: answering({ items: [], nextToken: null }),
      }).value,
    ).toBeNull();
  });

  it.each([
    ['usersByRole', { roleId: '' }, 'roleId'],
    ['usersByGroup', { groupId: 'x'.repeat(129) }, 'groupId'],
    ['userByEmail', { email: `${'x'.repeat(250)}@b.de` }, 'email'],
  ])('refuses a key that %s cannot have', (field, args, named) => {
    expect(resolve('Query', field, { args })).toMatchObject({
      requests: [],
      error: { type: 'INVALID', info: { field: named } },
    });
  });
});
