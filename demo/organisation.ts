/** The organisation that the demo makes up. */
import { randomUUID } from 'node:crypto';

const authorizations: [name: string, description: string][] = [
  ['Read reports', 'May read the monthly reports'],
  ['Write reports', 'May write and publish reports'],
  ['Approve invoices', 'May approve invoices up to 10,000'],
  ['Manage stock', 'May book goods in and out'],
  ['Plan shifts', 'May plan shifts and holidays'],
  ['Answer customers', "May read and answer customers' requests"],
  ['See salaries', 'May see what colleagues earn'],
  ['Open the safe', 'Knows the combination'],
];

/** Which authorizations a role grants, by their place in the list. */
const roles: [name: string, description: string, grants: number[]][] = [
  ['Analyst', 'Finds out what happened', [0, 1]],
  ['Accountant', 'Keeps the books', [0, 2, 6]],
  ['Storekeeper', 'Keeps the goods', [3]],
  ['Team lead', 'Keeps the people', [0, 4, 5]],
  ['Support agent', 'Keeps the customers', [5]],
];

const groups: [name: string, description: string][] = [
  ['Hamburg', 'Harbour office'],
  ['Lisbon', 'Southern office'],
  ['Kraków', 'Shared services'],
  ['Oslo', 'Northern office'],
  ['Home office', 'Everywhere else'],
];

const firstNames = ['Ada', 'Bruno', 'Chloé', 'Dmitri', 'Élodie', 'Farid', 'Grace', 'Henrik', 'Inês', 'Jakub'];
const lastNames = ['Almeida', 'Berg', 'Čapek', 'Dubois', 'Eriksen'];

export interface NewUser {
  id: string;
  firstName: string;
  lastName: string;
  birthDate: string;
  email: string;
  roleId: string;
  groupId: string;
}

/** The attributes of what is to be created. `suffix` tells the runs of the demo on one stack apart. */
export const createAuthorizations = (suffix: string) =>
  authorizations.map(([name, description]) => ({ name: `${name} (${suffix})`, description }));

export const createRoles = (suffix: string, authorizationIds: string[]) =>
  roles.map(([name, description, grants]) => ({
    name: `${name} (${suffix})`,
    description,
    authorizationIds: grants.map((place) => authorizationIds[place]!),
  }));

export const createGroups = (suffix: string) =>
  groups.map(([name, description]) => ({ name: `${name} (${suffix})`, description }));

/** Fifty people, each of the ten first names with each of the five last names, spread over roles and groups. */
export function createUsers(suffix: string, roleIds: string[], groupIds: string[]): NewUser[] {
  const names = lastNames.flatMap((lastName) => firstNames.map((firstName) => ({ firstName, lastName })));
  return names.map(({ firstName, lastName }, index) => ({
    id: randomUUID().replaceAll('-', '').slice(0, 24),
    firstName,
    lastName,
    birthDate: new Date(Date.UTC(1960 + ((index * 7) % 45), (index * 5) % 12, 1 + ((index * 11) % 28)))
      .toISOString()
      .slice(0, 10),
    email: `${plain(firstName)}.${plain(lastName)}.${suffix}@example.com`,
    roleId: roleIds[index % roleIds.length]!,
    groupId: groupIds[Math.floor(index / 3) % groupIds.length]!,
  }));
}

/** In the letters that every mail server knows. */
function plain(name: string): string {
  return name
    .normalize('NFD')
    .replace(/[^a-zA-Z]/g, '')
    .toLowerCase();
}
