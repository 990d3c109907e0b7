import { randomUUID } from 'node:crypto';
import { beforeAll, expect, it } from 'vitest';
import { admin, type Client, unique } from '../support/client.ts';
import { organisation } from './organisation.ts';

let client: Client;
const read = async (id: string) => (await client.get('query($id: ID!) { authorization(id: $id) { id name description version createdAt updatedAt } }', { id })).authorization;

beforeAll(async () => {
  client = await admin();
});

it('is created, read, updated and deleted', async () => {
  const name = unique('authorization');
  const commandId = randomUUID();
  const outcome = await client.run('createAuthorization', { name, description: 'First' }, commandId);
  expect(outcome).toMatchObject({ status: 'APPLIED', aggregate: 'AUTHORIZATION', aggregateId: commandId, version: 1 });
  await client.shown(outcome);
  expect(await read(commandId)).toMatchObject({ id: commandId, name, description: 'First', version: 1 });

  await client.apply('updateAuthorization', { id: commandId, description: 'Second', expectedVersion: 1 });
  expect(await read(commandId)).toMatchObject({ name, description: 'Second', version: 2 });
  expect(await client.run('updateAuthorization', { id: commandId, description: 'Third', expectedVersion: 1 })).toMatchObject({ status: 'REJECTED', code: 'VERSION_CONFLICT', version: null });

  await client.apply('deleteAuthorization', { id: commandId });
  expect(await read(commandId)).toBeNull();
});

it('has a name of its own, free again after deletion or renaming', async () => {
  const [name, other] = [unique('authorization'), unique('authorization')];
  const outcomes = await Promise.all([1, 2].map(() => client.run('createAuthorization', { name, description: 'd' })));
  expect(outcomes.map(({ status, code }) => code ?? status).sort()).toEqual(['APPLIED', 'NAME_TAKEN']);
  const id = outcomes.find(({ status }) => status === 'APPLIED')!.aggregateId;
  const second = await client.apply('createAuthorization', { name: other, description: 'd' });
  expect(await client.run('updateAuthorization', { id: second, name })).toMatchObject({ code: 'NAME_TAKEN' });
  await client.apply('updateAuthorization', { id, name: unique('authorization') });
  await client.apply('updateAuthorization', { id: second, name });
  await client.apply('deleteAuthorization', { id: second });
  await client.apply('createAuthorization', { name, description: 'd' });
});

it('is listed page by page, without the deleted', async () => {
  const kept = await Promise.all([1, 2, 3].map(() => client.apply('createAuthorization', { name: unique('listed'), description: 'd' })));
  const gone = await client.apply('createAuthorization', { name: unique('listed'), description: 'd' });
  await client.apply('deleteAuthorization', { id: gone });
  const found: string[] = [];
  let nextToken: string | null = null;
  do {
    const page: { items: { id: string }[]; nextToken: string | null } = (await client.get('query($nextToken: String) { authorizations(limit: 100, nextToken: $nextToken) { items { id } nextToken } }', { nextToken })).authorizations;
    found.push(...page.items.map(({ id }) => id));
    nextToken = page.nextToken;
  } while (nextToken);
  expect(found).toEqual(expect.arrayContaining(kept));
  expect(found).not.toContain(gone);
  expect(new Set(found).size).toBe(found.length);
});

it('is refused with bad input, at once', async () => {
  for (const [field, value] of [['name', ''], ['name', 'x'.repeat(101)], ['description', ' '], ['description', 'x'.repeat(1001)]] as const) {
    const input = { name: unique('authorization'), description: 'd', [field]: value };
    const { errors } = await client.ask('mutation($input: CreateAuthorizationInput!) { createAuthorization(input: $input) { commandId } }', { input });
    expect(errors![0]).toMatchObject({ errorType: 'INVALID', errorInfo: { field }, path: ['createAuthorization'] });
  }
  expect(await client.run('updateAuthorization', { id: randomUUID(), name: unique('x') })).toMatchObject({ code: 'NOT_FOUND' });
});

it('cannot be deleted while a role grants it', async () => {
  const { roleId, authorizationId } = await organisation(client);
  expect(await client.run('deleteAuthorization', { id: authorizationId })).toMatchObject({ status: 'REJECTED', code: 'IN_USE' });
  await client.apply('updateRole', { id: roleId, authorizationIds: [] });
  await client.apply('deleteAuthorization', { id: authorizationId });
});
