import fc from 'fast-check';
import { type Entry, entriesOf } from '../../../domain/kernel/view/directory.ts';
import type { LiveRow } from '../../../domain/kernel/view/view.ts';
import { aggregates } from '../../../domain/operations.ts';
import { type Asked, type DataSources, resolve as ask } from './harness.ts';

/** Everything nested is asked for. */
export const allNested = {
  text: '{ items { id role { id } group { id } authorizations { id } } nextToken }',
  list: [
    ...['items', 'items/id', 'items/role', 'items/role/id', 'items/group', 'items/group/id'],
    ...['items/authorizations', 'items/authorizations/id', 'nextToken'],
  ],
};

/** Nothing nested is asked for, if the selection does not say so: that costs calls of its own. */
export const resolve = (type: string, field: string, asked: Asked) =>
  ask(type, field, {
    selection: { text: '{ items { id } nextToken }', list: ['items', 'items/id', 'nextToken'] },
    ...asked,
  });

export interface Person extends LiveRow {
  firstName: string;
  lastName: string;
  email: string;
  roleId?: string;
  groupId?: string;
  status?: string;
  suspendedUntil?: string;
}

type Values = Record<string, { S: string }>;

const text = (values: Values, name: string): string => values[name]?.S ?? '';

/** The few forms of conditions that the resolvers make, as DynamoDB reads them. */
const meets = (entry: Entry, expression: string, names: Record<string, string>, values: Values): boolean =>
  expression.split(' AND ').every((part) => {
    const within = /^roleId IN \((.*)\)$/.exec(part);
    if (within) return within[1]!.split(', ').some((value) => text(values, value) === entry['roleId']);
    const terms = [...part.matchAll(/begins_with\((\w+), (:\w+)\)/g)];
    if (terms.length > 0)
      return terms.some(([, name = '', value = '']) => String(entry[name]).startsWith(text(values, value)));
    const [, none, until, compared, moment = ''] =
      /^\(attribute_not_exists\((#?\w+)\) OR (\w+) (>|<=) (:\w+)\)$/.exec(part) ?? [];
    if (none !== undefined && until !== undefined) {
      const end = entry[until];
      const over =
        typeof end === 'string' && (compared === '>' ? end > text(values, moment) : end <= text(values, moment));
      return entry[names[none] ?? none] === undefined || over;
    }
    const [, name = '', operator = '', value = ''] = /^(#?\w+) (=|>=|<=) (:\w+)$/.exec(part) ?? [];
    const held = entry[names[name] ?? name];
    if (operator === '') throw new Error(`Not understood: ${part}`);
    if (typeof held !== 'string') return false;
    const wanted = text(values, value);
    return operator === '=' ? held === wanted : operator === '>=' ? held >= wanted : held <= wanted;
  });

const partitionOf = (entry: Entry, index: string): string | undefined =>
  index === 'byTerm' ? entry.initial : entry[index as 'byName'] === undefined ? undefined : entry.facet;
const keyIn = (index: string) => (index === 'byTerm' ? 'term' : (index as 'byName'));

/** The partitions of an index, each sorted as DynamoDB sorts. */
const sorted = (entries: Entry[], index: string): Map<string | undefined, Entry[]> => {
  const key = keyIn(index);
  const partitions = new Map<string | undefined, Entry[]>();
  for (const entry of entries) {
    const partition = partitionOf(entry, index);
    const under = partitions.get(partition) ?? [];
    partitions.set(partition, under);
    under.push(entry);
  }
  for (const each of partitions.values())
    each.sort((one, other) => Buffer.from(one[key] ?? '').compare(Buffer.from(other[key] ?? '')));
  return partitions;
};

/** Whatever is referred to is there, and each role grants something of its own. */
const nestedIn = (request: any) => {
  const tables = Object.entries(request.tables as Record<string, { keys: { id: { S: string } }[] }>);
  const rows = tables.map(([table, { keys }]) => [
    table,
    keys.map(({ id: { S: id } }) => ({ ...named, id, name: id, authorizationIds: [`${id}a`] })),
  ]);
  return { data: Object.fromEntries(rows), unprocessedKeys: {} };
};
const named = {
  description: '',
  version: 1,
  createdAt: '2026-01-01T00:00:00.000Z',
  updatedAt: '2026-01-01T00:00:00.000Z',
};

/** The directory's indexes in memory: read no further than asked. */
export const directory = (people: () => Person[], roles: LiveRow[] = []): DataSources & { rowsRead: number } => {
  let listed: Person[] | undefined;
  let indexes = new Map<string, Map<string | undefined, Entry[]>>();
  const partitionsOf = (index: string) => {
    const now = people();
    if (now !== listed) [listed, indexes] = [now, new Map()];
    const partitions =
      indexes.get(index) ??
      sorted(
        [
          ...now.flatMap((person) => entriesOf(aggregates.user, person)),
          ...roles.flatMap((role) => entriesOf(aggregates.role, role)),
        ],
        index,
      );
    indexes.set(index, partitions);
    return partitions;
  };
  const source = (name: string, request: any) => {
    if (request.operation === 'BatchGetItem') return { result: nestedIn(request) };
    if (name !== 'Directory') throw new Error(`${name} is not asked here`);
    const { query, filter, index, limit, scanIndexForward = true, nextToken } = request;
    const values = query.expressionValues as Values;
    const low = values[':low']?.S;
    const high = values[':high']?.S;
    const key = keyIn(index);
    const partition = text(values, index === 'byTerm' ? ':initial' : ':facet');
    const under = (partitionsOf(index).get(partition) ?? []).filter(
      (entry) =>
        (index !== 'byTerm' || entry.term!.startsWith(text(values, ':begins'))) &&
        (low === undefined || String(entry[key]) >= low) &&
        (high === undefined || String(entry[key]) <= high),
    );
    if (!scanIndexForward) under.reverse();
    const idOf = (entry: Entry) => `${entry.id} ${entry.entry}`;
    const start = nextToken ? under.findIndex((entry) => idOf(entry) === nextToken) + 1 : 0;
    const read = under.slice(start, start + limit);
    source.rowsRead += read.length;
    const more = start + limit < under.length;
    const items = filter
      ? read.filter((entry) => meets(entry, filter.expression, filter.expressionNames, filter.expressionValues))
      : read;
    return { result: { items, nextToken: more ? idOf(read.at(-1)!) : null } };
  };
  source.rowsRead = 0;
  return source;
};

const names = [
  'Anna',
  'Änne',
  'Ann',
  'Bo',
  'Zoë',
  '李',
  'Иван',
  'de la Cruz',
  'O’Neil',
  'ǅemal',
  'Łucja',
  'anna',
  '𠮷',
];
export const minute = (n: number) => new Date(Date.UTC(2026, 0, 1, 0, n)).toISOString();

export const person = (id: string) =>
  fc
    .record({
      firstName: fc.constantFrom(...names),
      lastName: fc.constantFrom(...names),
      mail: fc.constantFrom('anna', 'bo', 'li', 'zoe'),
      roleId: fc.option(fc.constantFrom('r1', 'r2'), { nil: undefined }),
      groupId: fc.option(fc.constantFrom('g1', 'g2'), { nil: undefined }),
      created: fc.nat(20),
      updated: fc.nat(20),
      suspension: fc.oneof(
        { weight: 12, arbitrary: fc.constant(null) },
        { weight: 4, arbitrary: fc.constantFrom('open', 'future', 'future', 'past') },
      ),
    })
    .map(({ mail, created, updated, suspension, ...rest }): Person => ({
      ...rest,
      id,
      birthDate: '2000-01-01',
      email: `${mail}.${id}@Example.com`,
      ...(suspension && { status: 'SUSPENDED' }),
      ...(suspension === 'future' && { suspendedUntil: '2999-01-01T00:00:00.000Z' }),
      ...(suspension === 'past' && { suspendedUntil: '2001-01-01T00:00:00.000Z' }),
      version: 1,
      createdAt: minute(created),
      updatedAt: minute(created + updated),
    }));
export const isSuspended = ({ status, suspendedUntil }: Person): boolean =>
  status === 'SUSPENDED' && (suspendedUntil === undefined || Date.parse(suspendedUntil) > Date.now());
