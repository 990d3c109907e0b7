import type { RunningStack } from './stack.ts';

/** What a user refers to. */
export interface References {
  roleId: string;
  groupId: string;
}

/** A role and a group that users may have. */
export const createReferences = async ({ stack, admin }: RunningStack): Promise<References> => {
  const group = await admin.send('createGroup', { name: 'all', description: 'everybody' });
  const role = await admin.send('createRole', { name: 'any', description: 'any work', authorizationIds: [] });
  await stack.mappings.idle();
  return { groupId: group.aggregateId, roleId: role.aggregateId };
};

export const userInput = (id: string, references: References) => ({
  id,
  firstName: 'Ada',
  lastName: 'Lovelace',
  birthDate: '1985-12-10',
  email: `${id}@example.org`,
  ...references,
});
