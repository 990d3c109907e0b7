import { randomUUID } from 'node:crypto';
import type { Client } from '../support/client.ts';
import { userInput } from '../support/people.ts';

/** One thing to measure. */
export interface Step {
  name: string;
  run(): Promise<unknown>;
}

/** Ids of what is there before anything is measured. */
interface Seeded {
  authorizationIds: string[];
  roleIds: string[];
  groupIds: string[];
  /** Commands sent for it. */
  commandId: string;
}

/** An organisation of 30 users in 5 roles of 4 authorizations each and 3 groups. */
export const seed = async (admin: Client, settled: () => Promise<void>): Promise<Seeded> => {
  const all = (count: number, send: (n: number) => Promise<{ aggregateId: string; commandId: string }>) =>
    Promise.all(Array.from({ length: count }, (_, n) => send(n)));
  const ids = (receipts: { aggregateId: string }[]) => receipts.map(({ aggregateId }) => aggregateId);
  const authorizations = await all(8, (n) =>
    admin.send('createAuthorization', { name: `authorization ${n}`, description: 'lets one do something' }),
  );
  const groups = await all(3, (n) => admin.send('createGroup', { name: `group ${n}`, description: 'some people' }));
  await settled();
  const authorizationIds = ids(authorizations);
  const roles = await all(5, (n) =>
    admin.send('createRole', {
      name: `role ${n}`,
      description: 'some work',
      authorizationIds: authorizationIds.slice(n % 5, (n % 5) + 4),
    }),
  );
  await settled();
  const [roleIds, groupIds] = [ids(roles), ids(groups)];
  await all(30, (n) =>
    admin.send('createUser', userInput(`seeded-${n}`, { roleId: roleIds[n % 5]!, groupId: groupIds[n % 3]! })),
  );
  await settled();
  return { authorizationIds, roleIds, groupIds, commandId: groups[0]!.commandId };
};

/** Every operation once, in an order in which each is applied. */
export const commandsOf = (admin: Client, user: Client, { authorizationIds, roleIds, groupIds }: Seeded): Step[] => {
  const made = { authorization: randomUUID(), role: randomUUID(), group: randomUUID() };
  const step = (
    operation: string,
    input: Record<string, unknown>,
    commandId?: string,
    by = admin,
    name = operation,
  ): Step => ({ name, run: () => by.send(operation, input, commandId) });
  return [
    step('createAuthorization', { name: 'measured', description: 'lets one do something' }, made.authorization),
    step('createGroup', { name: 'measured', description: 'some people' }, made.group),
    step(
      'createRole',
      { name: 'measured', description: 'some work', authorizationIds: authorizationIds.slice(0, 4) },
      made.role,
    ),
    step('createUser', userInput('measured', { roleId: roleIds[0]!, groupId: groupIds[0]! })),
    step(
      'signUp',
      { firstName: 'Ada', lastName: 'Lovelace', birthDate: '1985-12-10', email: 'bench@example.com' },
      undefined,
      user,
    ),
    step('updateAuthorization', { id: made.authorization, description: 'lets one do something else' }),
    step('updateGroup', { id: made.group, description: 'other people' }),
    step('updateRole', { id: made.role, description: 'other work' }),
    step('updateUser', { id: 'measured', lastName: 'King' }),
    step('updateUser', { id: 'measured', email: 'king@example.org' }, undefined, admin, 'updateUser, new e-mail'),
    step('updateUser', { id: 'measured', roleId: roleIds[1] }, undefined, admin, 'updateUser, new role'),
    step('updateProfile', { lastName: 'King' }, undefined, user),
    step('correctEvent', {
      aggregate: 'USER',
      aggregateId: 'measured',
      version: 2,
      payload: JSON.stringify({ lastName: 'Byron' }),
    }),
    step('deleteUser', { id: 'measured' }),
    step('deleteRole', { id: made.role }),
    step('deleteGroup', { id: made.group }),
    step('deleteAuthorization', { id: made.authorization }),
  ];
};

const nested =
  'id firstName lastName birthDate email version role { id name authorizations { id name } } group { id name } authorizations { id name }';

export const queriesOf = (
  admin: Client,
  user: Client,
  { authorizationIds, roleIds, groupIds, commandId }: Seeded,
): Step[] => {
  const step = (name: string, query: string, by = admin): Step => ({ name, run: () => by.ask(query) });
  return [
    step('user', '{ user(id: "seeded-1") { id firstName lastName email version } }'),
    step('user, with all', `{ user(id: "seeded-1") { ${nested} } }`),
    step('userByEmail', '{ userByEmail(email: "seeded-1@example.org") { id } }'),
    step('users, 25', '{ users(limit: 25) { items { id firstName lastName } nextToken } }'),
    step('users, 25 with all', `{ users(limit: 25) { items { ${nested} } nextToken } }`),
    step('usersByRole, with all', `{ usersByRole(roleId: "${roleIds[0]}") { items { ${nested} } } }`),
    step(
      'users by role and group, 25',
      `{ users(filter: { roleId: "${roleIds[0]}", groupId: "${groupIds[0]}" }, limit: 25) { items { id } } }`,
    ),
    step('users by text, 25', '{ users(filter: { text: "love" }, limit: 25) { items { id firstName lastName } } }'),
    step('users by text, 25 with all', `{ users(filter: { text: "love" }, limit: 25) { items { ${nested} } } }`),
    step(
      'usersWithAuthorization, with all',
      `{ usersWithAuthorization(authorizationId: "${authorizationIds[0]}") { items { ${nested} } } }`,
    ),
    step(
      'can, of 2',
      '{ can(userId: "seeded-1", authorizations: ["authorization 1", "authorization 7"]) { allowed } }',
    ),
    step('me', '{ me { id firstName } }', user),
    step('command', `{ command(commandId: "${commandId}") { status version } }`),
    step('events', '{ events(aggregate: USER, aggregateId: "seeded-1") { items { type version } } }'),
    step(
      'userAt',
      `{ userAt(id: "seeded-1", timestamp: "${new Date(Date.now() + 60_000).toISOString()}") { id firstName } }`,
    ),
  ];
};
