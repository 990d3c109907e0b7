import { type Client, unique } from '../support/clients/client.ts';

/** An authorization, a role with it, and a group: what a user needs. */
export const organisation = async (client: Client) => {
  const authorizationId = await client.apply('createAuthorization', { name: unique('may'), description: 'May do it' });
  const [roleId, groupId] = await Promise.all([
    client.apply('createRole', { name: unique('role'), description: 'Does it', authorizationIds: [authorizationId] }),
    client.apply('createGroup', { name: unique('group'), description: 'Those who do it' }),
  ]);
  return { authorizationId, roleId, groupId };
};

export const person = (more: Record<string, unknown> = {}) => ({
  id: unique('u'),
  firstName: 'Ann',
  lastName: 'Lee',
  birthDate: '1990-02-28',
  email: `${unique('ann')}@example.com`,
  ...more,
});
