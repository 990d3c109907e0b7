import { describe, expect, it } from 'vitest';
import { admin, type DataSources, env, resolve, user } from './harness.ts';

const at = '2026-01-02T03:04:05.006Z';
const dates = { version: 3, createdAt: at, updatedAt: at };
const alice = {
  id: 'alice',
  firstName: 'Alice',
  lastName: 'Ames',
  roleId: 'r1',
  roleIdSince: { version: 3, at },
  ...dates,
};
const editor = {
  id: 'r1',
  name: 'Editor',
  authorizationIds: ['a1', 'a2'],
  authorizationIdsSince: [{ version: 1, at }, null],
  ...dates,
};
const named = (id: string, name: string) => ({ id, name, description: '', ...dates });
const authorizations = [named('a1', 'edit'), named('a2', 'publish'), named('a3', 'Delete')];

/** Tables by name, with rows by key; what is read of them at once, in one batch. */
const tables = (rows: { users?: unknown[]; roles?: unknown[]; claims?: Record<string, string> }): DataSources => {
  const claims = Object.entries(rows.claims ?? { edit: 'a1', publish: 'a2', Delete: 'a3', delete: 'a3' }).map(
    ([form, id]) => ({ uniqueKey: `authorization#name#${form}`, streamId: `authorization#${id}` }),
  );
  const held: Record<string, any[]> = {
    [env.USER_TABLE]: rows.users ?? [alice],
    [env.ROLE_TABLE]: rows.roles ?? [editor],
    [env.AUTHORIZATION_TABLE]: authorizations,
    [env.UNIQUE_VALUE_TABLE]: claims,
  };
  return (_, { operation, tables: asked }) => {
    expect(operation).toBe('BatchGetItem');
    const data = Object.entries(asked as Record<string, { keys: Record<string, { S: string }>[] }>).map(
      ([table, { keys }]) => [
        table,
        keys.map((key) => {
          const [[name, { S }] = ['', { S: '' }]] = Object.entries(key);
          return held[table]!.find((row) => row[name] === S) ?? null;
        }),
      ],
    );
    return { result: { data: Object.fromEntries(data), unprocessedKeys: {} } };
  };
};

const ask = (names: string[], dataSources: DataSources = tables({}), more: Record<string, unknown> = {}) =>
  resolve('Query', 'can', { args: { userId: 'alice', authorizations: names }, dataSources, ...more });
const because = (names: string[], dataSources?: DataSources) =>
  ask(names, dataSources).value.map((decision: { allowed: boolean; because: string }) => [
    decision.allowed,
    decision.because,
  ]);

describe('can', () => {
  it('names the role, since when it is had and since when it grants, for two calls whatever is asked', () => {
    const { value, requests } = ask(['edit', ' publish ', 'Delete', 'fly', 'edit']);
    const granted = { authorization: 'edit', allowed: true };
    expect(value).toEqual([
      {
        ...granted,
        because: `role Editor, given in version 3 of the user (${at}), which grants it since version 1 of the role (${at})`,
      },
      { authorization: ' publish ', allowed: true, because: `role Editor, given in version 3 of the user (${at})` },
      { authorization: 'Delete', allowed: false, because: 'role Editor does not grant it' },
      { authorization: 'fly', allowed: false, because: 'no such authorization' },
      expect.objectContaining(granted),
    ]);
    expect(requests).toHaveLength(2);
  });

  it('does not take one name for another that looks like it', () => {
    expect(because(['delete'])).toEqual([[false, 'no such authorization']]);
  });

  it('says what else is in the way', () => {
    const not = (reason: string) => [[false, reason]];
    expect(because(['edit'], tables({ users: [] }))).toEqual(not('no such user'));
    expect(because(['edit'], tables({ users: [{ ...alice, roleId: undefined }] }))).toEqual(not('no role'));
    expect(because(['edit'], tables({ roles: [] }))).toEqual(not('no role'));
    expect(because(['edit'], tables({ roles: [{ id: 'r1', version: 2, deletedAt: at }] }))).toEqual(not('no role'));
    const suspended = { ...alice, status: 'SUSPENDED', suspensionReason: 'leave' };
    expect(because(['edit'], tables({ users: [suspended] }))).toEqual(not('suspended'));
    const until = (moment: string) => tables({ users: [{ ...suspended, suspendedUntil: moment }] });
    expect(because(['edit'], until('2999-01-01T00:00:00.000Z'))).toEqual(
      not('suspended until 2999-01-01T00:00:00.000Z'),
    );
    expect(because(['edit'], until('2001-01-01T00:00:00.000Z'))[0][0]).toBe(true);
  });

  it('answers nothing of nothing', () => {
    expect(ask([]).value).toEqual([]);
  });

  it('does not tell a user which authorizations there are', () => {
    const { value } = ask(['edit', 'Delete', 'fly'], tables({}), { from: user });
    expect(value.map((decision: { because: string }) => decision.because).slice(1)).toEqual([
      'role Editor does not grant it',
      'role Editor does not grant it',
    ]);
  });

  it('is for users about themselves alone, before anything is read', () => {
    expect(ask(['edit'], tables({}), { from: user }).kind).toBe('value');
    const other = resolve('Query', 'can', { args: { userId: 'bob', authorizations: ['edit'] }, from: user });
    expect(other).toMatchObject({ kind: 'unauthorized', requests: [] });
    const past = resolve('Query', 'can', { args: { userId: 'bob', authorizations: ['edit'], at }, from: user });
    expect(past).toMatchObject({ kind: 'unauthorized', requests: [] });
  });

  it('refuses what is too much, and what is no name, by field and rule', () => {
    const refused = (names: string[]) => ask(names).error;
    expect(refused(Array.from({ length: 51 }, (_, n) => `a${n}`))).toMatchObject({
      info: { field: 'authorizations', rule: 'must have at most 50 entries' },
    });
    expect(refused(['edit', ' '])).toMatchObject({
      info: { field: 'authorizations', rule: 'each must have 1 to 200 characters' },
    });
    expect(ask(Array.from({ length: 50 }, (_, n) => `a${n}`)).kind).toBe('value');
  });

  it('asks the history function about the past, and counts a user’s questions', () => {
    const history: DataSources = (name) => (name === 'History' ? { result: { result: [] } } : { result: {} });
    const question = { args: { userId: 'alice', authorizations: ['edit'], at: '2026-01-02T03:04:05Z' } };
    const asked = (from: typeof admin) =>
      resolve('Query', 'can', { ...question, from, dataSources: history }).requests.map(({ dataSource }) => dataSource);
    expect(asked(admin)).toEqual(['History']);
    expect(asked(user)).toEqual(['Quota', 'History']);
    const { requests } = resolve('Query', 'can', { ...question, dataSources: history });
    expect(requests[0]!.request.payload).toMatchObject({
      field: 'can',
      arguments: { userId: 'alice', authorizations: ['edit'], at: '2026-01-02T03:04:05.000Z' },
    });
  });
});
