import { randomUUID } from 'node:crypto';
import { beforeAll, expect, it } from 'vitest';
import { admin, type Client } from '../../support/clients/client.ts';
import { namedSuite } from '../named.ts';
import { organisation, person } from '../organisation.ts';

let client: Client;
const read = async (id: string) =>
  (await client.get('query($id: ID!) { role(id: $id) { authorizationIds authorizations { id name } } }', { id })).role;

beforeAll(async () => {
  client = await admin();
});

namedSuite('Role', { authorizationIds: [] });

it('grants authorizations that exist, each once, and cannot be deleted while a user has it', async () => {
  const { roleId, groupId, authorizationId } = await organisation(client);
  expect(await read(roleId)).toMatchObject({
    authorizationIds: [authorizationId],
    authorizations: [{ id: authorizationId }],
  });
  expect(await client.run('updateRole', { id: roleId, authorizationIds: [randomUUID()] })).toMatchObject({
    code: 'AUTHORIZATION_NOT_FOUND',
  });
  const { errors } = await client.ask(
    'mutation($input: UpdateRoleInput!) { updateRole(input: $input) { commandId } }',
    { input: { id: roleId, authorizationIds: [authorizationId, authorizationId] } },
  );
  expect(errors![0]).toMatchObject({ errorType: 'INVALID', errorInfo: { field: 'authorizationIds' } });
  await client.apply('updateRole', { id: roleId, authorizationIds: [] });
  expect(await read(roleId)).toEqual({ authorizationIds: [], authorizations: [] });

  const id = await client.apply('createUser', person({ roleId, groupId }));
  expect(await client.run('deleteRole', { id: roleId })).toMatchObject({ status: 'REJECTED', code: 'IN_USE' });
  await client.apply('updateUser', { id, roleId: null });
  await client.apply('deleteRole', { id: roleId });
});
