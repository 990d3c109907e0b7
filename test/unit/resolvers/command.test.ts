import { describe, expect, it } from 'vitest';
import { admin, type DataSources, resolve, user } from './harness.ts';

const commandId = '7f6c0f8e-5a0c-4b6e-9d1f-0a4b8f1f2c3d';
const event = {
  streamId: 'user#alice',
  version: 3,
  commandKey: 'x',
  type: 'UserUpdated',
  aggregate: 'user',
  aggregateId: 'alice',
  operation: 'updateProfile',
  timestamp: 1,
};
const rejection = {
  commandKey: 'x',
  status: 'REJECTED',
  operation: 'signUp',
  aggregate: 'user',
  aggregateId: 'alice',
  code: 'EMAIL_TAKEN',
  message: 'taken',
  actor: 'user:auth0|alice',
  commandId,
  expiresAt: 1,
};
const holding =
  ({ events = [] as unknown[], outcome = null as unknown }): DataSources =>
  (name) => ({ result: name === 'EventStore' ? { items: events, nextToken: null } : outcome });
const ask = (dataSources: DataSources, args: Record<string, unknown> = { commandId }, from = user) =>
  resolve('Query', 'command', { from, args, dataSources });

describe('command', () => {
  it("looks for the caller's own, by event and then by outcome", () => {
    const key = { S: `user:auth0|alice#${commandId}` };
    expect(ask(holding({})).requests).toEqual([
      {
        dataSource: 'EventStore',
        request: {
          operation: 'Query',
          index: 'byCommand',
          query: {
            expression: '#key = :key',
            expressionNames: { '#key': 'commandKey' },
            expressionValues: { ':key': key },
          },
          limit: 1,
        },
      },
      {
        dataSource: 'CommandOutcome',
        request: { operation: 'GetItem', key: { commandKey: key }, consistentRead: true },
      },
    ]);
  });

  it("looks for anybody's, if an admin says whose", () => {
    const of = { commandId, actor: 'user:auth0|alice' };
    const { value } = ask(holding({ outcome: rejection }), of, admin);
    expect(value).toMatchObject({ status: 'REJECTED', actor: of.actor });
    const { requests } = ask(holding({}), of, admin);
    expect(requests.at(-1)).toMatchObject({ request: { key: { commandKey: { S: `${of.actor}#${commandId}` } } } });
  });

  it("keeps another's from a user, whether there is one or not, and takes a user's own", () => {
    for (const actor of ['user:auth0|bob', 'admin:auth0|admin', 'user:auth0|Alice', '']) {
      const { kind, requests } = ask(holding({ outcome: rejection }), { commandId, actor });
      expect(kind).toBe('unauthorized');
      expect(requests).toEqual([]);
    }
    for (const actor of ['user:auth0|alice', null])
      expect(ask(holding({ outcome: rejection }), { commandId, actor }).value).toMatchObject({ status: 'REJECTED' });
  });

  it.each(['', 'x'.repeat(301)])('takes no actor that nobody can be: %#', (actor) => {
    expect(ask(holding({}), { commandId, actor }, admin).error).toMatchObject({ info: { field: 'actor' } });
  });

  it('is null while undecided', () => {
    expect(ask(holding({}))).toMatchObject({ kind: 'value', value: null });
  });

  it('was applied if it left an event, whatever a record says', () => {
    const { value, requests } = ask(holding({ events: [event], outcome: rejection }));
    expect(value).toEqual({
      commandId,
      status: 'APPLIED',
      operation: 'updateProfile',
      aggregate: 'USER',
      aggregateId: 'alice',
      version: 3,
      actor: 'user:auth0|alice',
    });
    expect(requests).toHaveLength(1);
  });

  it('was rejected with a code', () => {
    expect(ask(holding({ outcome: rejection })).value).toEqual({
      commandId,
      status: 'REJECTED',
      operation: 'signUp',
      aggregate: 'USER',
      aggregateId: 'alice',
      code: 'EMAIL_TAKEN',
      message: 'taken',
      actor: 'user:auth0|alice',
    });
  });

  it('was applied without an event if its wish already held', () => {
    const outcome = { ...rejection, status: 'APPLIED', version: 2, code: undefined, message: undefined };
    expect(ask(holding({ outcome })).value).toMatchObject({ status: 'APPLIED', version: 2 });
  });

  it.each(['', 'x', `${commandId} `])('is none of the id %j', (wrong) => {
    expect(ask(holding({}), { commandId: wrong })).toMatchObject({
      requests: [],
      error: { type: 'INVALID', message: 'commandId: must be a UUID' },
    });
  });

  it.each(['EventStore', 'CommandOutcome'])('is an error, not null, when %s cannot be read', (broken) => {
    const { error } = ask((name, request) =>
      name === broken
        ? { result: null, error: { message: 'x', type: 'DynamoDB:InternalServerError' } }
        : holding({})(name, request),
    );
    expect(error).toMatchObject({ type: 'READ_UNAVAILABLE' });
  });
});
