import type { AggregateName } from '../../domain/kernel/aggregate.ts';
import { aggregateNames, uniqueAttributesOf } from '../../domain/operations.ts';

/** A query that reads one view. A new one is a row here and a field in the schema. */
export interface Read {
  aggregate: AggregateName;
  /** `get`: one row by id. `list`: all live rows. `query`: the rows of an index that share a key. */
  kind: 'get' | 'list' | 'query';
  /** list, query: the index to read. */
  index?: string;
  /** query: the index's partition key. */
  key?: string;
  /** get, query: the argument that gives the key; left out: the caller's own id. */
  argument?: string;
  /** Whether it answers with a page rather than with one object or null. */
  page: boolean;
}

const capitalized = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);

/** An index that holds the live rows only: deletion takes the attributes away, and with them the index entry. */
const liveIndexOf = (aggregate: AggregateName): string => {
  const [attribute] = uniqueAttributesOf(aggregate);
  if (!attribute) throw new Error(`Aggregate ${aggregate} has no unique attribute, and so no index to list it by`);
  return `by${capitalized(attribute)}`;
};

const readsOf = (aggregate: AggregateName): [string, Read][] => [
  [aggregate, { aggregate, kind: 'get', argument: 'id', page: false }],
  [`${aggregate}s`, { aggregate, kind: 'list', index: liveIndexOf(aggregate), page: true }],
];

/** The queries that read views, by name of the field. */
export const reads: Record<string, Read> = {
  ...Object.fromEntries(aggregateNames.flatMap(readsOf)),
  me: { aggregate: 'user', kind: 'get', page: false },
  userByEmail: { aggregate: 'user', kind: 'query', index: 'byEmail', key: 'emailKey', argument: 'email', page: false },
  usersByRole: { aggregate: 'user', kind: 'query', index: 'byRole', key: 'roleId', argument: 'roleId', page: true },
  usersByGroup: { aggregate: 'user', kind: 'query', index: 'byGroup', key: 'groupId', argument: 'groupId', page: true },
};

/** The queries that the history function answers, by name of the field. */
export const historyReads: string[] = ['events', 'eventsSince', ...aggregateNames.map((aggregate) => `${aggregate}At`)];
