import { expect, it } from 'vitest';
import { expectDenied, graphql } from '../security/requests.ts';
import { admin, eventually, unique, user } from '../support/clients/client.ts';
import { organisation, person } from './organisation.ts';

const question =
  'query($id: ID!, $names: [String!]!, $at: AWSDateTime) { can(userId: $id, authorizations: $names, at: $at) { authorization allowed because } }';

it('says what a user may do and because of what, now and at any moment, to admins and to that user alone', async () => {
  const root = await admin();
  const { authorizationId, roleId, groupId } = await organisation(root);
  const { name } = (await root.get('query($id: ID!) { authorization(id: $id) { name } }', { id: authorizationId }))[
    'authorization'
  ];
  const role = (await root.get('query($id: ID!) { role(id: $id) { name createdAt } }', { id: roleId }))['role'];
  const [alice, bob] = await Promise.all([user(`auth0|${unique('alice')}`), user(`auth0|${unique('bob')}`)]);
  const id = alice.sub.replace('auth0|', '');
  const { id: _id, ...profile } = person();
  await alice.run('signUp', profile);
  await eventually('sign-up', async () => (await root.get('query($id: ID!) { user(id: $id) { id } }', { id }))['user']);
  const can = async (client = root, at?: string, ...names: string[]) =>
    (await client.get(question, { id, names: names.length > 0 ? names : [name], at }))['can'].map(
      ({ allowed, because }: { allowed: boolean; because: string }) => [allowed, because],
    );

  expect(await can()).toEqual([[false, 'no role']]);
  await root.apply('updateUser', { id, roleId, groupId });
  const given = (await root.get('query($id: ID!) { user(id: $id) { updatedAt } }', { id }))['user'].updatedAt;
  const allowed = [
    true,
    `role ${role.name}, given in version 2 of the user (${given}), which grants it since version 1 of the role (${role.createdAt})`,
  ];
  const nonsense = unique('nonsense');
  expect(await can(root, undefined, name, nonsense)).toEqual([allowed, [false, 'no such authorization']]);
  expect(await can(alice, undefined, name, nonsense)).toEqual([
    allowed,
    [false, `role ${role.name} does not grant it`],
  ]);

  await root.apply('suspendUser', { id, reason: 'leave' });
  expect(await can(alice)).toEqual([[false, 'suspended']]);
  expect(await can(alice, given)).toEqual([allowed]);
  expect(await can(root, role.createdAt)).toEqual([[false, 'no such user']]);
  await root.apply('reinstateUser', { id });
  await root.apply('revokeAuthorization', { roleId, authorizationId });
  expect(await can()).toEqual([[false, `role ${role.name} does not grant it`]]);
  await root.apply('grantAuthorization', { roleId, authorizationId });
  const [[again, because]] = await can();
  expect([again, because]).toEqual([true, expect.stringContaining('since version 3 of the role')]);

  const raw = (variables: Record<string, unknown>) =>
    graphql(bob.outputs.GraphQLUrl, { authorization: bob.token! }, question, { names: [name], ...variables });
  for (const at of [undefined, given])
    for (const other of [id, unique('nobody')]) expectDenied(await raw({ id: other, at }), 'Query.can');
  const tooMany = await root.ask(question, { id, names: Array.from({ length: 51 }, () => name) });
  expect(tooMany.errors).toMatchObject([
    { errorType: 'INVALID', errorInfo: { field: 'authorizations', rule: 'must have at most 50 entries' } },
  ]);
});
