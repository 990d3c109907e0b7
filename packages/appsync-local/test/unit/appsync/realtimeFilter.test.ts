import { describe, expect, it } from 'vitest';
import { filterProblem } from '../../../src/appsync/realtime/subscriptionFilter.ts';
import { matches } from '../../../src/appsync/realtime/subscriptionMatch.ts';
import type { FilterOperator, PublishedValue, Subscription, SubscriptionFilter } from '../../../src/appsync/types.ts';

const group = (...filters: [string, FilterOperator, unknown][]) => ({
  filters: filters.map(([fieldName, operator, value]) => ({ fieldName, operator, value })),
});
const filterOf = (...filters: [string, FilterOperator, unknown][]): SubscriptionFilter => ({
  filterGroup: [group(...filters)],
});

const subscription = (part: Partial<Subscription>) =>
  ({ fieldName: 'onThing', args: {}, filter: null, ...part }) as Subscription;

/** Whether a payload is delivered, and what was complained about. */
const deliver = (part: Partial<Subscription>, payload: PublishedValue) => {
  const warnings: string[] = [];
  return { delivered: matches(subscription(part), payload, (message) => warnings.push(message)), warnings };
};

describe('operators', () => {
  const table: [FilterOperator, unknown, unknown[], unknown[]][] = [
    ['eq', 'a', ['a'], ['A', 'ab', '', null, ['a'], 1]],
    ['eq', 1, [1, 1.0], ['1', 2, null, true]],
    ['eq', true, [true], [false, 'true', 1, null]],
    ['ne', 'a', ['b', 'A', null, 1], ['a']],
    ['le', 5, [4, 5, -1], [6, '4', null]],
    ['lt', 5, [4.9], [5, 6, null]],
    ['ge', 5, [5, 6], [4, null]],
    ['gt', 5, [5.1], [5, 4, null]],
    ['le', 'b', ['a', 'b', 'B'], ['c', null, 1]],
    ['gt', '2026-01-01', ['2026-01-02'], ['2026-01-01', '2025-12-31']],
    ['between', [1, 3], [1, 2, 3], [0, 4, '2', null]],
    ['between', ['b', 'd'], ['b', 'c', 'd'], ['a', 'e']],
    ['contains', 'bc', ['abcd', 'bc', ['x', 'bc']], ['b', ['abcd'], null, 1]],
    ['contains', 2, [[1, 2]], [['2'], [1], '2', null]],
    ['notContains', 'bc', ['abd', '', null], ['abc']],
    ['beginsWith', 'ab', ['ab', 'abc'], ['cab', 'Ab', null, ['ab']]],
    ['in', ['a', 'b'], ['a', 'b'], ['c', null, 'A']],
    ['notIn', ['a', 'b'], ['c', null], ['a', 'b']],
    ['containsAny', ['a', 'b'], [['a'], ['x', 'b']], [['c'], [], 'a', null]],
  ];
  it.each(table)('%s %j', (operator, value, yes, no) => {
    expect(filterProblem(filterOf(['f', operator, value]))).toBeNull();
    for (const actual of yes)
      expect([actual, deliver({ filter: filterOf(['f', operator, value]) }, { f: actual })]).toEqual([
        actual,
        { delivered: true, warnings: [] },
      ]);
    for (const actual of no)
      expect([actual, deliver({ filter: filterOf(['f', operator, value]) }, { f: actual }).delivered]).toEqual([
        actual,
        false,
      ]);
  });
});

describe('a filter', () => {
  const both: SubscriptionFilter = { filterGroup: [group(['a', 'eq', 1], ['b', 'eq', 2]), group(['c', 'eq', 3])] };

  it.each([
    [{ a: 1, b: 2, c: 0 }, true],
    [{ a: 1, b: 0, c: 3 }, true],
    [{ a: 1, b: 0, c: 0 }, false],
    [{ a: 0, b: 2, c: 0 }, false],
  ])('joins filters by and, groups by or: %j', (payload, delivered) =>
    expect(deliver({ filter: both }, payload).delivered).toBe(delivered),
  );

  it('replaces the arguments', () => {
    expect(deliver({ filter: filterOf(['a', 'eq', 1]), args: { b: 'other' } }, { a: 1, b: 'this' }).delivered).toBe(
      true,
    );
  });

  it('reaches into objects, through nulls, and not into lists', () => {
    const nested = { filter: filterOf(['user.group.id', 'eq', 'g']) };
    expect(deliver(nested, { user: { group: { id: 'g' } } }).delivered).toBe(true);
    expect(deliver(nested, { user: { group: null } })).toEqual({ delivered: false, warnings: [] });
    expect(deliver(nested, { user: [{ group: { id: 'g' } }] })).toEqual({
      delivered: false,
      warnings: [expect.stringContaining('within a list')],
    });
  });

  it('complains where the service would be silent', () => {
    expect(deliver({ filter: filterOf(['id', 'eq', 'x']) }, { other: 1 })).toEqual({
      delivered: false,
      warnings: [expect.stringContaining('id is left out')],
    });
    expect(deliver({ filter: filterOf(['id', 'ne', 'x']) }, { other: 1 }).delivered).toBe(false);
    expect(deliver({ filter: filterOf(['tags', 'notContains', 'x']) }, { tags: ['y'] })).toEqual({
      delivered: false,
      warnings: [expect.stringContaining('notContains')],
    });
  });
});

describe('arguments', () => {
  it.each([
    [{}, { a: 1 }, true],
    [{ a: 1 }, { a: 1 }, true],
    [{ a: 1, b: 2 }, { a: 1, b: 3 }, false],
    [{ a: '1' }, { a: 1 }, false],
    [{ a: null }, { a: null }, true],
    [{ a: null }, {}, true],
    [{ a: null }, { a: 1 }, false],
    [{ a: ['x', 'y'] }, { a: ['x', 'y'] }, true],
    [{ a: ['x'] }, { a: ['x', 'y'] }, false],
  ])('%j against %j', (args, payload, delivered) =>
    expect(deliver({ args }, payload)).toEqual({ delivered, warnings: [] }),
  );

  it('that nobody published are complained about', () => {
    expect(deliver({ args: { a: 1 } }, { b: 1 })).toEqual({
      delivered: false,
      warnings: [expect.stringContaining('argument a')],
    });
  });
});

describe('a filter is refused', () => {
  const many = (count: number) =>
    Array.from({ length: count }, (_, index): [string, FilterOperator, unknown] => ['f', 'ne', `v${index}`]);
  const refused: [string, unknown, string][] = [
    ['without groups', { filterGroup: [] }, 'no filterGroup'],
    ['that is none', {}, 'no filterGroup'],
    ['with an empty group', { filterGroup: [{ filters: [] }] }, 'without filters'],
    ['with an operator that does not exist', filterOf(['f', 'endsWith' as FilterOperator, 'x']), '`endsWith`'],
    ['with an operator from the prototype', filterOf(['f', 'constructor' as FilterOperator, 'x']), '`constructor`'],
    ['without field name', filterOf(['', 'eq', 'x']), 'fieldName'],
    ['that compares with null', filterOf(['f', 'eq', null]), 'does not take the value null'],
    ['that compares with an object', filterOf(['f', 'eq', { a: 1 }]), '`eq`'],
    ['that orders booleans', filterOf(['f', 'lt', true]), '`lt`'],
    ['between one', filterOf(['f', 'between', [1]]), '`between`'],
    ['between three', filterOf(['f', 'between', [1, 2, 3]]), '`between`'],
    ['in nothing', filterOf(['f', 'in', []]), '`in`'],
    ['in no list', filterOf(['f', 'in', 'x']), '`in`'],
    ['that begins with a number', filterOf(['f', 'beginsWith', 1]), '`beginsWith`'],
    ['that begins with, nested', filterOf(['a.b', 'beginsWith', 'x']), 'nested'],
    [
      'with six values for in',
      filterOf(['f', 'in', ['1', '2', '3', '4', '5', '6']]),
      'subscription exceeds maximum value limit 5 for operator `in`.',
    ],
    ['with 21 values for containsAny', filterOf(['f', 'containsAny', Array(21).fill('x')]), 'maximum value limit 20'],
    ['with eleven filters in a group', filterOf(...many(11)), 'maximum limit 10'],
    [
      'with six filters and an in of five',
      filterOf(...many(6), ['g', 'in', ['1', '2', '3', '4', '5']]),
      'maximum limit 10',
    ],
    [
      'with six fields',
      { filterGroup: ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => group([name, 'eq', 1])) },
      'Filters exceed maximum attributes limit 5 for subscription',
    ],
    ['with a long string', filterOf(['f', 'eq', 'x'.repeat(257)]), '256'],
    ['that is nested deep', filterOf(['a.b.c.d.e.f', 'eq', 1]), '5 levels'],
    [
      'with two types for a field',
      { filterGroup: [group(['f', 'eq', 1]), group(['f', 'eq', '1'])] },
      'different types: number, string',
    ],
  ];
  it.each(refused)('%s', (_, filter, message) =>
    expect(filterProblem(filter as SubscriptionFilter)).toContain(message),
  );

  it('but not at its limits', () => {
    expect(filterProblem(filterOf(...many(10)))).toBeNull();
    expect(filterProblem(filterOf(...many(5), ['g', 'in', ['1', '2', '3', '4', '5']]))).toBeNull();
    expect(
      filterProblem(filterOf(['a.b.c.d.e', 'eq', 'x'.repeat(256)], ['l', 'containsAny', Array(20).fill('x')])),
    ).toBeNull();
    expect(filterProblem({ filterGroup: ['a', 'b', 'c', 'd', 'e'].map((name) => group([name, 'eq', 1])) })).toBeNull();
  });
});

describe('a published list', () => {
  it('reaches subscribers who set no condition, and no others', () => {
    const list = [{ id: '1' }];
    expect(deliver({}, list)).toEqual({ delivered: true, warnings: [] });
    for (const part of [{ args: { id: '1' } }, { filter: filterOf(['id', 'eq', '1']) }])
      expect(deliver(part, list)).toEqual({ delivered: false, warnings: [expect.stringContaining('list')] });
  });
});
