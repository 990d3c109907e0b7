import type { AggregateName } from '../../domain/kernel/aggregate.ts';
import { aggregateNames, aggregates, listIndexOf } from '../../domain/operations.ts';

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

const readsOf = (aggregate: AggregateName): [string, Read][] => [
  [aggregate, { aggregate, kind: 'get', argument: 'id', page: false }],
  [aggregates[aggregate].plural, { aggregate, kind: 'list', index: listIndexOf(aggregate), page: true }],
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
