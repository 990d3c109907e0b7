/** The four kinds of aggregates, as the console shows them. */
import type { Applied, Client, CommandOptions, Lists, Row } from 'user-management-client';
import { toSegment } from '../parts/address.ts';
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
  /** What a restoration asks for. */
  restoration: string;
}

const named: Field[] = [
  { name: 'name', label: 'Name', input: 'text' },
  { name: 'description', label: 'Description', input: 'long' },
];
const nameIsFree = 'The name must be free still: otherwise it is refused.';
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
    deletion:
      'The person disappears from all lists, and the e-mail address is free again. The history stays, and the deletion can be undone.',
    restoration:
      'The e-mail address must be free still, and the role and the group must still be there: otherwise it is refused.',
  },
  {
    aggregate: 'ROLE',
    path: 'roles',
    title: 'Roles',
    one: 'role',
    list: 'roles',
    fields: [
      ...named,
      {
        name: 'authorizationIds',
        label: 'Authorizations',
        input: 'authorizations',
        optional: true,
        // Afterwards one by one, so that two admins do not undo each other's doing.
        createOnly: true,
      },
    ],
    nameOf,
    deletion: 'A role that somebody has is not deleted: that is refused. A deletion can be undone.',
    restoration: 'The name must be free still, and what it grants must still be there: otherwise it is refused.',
  },
  {
    aggregate: 'GROUP',
    path: 'groups',
    title: 'Groups',
    one: 'group',
    list: 'groups',
    fields: named,
    nameOf,
    deletion: 'A group that somebody is in is not deleted: that is refused. A deletion can be undone.',
    restoration: nameIsFree,
  },
  {
    aggregate: 'AUTHORIZATION',
    path: 'authorizations',
    title: 'Authorizations',
    one: 'authorization',
    list: 'authorizations',
    fields: named,
    nameOf,
    deletion: 'An authorization that a role grants is not deleted: that is refused. A deletion can be undone.',
    restoration: nameIsFree,
  },
];

export const kindOf = (aggregate: string): Kind => kinds.find((each) => each.aggregate === aggregate.toUpperCase())!;
export const addressOf = ({ path }: Kind, id: string): string => `/${path}/${toSegment(id)}`;
export const addressOfTimeLine = ({ aggregate }: Kind, id: string): string =>
  `/timeline/${aggregate.toLowerCase()}/${toSegment(id)}`;

/** How the types of the events that every kind has end. */
const endings = ['Created', 'Updated', 'Deleted', 'Restored', 'Erased', 'Corrected'];
const ownEvents: Record<Kind['aggregate'], string[]> = {
  USER: ['UserSuspended', 'UserReinstated'],
  ROLE: ['AuthorizationGranted', 'AuthorizationRevoked'],
  GROUP: [],
  AUTHORIZATION: [],
};
export const eventTypesOf = ({ aggregate }: Kind): string[] => [
  ...endings.map((ending) => `${typeNames[aggregate]}${ending}`),
  ...ownEvents[aggregate],
];

const typeNames = { USER: 'User', ROLE: 'Role', GROUP: 'Group', AUTHORIZATION: 'Authorization' } as const;

/** Sends one of a kind's commands: `send(client, kind, 'create', { … })`. */
export const send = (
  client: Client,
  { aggregate }: Kind,
  verb: 'create' | 'update' | 'delete' | 'restore',
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
