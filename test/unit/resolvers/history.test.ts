import { describe, expect, it } from 'vitest';
import { admin, nobody, resolve, system, user } from './harness.ts';

const timestamp = '2026-01-01T00:00:00.000Z';

describe('the history function', () => {
  it.each([
    [
      'events',
      { aggregate: 'USER', aggregateId: 'alice', limit: 10 },
      { aggregate: 'USER', aggregateId: 'alice', limit: 10 },
    ],
    ['eventsSince', { timestamp, nextToken: 't' }, { timestamp, limit: 25, nextToken: 't' }],
    ['userAt', { id: 'alice', timestamp, knownAt: null }, { id: 'alice', timestamp, knownAt: null }],
    ['groupAt', { id: 'g1', timestamp }, { id: 'g1', timestamp }],
    ['personalData', { id: 'alice' }, { id: 'alice' }],
  ])('is asked for %s', (field, args, given) => {
    const { value, requests } = resolve('Query', field, {
      args,
      dataSources: () => ({ result: { result: { answer: field } } }),
    });
    expect(requests).toMatchObject([
      { dataSource: 'History', request: { operation: 'Invoke', payload: { field, arguments: given } } },
    ]);
    expect(value).toEqual({ answer: field });
  });

  it('is asked for what is held of the caller, whoever the arguments name, and a few times a minute', () => {
    const dataSources = (name: string) => ({ result: name === 'Quota' ? null : { result: { id: 'alice' } } });
    const { value, requests } = resolve('Query', 'myData', { args: { id: 'bob' }, from: user, dataSources });
    expect(value).toEqual({ id: 'alice' });
    expect(requests).toMatchObject([
      { dataSource: 'Quota', request: { update: { expressionValues: { ':cost': { N: 10 } } } } },
      {
        dataSource: 'History',
        request: { payload: { field: 'myData', arguments: { id: 'alice', actor: 'user:auth0|alice' } } },
      },
    ]);
    for (const from of [admin, system, nobody])
      expect(resolve('Query', 'myData', { from, dataSources })).toMatchObject({ kind: 'unauthorized', requests: [] });
    expect(resolve('Query', 'personalData', { args: { id: 'alice' }, from: user, dataSources })).toMatchObject({
      kind: 'unauthorized',
      requests: [],
    });
  });

  it('may find nothing', () => {
    expect(
      resolve('Query', 'roleAt', { args: { id: 'r1', timestamp }, dataSources: () => ({ result: { result: null } }) }),
    ).toMatchObject({ kind: 'value', value: null });
  });

  it('names the argument that is wrong', () => {
    const dataSources = () => ({
      result: { invalid: { field: 'nextToken', rule: 'must be the nextToken of the page before' } },
    });
    expect(resolve('Query', 'eventsSince', { args: { timestamp, nextToken: 'x' }, dataSources }).error).toMatchObject({
      type: 'INVALID',
      message: 'nextToken: must be the nextToken of the page before',
      info: { field: 'nextToken' },
    });
  });

  it.each([
    ['userAt', { id: '', timestamp }, 'id'],
    ['events', { aggregate: 'USER', aggregateId: 'auth0|alice' }, 'aggregateId'],
    ['events', { aggregate: 'USER', aggregateId: 'a', limit: 101 }, 'limit'],
  ])('is not asked what nobody can answer: %s %j', (field, args, named) => {
    expect(resolve('Query', field, { args })).toMatchObject({
      requests: [],
      error: { type: 'INVALID', info: { field: named } },
    });
  });

  it('says which stream no answer can be read from', () => {
    const dataSources = () => ({
      result: { damaged: 'Stream user#a is damaged: version 3 does not follow version 1' },
    });
    expect(resolve('Query', 'userAt', { args: { id: 'a', timestamp }, dataSources }).error).toMatchObject({
      type: 'STREAM_DAMAGED',
      message: expect.stringContaining('user#a'),
    });
  });

  it('may fail without telling why to the caller', () => {
    const dataSources = () => ({
      result: null,
      error: { message: 'Task timed out at /var/task/index.mjs', type: 'Lambda:Unhandled' },
    });
    expect(resolve('Query', 'userAt', { args: { id: 'alice', timestamp }, dataSources }).error).toMatchObject({
      type: 'READ_UNAVAILABLE',
      message: 'The data could not be read; try again',
    });
  });
});

describe('publishing', () => {
  it.each([
    ['publishProjectionUpdate', 'update'],
    ['publishCommandOutcome', 'outcome'],
    ['publishRecoveryProgress', 'recovery'],
  ])('%s passes on what it is given', (field, argument) => {
    const given = { commandId: 'c1', aggregate: 'USER' };
    const outcome = resolve('Mutation', field, { from: system, args: { [argument]: given } });
    expect(outcome).toMatchObject({ kind: 'value', value: given, requests: [] });
  });

  it.each([[null], ['text'], [[1]], [7]])('takes no %j', (update) => {
    expect(resolve('Mutation', 'publishProjectionUpdate', { from: system, args: { update } }).error).toMatchObject({
      type: 'INVALID',
    });
  });
});
