import { readFileSync } from 'node:fs';
import { scalarFormats } from 'appsync-local/parts';
import {
  buildSchema,
  type GraphQLEnumType,
  type GraphQLObjectType,
  type GraphQLScalarType,
  isNonNullType,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import type { AggregateName } from '../../../domain/kernel/aggregate.ts';
import { presentable, shownColumns, unshowable } from '../../../domain/kernel/values/showable.ts';
import { aggregateNames, aggregates } from '../../../domain/operations.ts';
import * as odd from '../../support/models/oddTexts.ts';
import { type DataSources, logged, resolve, whole } from './harness.ts';

/** Rows as no function writes them: damaged, or taken over from another system. */
const read = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
const schema = buildSchema(`${read('schema.graphql')}\n${read('infra/api/graphql/appsync.graphql')}`);
const typeOf = (aggregate: AggregateName) => schema.getType(aggregates[aggregate].typeName) as GraphQLObjectType;

const values: unknown[] = [
  ...[null, 5, 0.5, 2 ** 31, true, '', 'x', {}, [], ['a'], ['a', null], [''], ['x'.repeat(256)], 'x'.repeat(300)],
  ...['SUSPENDED', 'ACTIVE', 'GONE', ...odd.addresses, ...odd.dates, ...odd.moments, ...odd.halves],
];

const formats: Record<string, (value: string) => string | null> = {
  AWSDate: scalarFormats.date,
  AWSDateTime: scalarFormats.dateTime,
  AWSEmail: scalarFormats.email,
};

/** A list of which a page has these rows. */
const listed =
  (aggregate: AggregateName, rows: Record<string, unknown>[]): DataSources =>
  (_, request) => ({
    result:
      request.query?.expressionValues[':facet'].S === `${aggregate}#all#0`
        ? { items: rows.map((row, place) => ({ ...row, byName: `${place}`.padStart(3, '0') })), nextToken: null }
        : { items: [], nextToken: null, data: {} },
  });
const ids = { text: '{ items { id } }', list: ['items', 'items/id'] };

describe.each(aggregateNames)('a damaged row of %s', (aggregate) => {
  const sound = whole(aggregate, {}) as Record<string, unknown>;
  const damages = Object.keys(shownColumns[aggregate]).flatMap((column) =>
    [...values, undefined].map((value) => ({ column, row: { ...sound, [column]: value } })),
  );

  it('is passed by in a list, named in the log without its values, and empties nothing', () => {
    const rows = damages.filter(({ column }) => column !== 'id').map(({ row }, n) => ({ ...row, id: `r${n}` }));
    for (let from = 0; from < rows.length; from += 90) {
      const page = [{ ...sound, id: 'first' }, ...rows.slice(from, from + 90), { ...sound, id: 'last' }];
      logged.length = 0;
      const { value } = resolve('Query', aggregates[aggregate].plural, {
        args: { limit: 100 },
        dataSources: listed(aggregate, page),
        selection: ids,
      });
      const shown = page.filter((row) => unshowable(aggregate, row).length === 0);
      expect(value.items.map(({ id }: { id: string }) => id)).toEqual(shown.map(({ id }) => id));
      expect(logged.filter((line) => line.includes('cannot be shown'))).toHaveLength(page.length - shown.length);
      for (const line of logged) expect(line).not.toMatch(/@|1990|2026/);
    }
  });

  it('is told of where it is asked for alone', () => {
    const one = (row: unknown) =>
      resolve('Query', aggregate, { args: { id: 'x' }, dataSources: () => ({ result: row }), selection: ids });
    expect(one(sound)).toMatchObject({ kind: 'value', value: { id: 'x' } });
    expect(one({ ...sound, version: 'x' }).error).toMatchObject({ type: 'ROW_DAMAGED' });
    expect(one({ id: 'x', version: 2, deletedAt: 'x' })).toMatchObject({ kind: 'value', value: null });
  });

  it('is passed by wherever a type of the API does not take a value, and nowhere else', () => {
    const fields = typeOf(aggregate).getFields();
    for (const { column, row } of damages) {
      const type = fields[column]!.type;
      const hidden = unshowable(aggregate, row);
      const shown = { ...presentable(aggregate, row) } as Record<string, unknown>;
      const named = [column, JSON.stringify(row[column])?.slice(0, 60)];
      if (isNonNullType(type)) expect([...named, hidden.length > 0]).toEqual([...named, !takes(column, row[column])]);
      // The first state of a condition is shown where a row says nothing of it.
      else expect([...named, hidden, takes(column, shown[column])]).toEqual([...named, [], true]);
    }
  });

  const takes = (column: string, value: unknown): boolean => {
    const { type } = typeOf(aggregate).getFields()[column]!;
    const initially = aggregates[aggregate].columns[column]?.initially;
    const given = value === undefined && initially !== undefined ? initially : value;
    if (given === null || given === undefined) return !isNonNullType(type);
    const inner = isNonNullType(type) ? type.ofType : type;
    const isId = (id: unknown) => typeof id === 'string' && id !== '' && id.length <= 255;
    if (`${inner}` === '[ID!]') return Array.isArray(given) && given.every(isId);
    // What GraphQL would make a text of is no text here.
    if (`${inner}` === 'String') return typeof given === 'string';
    if (`${inner}` === 'ID') return isId(given);
    // An address that is quoted as hardly any is.
    if (`${inner}` === 'AWSEmail' && /^".*[ \\].*"@/.test(String(given))) return false;
    const format = formats[`${inner}`];
    if (format) return typeof given === 'string' && format(given) === null;
    try {
      return (inner as GraphQLScalarType | GraphQLEnumType).serialize(given) === given;
    } catch {
      return false;
    }
  };
});

it('columns may be null where the schema says so', () => {
  for (const aggregate of aggregateNames)
    for (const [column, { nullable }] of Object.entries(shownColumns[aggregate]))
      expect([aggregate, column, nullable]).toEqual([
        aggregate,
        column,
        !isNonNullType(typeOf(aggregate).getFields()[column]!.type),
      ]);
});

describe('what is nested', () => {
  const user = whole('user', { id: 'alice', roleId: 'r', groupId: 'g' });
  const nested = (role: unknown, group: unknown, authorization: unknown): DataSources => {
    const of = { 'stack-role': role, 'stack-group': group, 'stack-authorization': authorization };
    return (_, request) =>
      request.operation === 'GetItem'
        ? { result: user }
        : {
            result: {
              data: Object.fromEntries(
                Object.keys(request.tables).map((table) => [table, [of[table as keyof typeof of]]]),
              ),
            },
          };
  };
  const asked = (dataSources: DataSources) =>
    resolve('Query', 'user', {
      args: { id: 'alice' },
      dataSources,
      selection: {
        text: '{ role { id } group { id } authorizations { id } }',
        list: ['role', 'role/id', 'group', 'group/id', 'authorizations', 'authorizations/id'],
      },
    }).value;

  it('and damaged reads as what is gone', () => {
    const role = whole('role', { id: 'r', authorizationIds: ['a'] });
    const group = whole('group', { id: 'g' });
    const authorization = whole('authorization', { id: 'a' });
    expect(asked(nested(role, group, authorization))).toMatchObject({
      role: { id: 'r' },
      group: { id: 'g' },
      authorizations: [{ id: 'a' }],
    });
    expect(asked(nested({ ...role, name: 7 }, { ...group, updatedAt: '' }, authorization))).toMatchObject({
      role: null,
      group: null,
      authorizations: [],
    });
    expect(asked(nested(role, group, { ...authorization, description: null }))).toMatchObject({
      role: { id: 'r', authorizations: [] },
      authorizations: [],
    });
  });

  it('under no id that is one is not asked for', () => {
    for (const id of [5, '', {}, 'x'.repeat(3000)])
      expect(
        resolve('Query', 'user', {
          args: { id: 'alice' },
          dataSources: (_, request) => {
            if (request.operation !== 'GetItem') throw new Error('asked');
            return { result: { ...user, roleId: id, groupId: id } };
          },
        }).value,
      ).toMatchObject({ id: 'alice', roleId: null, role: null, groupId: null });
  });
});

it('a damaged recovery empties no page of them', () => {
  const moment = '2026-01-01T00:00:00.000Z';
  const counts = { discovered: 1, rebuilt: 1, changed: 0, failed: 0 };
  const sound = {
    recoveryId: 'a',
    timestamp: moment,
    status: 'RUNNING',
    startedAt: moment,
    updatedAt: moment,
    ...counts,
  };
  const items = [
    sound,
    { ...sound, timestamp: '+010000-01-01T04:59:59.999Z' },
    { ...sound, timestamp: '-000001-12-31T06:00:00.000Z' },
    { ...sound, status: 'WALKING' },
    { ...sound, changed: 'many' },
    { ...sound, startedAt: undefined },
    { ...sound, recoveryId: 'b', completedAt: 'soon', total: 'x', cursor: {} },
  ];
  const { value } = resolve('Query', 'recoveries', { dataSources: () => ({ result: { items, nextToken: 'more' } }) });
  expect(value).toEqual({
    items: [sound, { ...sound, recoveryId: 'b', completedAt: null, total: null, cursor: null }],
    nextToken: 'more',
  });
});
