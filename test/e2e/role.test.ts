import { randomUUID } from 'node:crypto';
import { beforeAll, expect, it } from 'vitest';
import { admin, type Client, unique } from '../support/client.ts';
import { organisation, person } from './organisation.ts';

let client: Client;
const read = async (id: string) => (await client.get('query($id: ID!) { role(id: $id) { id name description version createdAt updatedAt authorizationIds authorizations { id name } } }', { id })).role;

beforeAll(async () => {
  client = await admin();
});

it('is created, read, updated and deleted', async () => {
  const name = unique('role');
  const commandId = randomUUID();
  const outcome = await client.run('createRole', { name, description: 'First', authorizationIds: [] }, commandId);
  expect(outcome).toMatchObject({ status: 'APPLIED', aggregate: 'ROLE', aggregateId: commandId, version: 1 });
  await client.shown(outcome);
  expect(await read(commandId)).toMatchObject({ id: commandId, name, description: 'First', version: 1, authorizations: [] });

  await client.apply('updateRole', { id: commandId, description: 'Second', expectedVersion: 1 });
  expect(await read(commandId)).toMatchObject({ name, description: 'Second', version: 2 });
  expect(await client.run('updateRole', { id: commandId, description: 'Third', expectedVersion: 1 })).toMatchObject({ status: 'REJECTED', code: 'VERSION_CONFLICT', version: null });

  await client.apply('deleteRole', { id: commandId });
  expect(await read(commandId)).toBeNull();
});

it('has a name of its own, free again after deletion or renaming', async () => {
  const [name, other] = [unique('role'), unique('role')];
  const outcomes = await Promise.all([1, 2].map(() => client.run('createRole', { name, description: 'd', authorizationIds: [] })));
  expect(outcomes.map(({ status, code }) => code ?? status).sort()).toEqual(['APPLIED', 'NAME_TAKEN']);
  const id = outcomes.find(({ status }) => status === 'APPLIED')!.aggregateId;
  const second = await client.apply('createRole', { name: other, description: 'd', authorizationIds: [] });
  expect(await client.run('updateRole', { id: second, name })).toMatchObject({ code: 'NAME_TAKEN' });
  await client.apply('updateRole', { id, name: unique('role') });
  await client.apply('updateRole', { id: second, name });
  await client.apply('deleteRole', { id: second });
  await client.apply('createRole', { name, description: 'd', authorizationIds: [] });
});

it('is listed page by page, without the deleted', async () => {
  const kept = await Promise.all([1, 2, 3].map(() => client.apply('createRole', { name: unique('listed'), description: 'd', authorizationIds: [] })));
  const gone = await client.apply('createRole', { name: unique('listed'), description: 'd', authorizationIds: [] });
  await client.apply('deleteRole', { id: gone });
  const found: string[] = [];
  let nextToken: string | null = null;
  do {
    const page: { items: { id: string }[]; nextToken: string | null } = (await client.get('query($nextToken: String) { roles(limit: 100, nextToken: $nextToken) { items { id } nextToken } }', { nextToken })).roles;
    found.push(...page.items.map(({ id }) => id));
    nextToken = page.nextToken;
  } while (nextToken);
  expect(found).toEqual(expect.arrayContaining(kept));
  expect(found).not.toContain(gone);
  expect(new Set(found).size).toBe(found.length);
});

it('is refused with bad input, at once', async () => {
  for (const [field, value] of [['name', ''], ['name', 'x'.repeat(101)], ['description', ' '], ['description', 'x'.repeat(1001)]] as const) {
    const input = { name: unique('role'), description: 'd', authorizationIds: [], [field]: value };
    const { errors } = await client.ask('mutation($input: CreateRoleInput!) { createRole(input: $input) { commandId } }', { input });
    expect(errors![0]).toMatchObject({ errorType: 'INVALID', errorInfo: { field }, path: ['createRole'] });
  }
  expect(await client.run('updateRole', { id: randomUUID(), name: unique('x') })).toMatchObject({ code: 'NOT_FOUND' });
});

it('grants authorizations that exist, each once, and cannot be deleted while a user has it', async () => {
  const { roleId, groupId, authorizationId } = await organisation(client);
  expect(await read(roleId)).toMatchObject({ authorizationIds: [authorizationId], authorizations: [{ id: authorizationId }] });
  expect(await client.run('updateRole', { id: roleId, authorizationIds: [randomUUID()] })).toMatchObject({ code: 'AUTHORIZATION_NOT_FOUND' });
  const { errors } = await client.ask('mutation($input: UpdateRoleInput!) { updateRole(input: $input) { commandId } }', { input: { id: roleId, authorizationIds: [authorizationId, authorizationId] } });
  expect(errors![0]).toMatchObject({ errorType: 'INVALID', errorInfo: { field: 'authorizationIds' } });

  const id = await client.apply('createUser', person({ roleId, groupId }));
  expect(await client.run('deleteRole', { id: roleId })).toMatchObject({ status: 'REJECTED', code: 'IN_USE' });
  await client.apply('updateUser', { id, roleId: null });
  await client.apply('deleteRole', { id: roleId });
});
