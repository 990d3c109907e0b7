import { describe, expect, it } from 'vitest';
import { aggregateNames } from '../../../domain/operations.ts';
import { filterProblem } from 'appsync-local/parts';
import { admin, env, resolve, type Sender, user, withToken } from './harness.ts';

const id = '7f6c0f8e-5a0c-4b6e-9d1f-0a4b8f1f2c3d';
const subscribe = (field: string, args: Record<string, unknown>, from: Sender) =>
  resolve('Subscription', field, { args, from });

/** What the filter lets through, as a list of alternatives. */
const heard = (field: string, args: Record<string, unknown>, from: Sender) => {
  const { kind, value, filter } = subscribe(field, args, from);
  expect({ kind, value }).toEqual({ kind: 'value', value: null });
  expect(filterProblem(filter)).toBeNull();
  return filter.filterGroup.map(({ filters }: any) => {
    expect(filters.every(({ operator }: any) => operator === 'eq')).toBe(true);
    return Object.fromEntries(filters.map(({ fieldName, value: wanted }: any) => [fieldName, wanted]));
  });
};

describe('onProjectionUpdated', () => {
  // An argument that is left out is absent; one given by a variable that is left out is null.
  it.each([[{}], [{ aggregate: null, aggregateId: null }], [{ aggregate: null }]])(
    'lets an admin hear of everything with %j',
    (args) => {
      expect(heard('onProjectionUpdated', args, admin)).toEqual(
        aggregateNames.map((name) => ({ aggregate: name.toUpperCase() })),
      );
    },
  );

  it('is narrowed by its arguments', () => {
    expect(heard('onProjectionUpdated', { aggregate: 'ROLE' }, admin)).toEqual([{ aggregate: 'ROLE' }]);
    expect(heard('onProjectionUpdated', { aggregate: 'ROLE', aggregateId: 'r1' }, admin)).toEqual([
      { aggregate: 'ROLE', aggregateId: 'r1' },
    ]);
    expect(heard('onProjectionUpdated', { aggregateId: 'x1' }, admin)).toEqual(
      aggregateNames.map((name) => ({ aggregate: name.toUpperCase(), aggregateId: 'x1' })),
    );
  });

  it('hears of an id that the system made however it is written, and of a user’s to the letter', () => {
    const capitals = id.toUpperCase();
    const of = (kind: string) => ({ aggregate: kind, aggregateId: kind === 'USER' ? capitals : id });
    expect(heard('onProjectionUpdated', { aggregate: 'GROUP', aggregateId: capitals }, admin)).toEqual([of('GROUP')]);
    expect(heard('onProjectionUpdated', { aggregateId: capitals }, admin)).toEqual(
      aggregateNames.map((name) => of(name.toUpperCase())),
    );
    expect(heard('onRecoveryProgress', { recoveryId: capitals }, admin)).toEqual([{ recoveryId: id }]);
  });

  it.each([
    [{}],
    [{ aggregate: null, aggregateId: null }],
    [{ aggregate: 'USER' }],
    [{ aggregate: 'USER', aggregateId: null }],
    [{ aggregateId: 'alice' }],
    [{ aggregate: 'USER', aggregateId: 'alice' }],
  ])('lets a user hear of the own user alone, with %j', (args) => {
    expect(heard('onProjectionUpdated', args, user)).toEqual([{ aggregate: 'USER', aggregateId: 'alice' }]);
  });

  it.each([
    [{ aggregate: 'ROLE' }],
    [{ aggregateId: 'bob' }],
    [{ aggregate: 'USER', aggregateId: 'bob' }],
    [{ aggregate: 'GROUP', aggregateId: 'alice' }],
    [{ aggregateId: 'Alice' }],
  ])('refuses a user who asks for more: %j', (args) => {
    expect(subscribe('onProjectionUpdated', args, user).kind).toBe('unauthorized');
  });

  it.each(['', 'x'.repeat(256), 'auth0|alice'])('has no aggregate of the id %j', (aggregateId) => {
    expect(subscribe('onProjectionUpdated', { aggregateId }, admin).error).toMatchObject({
      type: 'INVALID',
      info: { field: 'aggregateId' },
    });
  });
});

describe('onCommandCompleted', () => {
  it("lets either application hear of the sender's own commands", () => {
    expect(heard('onCommandCompleted', { commandId: id }, admin)).toEqual([
      { commandId: id, actor: 'admin:auth0|root' },
    ]);
    expect(heard('onCommandCompleted', { commandId: id }, user)).toEqual([
      { commandId: id, actor: 'user:auth0|alice' },
    ]);
  });

  it('knows a sender whose name is too long for a filter by the own user, whom nobody else commands', () => {
    const subject = `samlp|${'ж'.repeat(249)}`;
    const { filter } = subscribe(
      'onCommandCompleted',
      { commandId: id },
      withToken(env.USER_ISSUER, subject, { azp: env.USER_CLIENT_ID }),
    );
    expect(filterProblem(filter)).toBeNull();
    expect(filter.filterGroup).toEqual([
      {
        filters: [
          { fieldName: 'commandId', operator: 'eq', value: id },
          { fieldName: 'actor', operator: 'beginsWith', value: `user:${subject}`.slice(0, 256) },
          { fieldName: 'aggregateId', operator: 'eq', value: subject },
        ],
      },
    ]);
  });

  it('knows a command however its id is written', () => {
    expect(heard('onCommandCompleted', { commandId: id.toUpperCase() }, user)).toEqual([
      { commandId: id, actor: 'user:auth0|alice' },
    ]);
  });

  it.each(['', 'x', `${id}0`])('has no command %j', (commandId) => {
    expect(subscribe('onCommandCompleted', { commandId }, user).error).toMatchObject({
      type: 'INVALID',
      message: 'commandId: must be a UUID',
    });
  });
});

describe('onRecoveryProgress', () => {
  it('lets an admin hear of one recovery', () => {
    expect(heard('onRecoveryProgress', { recoveryId: id }, admin)).toEqual([{ recoveryId: id }]);
    expect(subscribe('onRecoveryProgress', { recoveryId: id }, user).kind).toBe('unauthorized');
    expect(subscribe('onRecoveryProgress', { recoveryId: 'x' }, admin).error).toMatchObject({
      type: 'INVALID',
      message: 'recoveryId: must be a UUID',
    });
  });
});
