import { beforeAll, expect, it } from 'vitest';
import { admin, type Client } from '../../support/clients/client.ts';
import { namedSuite } from '../named.ts';
import { organisation } from '../organisation.ts';

let client: Client;

beforeAll(async () => {
  client = await admin();
});

namedSuite('Authorization');

it('cannot be deleted while a role grants it', async () => {
  const { roleId, authorizationId } = await organisation(client);
  expect(await client.run('deleteAuthorization', { id: authorizationId })).toMatchObject({
    status: 'REJECTED',
    code: 'IN_USE',
  });
  await client.apply('updateRole', { id: roleId, authorizationIds: [] });
  await client.apply('deleteAuthorization', { id: authorizationId });
});
