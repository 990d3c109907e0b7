import type { AggregateName } from '../../domain/kernel/aggregate.ts';
import { aggregateNames, aggregates } from '../../domain/operations.ts';

/** A query that reads one view. A new one is a row here and a field in the schema. */
export interface Read {
  aggregate: AggregateName;
  /** `get`: one row by id. `list`: rows by the directory. `find`: the one row of an index that has a key. */
  kind: 'get' | 'list' | 'find';
  /** find: the index to read. */
  index?: string;
  /** find: the index's partition key. list: the attribute that all its rows share; every row if left out. */
  key?: string;
  /** get, find, list with a key: the argument that gives the key; left out: the caller's own id. */
  argument?: string;
  /** list: of users whose role contains the argument in this attribute. */
  through?: string;
  /** Whether it answers with a page rather than with one object or null. */
  page: boolean;
}

const readsOf = (aggregate: AggregateName): [string, Read][] => [
  [aggregate, { aggregate, kind: 'get', argument: 'id', page: false }],
  [aggregates[aggregate].plural, { aggregate, kind: 'list', page: true }],
];

/** The queries that read views, by name of the field. */
export const reads: Record<string, Read> = {
  ...Object.fromEntries(aggregateNames.flatMap(readsOf)),
  me: { aggregate: 'user', kind: 'get', page: false },
  userByEmail: { aggregate: 'user', kind: 'find', index: 'byEmail', key: 'emailKey', argument: 'email', page: false },
  usersByRole: { aggregate: 'user', kind: 'list', key: 'roleId', argument: 'roleId', page: true },
  usersWithAuthorization: {
    aggregate: 'user',
    kind: 'list',
    through: 'authorizationIds',
    argument: 'authorizationId',
    page: true,
  },
  usersByGroup: { aggregate: 'user', kind: 'list', key: 'groupId', argument: 'groupId', page: true },
};

/** The queries that the history function answers, by name of the field. */
export const historyReads: string[] = [
  'events',
  'eventsSince',
  'changesBetween',
  'whatIf',
  'personalData',
  ...aggregateNames.flatMap((aggregate) => [`${aggregate}At`, `${aggregates[aggregate].plural}At`]),
];
