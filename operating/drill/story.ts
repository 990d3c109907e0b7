import type { Client } from 'user-management-client';

/** Whom the story is about: everybody is there when the backup is taken. */
export interface Cast {
  everybody: Person[];
  organisation: { roleId: string; groupId: string };
}

interface Person {
  id: string;
  firstName: string;
  lastName: string;
  birthDate: string;
  email: string;
  roleId: string;
  groupId: string;
}

const personOf = (name: string, { roleId, groupId }: Cast['organisation']): Person => ({
  id: name,
  firstName: name,
  lastName: 'Drill',
  birthDate: '1990-02-28',
  email: `${name}@example.com`,
  roleId,
  groupId,
});

const idOf = ({ outcome }: { outcome: { aggregateId: string } }): string => outcome.aggregateId;

/** What the backup has. */
export const beforeBackup = async (client: Client, people: number): Promise<Cast> => {
  const authorization = await client.createAuthorization({ name: 'drill', description: 'May be drilled' });
  const [role, group] = await Promise.all([
    client.createRole({ name: 'drilled', description: 'Is drilled', authorizationIds: [idOf(authorization)] }),
    client.createGroup({ name: 'drill', description: 'Those who are drilled' }),
  ]);
  const organisation = { roleId: idOf(role), groupId: idOf(group) };
  const everybody = Array.from({ length: people }, (_, index) => personOf(`person-${index + 1}`, organisation));
  for (let from = 0; from < people; from += 20)
    await Promise.all(everybody.slice(from, from + 20).map((person) => client.createUser(person)));
  const [, , , , gone] = everybody as [Person, Person, Person, Person, Person];
  await client.deleteUser({ id: gone.id });
  return { everybody, organisation };
};

/** What the backup lacks, of every kind: changes, moved addresses, somebody new, a deletion, an erasure, a return. */
export const afterBackup = async (client: Client, { everybody, organisation }: Cast): Promise<void> => {
  const [renamed, moved, erased, deleted, returning] = everybody as [Person, Person, Person, Person, Person];
  await client.updateUser({ id: renamed.id, lastName: 'Renamed' });
  await client.updateUser({ id: moved.id, email: 'moved@example.com' });
  // The address is free now, and will be held twice if claims are not made again.
  await client.createUser({ ...personOf('newcomer', organisation), email: moved.email });
  await client.deleteUser({ id: deleted.id });
  await client.restoreUser({ id: returning.id });
  await client.eraseUser({ id: erased.id });
  await client.createGroup({ name: 'new', description: 'Founded after the backup' });
};

/** What the system must do when it is up again. @returns what it does otherwise, in words */
export const tryOut = async (client: Client, { everybody, organisation }: Cast): Promise<string[]> => {
  const [renamed, moved, erased, deleted, returning] = everybody as [Person, Person, Person, Person, Person];
  const problems: string[] = [];
  const expect = (holds: boolean, what: string) => void (holds || problems.push(what));
  const find = (id: string) => client.user({ id });
  expect((await find(renamed.id))?.lastName === 'Drill', 'a change that was lost shows');
  expect((await find(moved.id))?.email === moved.email, 'an address that was changed after the backup shows');
  expect((await find(deleted.id)) !== null, 'somebody who was deleted after the backup is not there');
  expect((await find(returning.id)) === null, 'somebody who came back after the backup is there');
  expect((await find('newcomer')) === null, 'somebody who came after the backup is there');
  // Keys are not taken back with the events, so what was erased stays erased.
  expect((await find(erased.id)) === null, 'somebody who was erased after the backup is there');
  const taken = await client.createUser({ ...personOf('other', organisation), email: moved.email }).then(
    () => 'nobody',
    (error: { code?: string }) => error.code,
  );
  expect(taken === 'EMAIL_TAKEN', `an address in use was refused with ${taken}, not with EMAIL_TAKEN`);
  const { row } = await client.createUser({ ...personOf('newcomer', organisation), email: 'moved@example.com' });
  expect(
    row?.email === 'moved@example.com',
    'somebody who was lost could not come again, with an address that was lost',
  );
  return problems;
};
