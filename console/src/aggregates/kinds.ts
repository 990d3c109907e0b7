/** The four kinds of aggregates, as the console shows them. */
import type { Applied, Client, CommandOptions, Lists, Row } from 'user-management-client';
import type { Field } from '../parts/fields.tsx';

export interface Kind {
  aggregate: 'USER' | 'ROLE' | 'GROUP' | 'AUTHORIZATION';
  /** In addresses, and in the menu. */
  path: string;
  title: string;
  /** One of them, in words. */
  one: string;
  list: keyof Lists & ('users' | 'roles' | 'groups' | 'authorizations');
  fields: Field[];
  nameOf: (row: Row) => string;
  /** What becomes of the rest when one is deleted. */
  deletion: string;
}

const named: Field[] = [
  { name: 'name', label: 'Name', input: 'text' },
  { name: 'description', label: 'Description', input: 'long' },
];
const nameOf = (row: Row) => ('name' in row ? row.name : row.id);

export const personFields: Field[] = [
  { name: 'firstName', label: 'First name', input: 'text' },
  { name: 'lastName', label: 'Last name', input: 'text' },
  { name: 'birthDate', label: 'Birth date', input: 'date' },
  { name: 'email', label: 'E-mail', input: 'email' },
];

export const kinds: Kind[] = [
  {
    aggregate: 'USER',
    path: 'people',
    title: 'People',
    one: 'person',
    list: 'users',
    fields: [
      {
        name: 'id',
        label: 'User id',
        input: 'text',
        description: 'The identity provider’s user id, without auth0|',
        createOnly: true,
      },
      ...personFields,
      { name: 'roleId', label: 'Role', input: 'role', optional: 'later' },
      { name: 'groupId', label: 'Group', input: 'group', optional: 'later' },
    ],
    nameOf: (row) => ('firstName' in row ? `${row.firstName} ${row.lastName}` : row.id),
    deletion: 'The person disappears from all lists, and the e-mail address is free again. The history stays.',
  },
  {
    aggregate: 'ROLE',
    path: 'roles',
    title: 'Roles',
    one: 'role',
    list: 'roles',
    fields: [...named, { name: 'authorizationIds', label: 'Authorizations', input: 'authorizations', optional: true }],
    nameOf,
    deletion: 'A role that somebody has is not deleted: that is refused.',
  },
  {
    aggregate: 'GROUP',
    path: 'groups',
    title: 'Groups',
    one: 'group',
    list: 'groups',
    fields: named,
    nameOf,
    deletion: 'A group that somebody is in is not deleted: that is refused.',
  },
  {
    aggregate: 'AUTHORIZATION',
    path: 'authorizations',
    title: 'Authorizations',
    one: 'authorization',
    list: 'authorizations',
    fields: named,
    nameOf,
    deletion: 'An authorization that a role grants is not deleted: that is refused.',
  },
];

export const kindOf = (aggregate: string): Kind => kinds.find((each) => each.aggregate === aggregate.toUpperCase())!;
export const addressOf = ({ path }: Kind, id: string): string => `/${path}/${encodeURIComponent(id)}`;

const typeNames = { USER: 'User', ROLE: 'Role', GROUP: 'Group', AUTHORIZATION: 'Authorization' } as const;

/** Sends one of a kind's commands: `send(client, kind, 'create', { … })`. */
export const send = (
  client: Client,
  { aggregate }: Kind,
  verb: 'create' | 'update' | 'delete',
  input: Record<string, unknown>,
  options?: CommandOptions,
): Promise<Applied> => {
  const method = client[`${verb}${typeNames[aggregate]}`] as unknown as (
    of: object,
    options?: CommandOptions,
  ) => Promise<Applied>;
  return method(input, options);
};

export const read = (client: Client, { aggregate }: Kind, id: string): Promise<Row | null> =>
  client[aggregate.toLowerCase() as Lowercase<Kind['aggregate']>]({ id });
