import { beforeAll, expect, it } from 'vitest';
import { admin, type Client } from '../../support/clients/client.ts';
import { namedSuite } from '../named.ts';
import { organisation, person } from '../organisation.ts';

let client: Client;

beforeAll(async () => {
  client = await admin();
});

namedSuite('Group');

it('cannot be deleted while a user is in it', async () => {
  const { roleId, groupId } = await organisation(client);
  const id = await client.apply('createUser', person({ roleId, groupId }));
  expect(await client.run('deleteGroup', { id: groupId })).toMatchObject({ status: 'REJECTED', code: 'IN_USE' });
  await client.apply('deleteUser', { id });
  await client.apply('deleteGroup', { id: groupId });
});
