import { describe, expect, it } from 'vitest';
import { type DataSources, resolve, user, whole } from './harness.ts';

const dates = { createdAt: '2026-01-01T00:00:00.000Z', updatedAt: '2026-01-01T00:00:00.000Z' };
const shown = { id: 'g1', name: 'Staff', description: 'd', version: 1, ...dates };
const group = { ...shown, nameKey: 'staff' };
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
    expect(outcome.value).toEqual(shown);
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
  it('answers with rows and no more, where there are no more', () => {
    const last = { items: [group], nextToken: null, scannedCount: 1 };
    const { value } = resolve('Query', 'groups', {
      dataSources: (_, request) => ({
        result: request.query.expressionValues[':facet'].S === 'group#all#0' ? last : { items: [], nextToken: null },
      }),
    });
    expect(value).toEqual({ items: [shown], nextToken: null });
  });

  it.each([0, -1, 101, 2147483647])('has no page of %i', (limit) => {
    for (const field of ['groups', 'users', 'recoveries', 'eventsSince']) {
      expect(resolve('Query', field, { args: { limit } })).toMatchObject({
        requests: [],
        error: { type: 'INVALID', message: 'limit: must be 1 to 100' },
      });
    }
  });

  it.each(['foreign', 'e30=', 'eyJzaWduYXR1cmUiOiJ4In0='])(
    'refuses the token %s, which is not its own, without asking',
    (nextToken) => {
      expect(resolve('Query', 'groups', { args: { nextToken } })).toMatchObject({
        requests: [],
        error: {
          type: 'INVALID',
          info: { field: 'nextToken', rule: 'must be the nextToken of the page before, with the same arguments' },
        },
      });
    },
  );

  it('refuses an empty token without asking', () => {
    expect(resolve('Query', 'groups', { args: { nextToken: '' } })).toMatchObject({
      requests: [],
      error: { type: 'INVALID', info: { field: 'nextToken' } },
    });
  });

  it('says so when the table cannot be read, and no more', () => {
    const throttled = failing(
      'Rate of requests exceeds arn:aws:dynamodb:x:table/stack-group',
      'DynamoDB:ProvisionedThroughputExceededException',
    );
    expect(resolve('Query', 'groups', { dataSources: throttled }).error).toEqual({
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
      'userByEmail',
      { email: ' Alice@Example.COM ' },
      { index: 'byEmail', names: 'emailKey', key: 'alice@example.com', limit: 1 },
    ],
  ])('answers %s', (field, args, { index, names, key, limit }) => {
    const { requests } = resolve('Query', field, { args, dataSources: answering({ items: [], nextToken: null }) });
    expect(requests).toEqual([
      {
        dataSource: 'User',
        request: {
          operation: 'Query',
          index,
          limit,
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
    const alice = whole('user', { id: 'alice', email: 'a@b.de' });
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
