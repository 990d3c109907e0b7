import { describe, expect, it } from 'vitest';
import { type Asked, type DataSources, env, resolve, whole } from './harness.ts';

type Row = Record<string, unknown> & { id: string };

/** The aggregate's rows under a facet of the directory: the list is in the first shard, and the second is empty. */
const under = (facet: string, rows: Record<string, Row[]>): Row[] => {
  const [aggregate = '', attribute = '', value = ''] = facet.split('#');
  const all = rows[aggregate.charAt(0).toUpperCase() + aggregate.slice(1)] ?? [];
  const holds = (held: unknown) => (Array.isArray(held) ? held.includes(value) : held === value);
  const found = attribute === 'all' ? (value === '0' ? all : []) : all.filter((row) => holds(row[attribute]));
  return found.map((row) => ({ ...row, byName: String(all.indexOf(row)).padStart(4, '0') }));
};

/** Tables in memory, asked as AppSync asks DynamoDB. */
const tables =
  (rows: { User?: Row[]; Role?: Row[]; Group?: Row[]; Authorization?: Row[] }): DataSources =>
  (name, request) => {
    const all =
      name === 'Directory'
        ? under(request.query.expressionValues[':facet'].S, rows)
        : (rows[name as keyof typeof rows] ?? []);
    switch (request.operation) {
      case 'GetItem':
        return { result: all.find(({ id }) => id === request.key.id.S) ?? null };
      case 'Query':
      case 'Scan':
        return {
          result: {
            items: all.slice(0, request.limit),
            nextToken: all.length > request.limit ? 'more' : null,
            scannedCount: 0,
          },
        };
      default: {
        const asked = Object.entries(request.tables) as [string, { keys: { id: { S: string } }[] }][];
        const data = asked.map(([table, { keys }]) => {
          const held = Object.entries(rows).find(([type]) => table === `stack-${type.toLowerCase()}`)?.[1] ?? [];
          return [table, keys.map((key) => held.find(({ id }) => id === key.id.S) ?? null)];
        });
        return { result: { data: Object.fromEntries(data), unprocessedKeys: {} } };
      }
    }
  };

const authorizations = ['read', 'write'].map((id) => whole('authorization', { id, name: id, description: id }));
const roles = [
  { id: 'r1', name: 'Editor', authorizationIds: ['read', 'write', 'gone'] },
  { id: 'r2', name: 'Reader', authorizationIds: ['read'] },
].map((role) => whole('role', role));
const groups = [whole('group', { id: 'g1', name: 'Staff' })];
const users = [
  { id: 'alice', roleId: 'r1', groupId: 'g1' },
  { id: 'bob', roleId: 'r2', groupId: 'gone' },
  { id: 'carol', roleId: 'r1' },
  { id: 'dave' },
].map((user) => whole('user', user));
const everything = tables({ User: users, Role: roles, Group: groups, Authorization: authorizations });

/** The selection as AppSync tells of it. */
const selecting = (text: string, ...list: string[]) => ({ text, list });
const allOfUser = selecting(
  '{ items { id role { name } group { name } authorizations { name } } }',
  'items',
  'items/id',
  'items/role',
  'items/role/name',
  'items/group',
  'items/group/name',
  'items/authorizations',
  'items/authorizations/name',
);
const sources = (asked: Asked, field = 'users') =>
  resolve('Query', field, { dataSources: everything, ...asked }).requests.map(({ dataSource }) => dataSource);

describe('what is nested in a page of users', () => {
  const outcome = resolve('Query', 'users', { dataSources: everything, selection: allOfUser });

  it('takes four requests', () => {
    expect(outcome.requests.map(({ dataSource, request }) => `${request.operation} ${dataSource}`)).toEqual([
      'Query Directory',
      'Query Directory',
      'BatchGetItem Role',
      'BatchGetItem Authorization',
    ]);
    expect(outcome.requests[2]?.request).toEqual({
      operation: 'BatchGetItem',
      tables: {
        [env.ROLE_TABLE]: { keys: [{ id: { S: 'r1' } }, { id: { S: 'r2' } }], consistentRead: false },
        [env.GROUP_TABLE]: { keys: [{ id: { S: 'g1' } }, { id: { S: 'gone' } }], consistentRead: false },
      },
    });
  });

  it('is put in its place; what is gone reads as null, or is left out', () => {
    const [alice, bob, carol, dave] = outcome.value.items;
    expect(alice).toMatchObject({ role: { name: 'Editor', authorizations }, group: { name: 'Staff' }, authorizations });
    expect(bob).toMatchObject({ role: { name: 'Reader' }, group: null, authorizations: [authorizations[0]] });
    expect(carol).toMatchObject({ role: { name: 'Editor' }, group: null, authorizations });
    expect(dave).toMatchObject({ role: null, group: null, authorizations: [] });
  });

  it('leaves out what was deleted', () => {
    const deleted = { version: 2, deletedAt: '2026-01-01T00:00:00.000Z' };
    const dataSources = tables({
      User: users,
      Role: [{ id: 'r1', ...deleted }, roles[1]!],
      Group: [{ id: 'g1', ...deleted }],
      Authorization: [{ id: 'read', ...deleted }],
    });
    const { items } = resolve('Query', 'users', { dataSources, selection: allOfUser }).value;
    expect(items[0]).toMatchObject({ role: null, group: null, authorizations: [] });
    expect(items[1]).toMatchObject({ role: { id: 'r2' }, authorizations: [] });
  });
});

describe('what is nested in a page of users with an authorization', () => {
  const asked = { args: { authorizationId: 'read' }, dataSources: everything, selection: allOfUser };
  const outcome = resolve('Query', 'usersWithAuthorization', asked);

  it('takes four requests: the roles are those that were looked for', () => {
    expect(outcome.requests.map(({ dataSource, request }) => `${request.operation} ${dataSource}`)).toEqual([
      'Query Directory',
      'Query Directory',
      'Query Directory',
      'BatchGetItem Role',
    ]);
    expect(Object.keys(outcome.requests[3]?.request.tables)).toEqual([env.AUTHORIZATION_TABLE, env.GROUP_TABLE]);
  });

  it('is put in its place', () => {
    expect(outcome.value.items.map(({ id }: Row) => id).sort()).toEqual(['alice', 'bob', 'carol']);
    const bob = outcome.value.items.find(({ id }: Row) => id === 'bob');
    expect(bob).toMatchObject({ role: { name: 'Reader' }, group: null, authorizations: [authorizations[0]] });
    const alice = outcome.value.items.find(({ id }: Row) => id === 'alice');
    expect(alice).toMatchObject({ role: { name: 'Editor', authorizations }, group: { name: 'Staff' }, authorizations });
  });
});

describe('what is not selected is not read', () => {
  it.each([
    [
      'plain fields',
      selecting('{ items { id roleId } nextToken }', 'items', 'items/id', 'items/roleId', 'nextToken'),
      ['Directory', 'Directory'],
    ],
    [
      'the role',
      selecting('{ items { role { name } } }', 'items', 'items/role', 'items/role/name'),
      ['Directory', 'Directory', 'Role'],
    ],
    [
      'the group',
      selecting('{ items { group { name } } }', 'items', 'items/group', 'items/group/name'),
      ['Directory', 'Directory', 'Role'],
    ],
    [
      'authorizations, which come with the role',
      selecting('{ items { authorizations { id } } }', 'items', 'items/authorizations', 'items/authorizations/id'),
      ['Directory', 'Directory', 'Role', 'Authorization'],
    ],
    [
      'the role by another name',
      selecting('{ items { title: role { name } } }', 'items', 'items/title', 'items/title/name'),
      ['Directory', 'Directory', 'Role'],
    ],
    [
      'the role by the name of a plain field',
      selecting('{ items { id: role { name } } }', 'items', 'items/id', 'items/id/name'),
      ['Directory', 'Directory', 'Role'],
    ],
    [
      'the items by another name',
      selecting('{ list: items { role { name } } }', 'list', 'list/role', 'list/role/name'),
      ['Directory', 'Directory', 'Role'],
    ],
    [
      'an inline fragment',
      selecting('{ items { ... on User { group { id } } } }', 'items', 'items/group', 'items/group/id'),
      ['Directory', 'Directory', 'Role'],
    ],
    [
      'a fragment of plain fields',
      selecting('{ items { ...Plain } }', 'items', 'items/id'),
      ['Directory', 'Directory'],
    ],
    [
      'a fragment that may hide anything',
      selecting('{ items { ...Rich } }', 'items', 'items/title', 'items/title/name'),
      ['Directory', 'Directory', 'Role', 'Authorization'],
    ],
  ])('%s', (_, selection, expected) => {
    expect(sources({ selection })).toEqual(expected);
  });

  it('of one user', () => {
    expect(sources({ args: { id: 'alice' }, selection: selecting('{ id roleId }', 'id', 'roleId') }, 'user')).toEqual([
      'User',
    ]);
    expect(
      sources({ args: { id: 'alice' }, selection: selecting('{ role { id } }', 'role', 'role/id') }, 'user'),
    ).toEqual(['User', 'Role']);
  });

  it('nor is what no row refers to', () => {
    expect(sources({ selection: allOfUser, dataSources: tables({ User: [whole('user', { id: 'dave' })] }) })).toEqual([
      'Directory',
      'Directory',
    ]);
    expect(sources({ selection: allOfUser, dataSources: tables({}) })).toEqual(['Directory', 'Directory']);
    expect(
      sources({ args: { id: 'nobody' }, selection: selecting('{ role { id } }', 'role', 'role/id') }, 'user'),
    ).toEqual(['User']);
  });

  it('unless the selection is longer than a loop', () => {
    expect(sources({ selection: selecting('{ a }', ...Array.from({ length: 1001 }, (_, n) => `a${n}`)) })).toHaveLength(
      4,
    );
  });
});

describe('every way to users and roles nests alike', () => {
  const one = selecting(
    '{ role { id } authorizations { id } }',
    'role',
    'role/id',
    'authorizations',
    'authorizations/id',
  );

  it.each([
    ['user', { id: 'alice' }, (value: any) => value],
    ['me', {}, (value: any) => value],
    ['userByEmail', { email: 'a@b.de' }, (value: any) => value],
    ['usersByRole', { roleId: 'r1' }, (value: any) => value.items[0]],
    ['usersByGroup', { groupId: 'g1' }, (value: any) => value.items[0]],
  ])('%s', (field, args, userOf) => {
    const dataSources = tables({
      User: [{ ...users[0]!, id: field === 'me' ? 'root' : 'alice' }],
      Role: roles,
      Group: groups,
      Authorization: authorizations,
    });
    const { value, requests } = resolve('Query', field, {
      args,
      dataSources,
      selection: field.startsWith('users') ? allOfUser : one,
    });
    expect(userOf(value)).toMatchObject({ role: { id: 'r1' }, authorizations });
    expect(requests.length).toBeLessThanOrEqual(4);
  });

  it('is as fresh as the object itself', () => {
    const { requests } = resolve('Query', 'user', { args: { id: 'alice' }, dataSources: everything, selection: one });
    expect(requests[1]?.request.tables[env.ROLE_TABLE].consistentRead).toBe(true);
  });

  it('role and roles', () => {
    const single = resolve('Query', 'role', {
      args: { id: 'r1' },
      dataSources: everything,
      selection: selecting('{ authorizations { id } }', 'authorizations', 'authorizations/id'),
    });
    expect(single.value).toMatchObject({ id: 'r1', authorizations });
    expect(single.requests).toHaveLength(2);
    const page = resolve('Query', 'roles', {
      dataSources: everything,
      selection: selecting(
        '{ items { authorizations { id } } }',
        'items',
        'items/authorizations',
        'items/authorizations/id',
      ),
    });
    expect(page.value.items.map((role: any) => role.authorizations.length)).toEqual([2, 1]);
    expect(page.requests).toHaveLength(3);
  });
});

describe('a page that is full', () => {
  const many = Array.from({ length: 100 }, (_, n) => n);
  /** A hundred users of so many roles and groups. */
  const rich = (perRole: number, total: number, kinds = 100) => ({
    User: many.map((n) => whole('user', { id: `u${n}`, roleId: `r${n % kinds}`, groupId: `g${n % kinds}` })),
    Role: many.map((n) =>
      whole('role', {
        id: `r${n}`,
        authorizationIds: Array.from({ length: perRole }, (_, each) => `a${(n * perRole + each) % total}`),
      }),
    ),
    Group: many.map((n) => whole('group', { id: `g${n}` })),
    Authorization: Array.from({ length: total }, (_, n) => whole('authorization', { id: `a${n}` })),
  });
  const page = (data: Parameters<typeof tables>[0], limit: number, field = 'users', more = {}) =>
    resolve('Query', field, { args: { limit, ...more }, dataSources: tables(data), selection: allOfUser });
  const operations = ({ requests }: ReturnType<typeof page>) =>
    requests.map(({ dataSource, request }) => `${request.operation} ${dataSource}`);
  const tooLarge = { type: 'PAGE_TOO_LARGE', message: expect.stringContaining('ask for a smaller page') };

  it('of more roles and groups than a batch takes has the groups read with the authorizations', () => {
    const full = page(rich(1, 40, 60), 100);
    expect(operations(full)).toEqual(['Query Directory', 'Query Directory', 'BatchGetItem Role', 'BatchGetItem Role']);
    expect(full.value.items[99]).toMatchObject({
      role: { id: 'r39' },
      group: { id: 'g39' },
      authorizations: [{ id: 'a39' }],
    });
  });

  it('has them read apart where a call is left for it', () => {
    const full = page({ ...rich(1, 100), User: rich(1, 100).User.map((user) => ({ ...user, groupId: 'g1' })) }, 100);
    expect(operations(full)).toHaveLength(4);
    const ofGroup = page(
      { ...rich(2, 150), User: rich(2, 150).User.map((user) => ({ ...user, groupId: 'g1' })) },
      100,
      'usersByGroup',
      { groupId: 'g1' },
    );
    expect(operations(ofGroup)).toEqual([
      'Query Directory',
      'BatchGetItem Role',
      'BatchGetItem Role',
      'Scan Authorization',
    ]);
    expect(ofGroup.value.items[0]).toMatchObject({ group: { id: 'g1' }, authorizations: [{ id: 'a0' }, { id: 'a1' }] });
  });

  it('takes no fifth call: a smaller page is to be asked for', () => {
    expect(page(rich(1, 100), 100).error).toMatchObject(tooLarge);
    expect(operations(page(rich(1, 100), 50))).toHaveLength(4);
  });

  it('reads all authorizations at once where a batch cannot name them', () => {
    const { requests, value } = page(rich(10, 1000), 50);
    expect(requests.at(-1)?.request).toEqual({ operation: 'Scan', index: 'byName', limit: 1000 });
    expect(requests).toHaveLength(4);
    expect(value.items[49].authorizations.map(({ id }: Row) => id)).toEqual(
      Array.from({ length: 10 }, (_, n) => `a${490 + n}`),
    );
  });

  it('asks for a smaller page where even that does not reach', () => {
    expect(page(rich(22, 1001), 50).error).toMatchObject(tooLarge);
  });

  it('of large roles stays within the limit of a loop', () => {
    expect(page(rich(100, 1000), 50).value.items[5].authorizations).toHaveLength(100);
  });
});

describe('a batch that fails', () => {
  const failingAt =
    (name: string, answer: { result: unknown; error?: { message: string; type: string } }): DataSources =>
    (dataSource, request) =>
      request.operation === 'BatchGetItem' && Object.hasOwn(request.tables, `stack-${name.toLowerCase()}`)
        ? (answer as any)
        : everything(dataSource, request);

  it.each(['Role', 'Group', 'Authorization'])('is an error that may be retried, not an empty %s', (name) => {
    const table = `stack-${name.toLowerCase()}`;
    const throttled = failingAt(name, {
      result: { data: { [table]: [null] }, unprocessedKeys: { [table]: [{ id: 'x' }] } },
    });
    expect(resolve('Query', 'users', { dataSources: throttled, selection: allOfUser }).error).toMatchObject({
      type: 'READ_UNAVAILABLE',
    });
    const denied = failingAt(name, {
      result: null,
      error: { message: 'not authorized to perform', type: 'DynamoDB:AccessDeniedException' },
    });
    expect(resolve('Query', 'users', { dataSources: denied, selection: allOfUser }).error).toMatchObject({
      type: 'READ_UNAVAILABLE',
      message: 'The data could not be read; try again',
      info: { cause: 'DynamoDB:AccessDeniedException' },
    });
  });
});
