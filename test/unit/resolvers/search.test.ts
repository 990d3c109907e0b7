import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { searchForm } from '../../../domain/kernel/values/searchForm.ts';
import type { LiveRow } from '../../../domain/kernel/view/view.ts';
import { runs } from '../../support/runs.ts';
import type { DataSources } from './harness.ts';
import { directory, isSuspended, minute, type Person, person, resolve } from './listed.ts';

const crowd = fc
  .integer({ min: 0, max: 60 })
  .chain((size) => fc.tuple(...Array.from({ length: size }, (_, n) => person(`u${n}`))));

const question = fc.record({
  filter: fc.record(
    {
      text: fc.constantFrom(
        'a',
        'An',
        'änn',
        'anna',
        'anna a',
        'de  la',
        'bo.u',
        'ZOE',
        'л',
        'иван',
        '李',
        '𠮷',
        'o',
        ' ',
        'nobody',
      ),
      roleId: fc.constantFrom('r1', 'r2'),
      groupId: fc.constantFrom('g1'),
      status: fc.constantFrom('ACTIVE', 'SUSPENDED'),
      createdFrom: fc.nat(20).map(minute),
      createdTo: fc.nat(20).map(minute),
    },
    { requiredKeys: [] },
  ),
  orderBy: fc.record({
    by: fc.constantFrom('NAME', 'EMAIL', 'CREATED', 'UPDATED'),
    direction: fc.constantFrom('ASC', 'DESC', null),
  }),
  limit: fc.integer({ min: 1, max: 20 }),
});
type Question = typeof question extends fc.Arbitrary<infer Value> ? Value : never;

/** What is asked for, by the plain words of the schema. */
const expected = (people: Person[], { filter, orderBy }: Question): Person[] => {
  const { text: begins, roleId, groupId, status, createdFrom, createdTo } = filter;
  const wanted = begins === undefined ? '' : searchForm(begins);
  const found = people.filter(
    (each) =>
      [`${each.firstName} ${each.lastName}`, `${each.lastName} ${each.firstName}`, each.email].some((term) =>
        searchForm(term).startsWith(wanted),
      ) &&
      (roleId === undefined || each.roleId === roleId) &&
      (groupId === undefined || each.groupId === groupId) &&
      (status === undefined || (isSuspended(each) ? 'SUSPENDED' : 'ACTIVE') === status) &&
      (createdFrom === undefined || each.createdAt >= createdFrom) &&
      (createdTo === undefined || each.createdAt <= createdTo),
  );
  const keyOf = {
    NAME: (each: Person) => [searchForm(each.lastName), searchForm(each.firstName)],
    EMAIL: (each: Person) => [searchForm(each.email)],
    CREATED: (each: Person) => [each.createdAt],
    UPDATED: (each: Person) => [each.updatedAt],
  }[orderBy.by];
  const compare = (one: Person, other: Person): number => {
    const [a, b] = [keyOf(one), keyOf(other)];
    for (const [place, key] of a.entries()) if (key !== b[place]) return key < b[place]! ? -1 : 1;
    return 0;
  };
  found.sort(compare);
  return orderBy.direction === 'DESC' ? found.reverse() : found;
};

const pagesOf = (dataSources: DataSources, args: Question): { pages: Person[][]; calls: number } => {
  const pages: Person[][] = [];
  let nextToken: string | null = null;
  let calls = 0;
  do {
    const { value, error, requests } = resolve('Query', 'users', { args: { ...args, nextToken }, dataSources });
    if (error) throw new Error(error.message);
    pages.push(value.items);
    if (pages.length > 500) throw new Error('The list has no end');
    calls = Math.max(calls, requests.length);
    nextToken = value.nextToken;
  } while (nextToken !== null);
  return { pages, calls };
};

describe('users, by filter and order', () => {
  it('come as a plain model says, in full pages, the last of which says so, for two calls a page', () => {
    fc.assert(
      fc.property(crowd, question, (people, asked) => {
        const { pages, calls } = pagesOf(
          directory(() => people),
          asked,
        );
        const found = pages.flat();
        const model = expected(people, asked);
        expect(found.map(({ id }) => id).sort()).toEqual(model.map(({ id }) => id).sort());
        const keys = (list: Person[]) =>
          list.map((each) =>
            asked.orderBy.by === 'NAME'
              ? searchForm(`${each.lastName} / ${each.firstName}`)
              : asked.orderBy.by === 'EMAIL'
                ? searchForm(each.email)
                : asked.orderBy.by === 'CREATED'
                  ? each.createdAt
                  : each.updatedAt,
          );
        expect(keys(found)).toEqual(keys(model));
        for (const page of pages.slice(0, -1)) expect(page).toHaveLength(asked.limit);
        if (pages.length > 1) expect(pages.at(-1)).not.toEqual([]);
        expect(calls).toBeLessThanOrEqual(2);
      }),
      { numRuns: runs(60, 500) },
    );
  });

  it('of a role are nobody where the filter asks for another: all conditions must hold', () => {
    fc.assert(
      fc.property(crowd, fc.constantFrom('r1', 'r2'), fc.constantFrom('r1', 'r2'), (people, roleId, other) => {
        const { value } = resolve('Query', 'usersByRole', {
          args: { roleId, filter: { roleId: other }, limit: 100 },
          dataSources: directory(() => people),
        });
        const found = people.filter((each) => each.roleId === roleId && each.roleId === other);
        expect(value.items.map(({ id }: Person) => id).sort()).toEqual(found.map(({ id }) => id).sort());
      }),
      { numRuns: runs(20, 100) },
    );
  });

  it('stand still for whoever stands still, while others come, go and change between two pages', () => {
    fc.assert(
      fc.property(crowd, crowd, question, (people, others, asked) => {
        const strangers = others.map((each) => ({ ...each, id: `x${each.id}`, email: `x${each.email}` }));
        let turn = 0;
        const now = () => [...people, ...strangers.filter((_, place) => (place + turn) % 3 === 0)];
        const source = directory(now);
        const seen: string[] = [];
        let nextToken: string | null = null;
        do {
          const { value } = resolve('Query', 'users', { args: { ...asked, nextToken }, dataSources: source });
          seen.push(...(value.items as Person[]).map(({ id }) => id));
          nextToken = value.nextToken;
          turn += 1;
          if (turn > 500) throw new Error('The list has no end');
        } while (nextToken !== null);
        const stood = seen.filter((id) => !id.startsWith('x'));
        expect([...stood].sort()).toEqual(
          expected(people, asked)
            .map(({ id }) => id)
            .sort(),
        );
      }),
      { numRuns: runs(30, 300) },
    );
  });

  it('come in their order also where more begin with a text than one call gives', () => {
    const crowded = Array.from({ length: 500 }, (_, n) => {
      const each = fc.sample(person(`c${n}`), { numRuns: 1, seed: n })[0]!;
      return n % 5 === 0 ? each : { ...each, firstName: 'Anna', lastName: 'Ann', email: `anna.c${n}@example.com` };
    });
    for (const [begins, by, direction, most] of [
      ['a', 'NAME', 'ASC', 2],
      ['ann', 'NAME', 'ASC', 3],
      ['ann', 'UPDATED', 'DESC', 3],
    ] as const) {
      const asked = { filter: { text: begins }, orderBy: { by, direction }, limit: 100 } as Question;
      const { pages, calls } = pagesOf(
        directory(() => crowded),
        asked,
      );
      const idsOf = (people: Person[]) => people.map(({ id }) => id).sort();
      expect(idsOf(pages.flat())).toEqual(idsOf(expected(crowded, asked)));
      for (const page of pages.slice(0, -1)) expect(page).toHaveLength(100);
      expect(calls).toBe(most);
    }
  });

  it('refuses a token with another question, and what no filter can be', () => {
    const people = Array.from({ length: 5 }, (_, n) => fc.sample(person(`p${n}`), { numRuns: 1, seed: n })[0]!);
    const dataSources = directory(() => people);
    const { nextToken } = resolve('Query', 'users', { args: { limit: 2 }, dataSources }).value;
    for (const args of [
      { nextToken, orderBy: { by: 'EMAIL' } },
      { nextToken, filter: { text: 'a' } },
      { nextToken, orderBy: { by: 'NAME', direction: 'DESC' } },
    ])
      expect(resolve('Query', 'users', { args, dataSources }).error).toMatchObject({ info: { field: 'nextToken' } });
    expect(resolve('Query', 'users', { args: { filter: { text: 'x'.repeat(201) } } }).error).toMatchObject({
      info: { field: 'filter.text' },
    });
  });
});

describe('users with an authorization', () => {
  const role = (id: string, ...authorizationIds: string[]): LiveRow => ({
    id,
    name: id,
    description: '',
    authorizationIds,
    version: 1,
    createdAt: minute(0),
    updatedAt: minute(0),
  });
  const granting = fc.subarray(['r1', 'r2', 'r3', 'r4']);
  const roles = (granted: string[]) =>
    ['r1', 'r2', 'r3', 'r4'].map((id) => role(id, ...(granted.includes(id) ? ['may', 'other'] : ['other'])));
  const crowdOfRoles = fc
    .tuple(crowd, fc.array(fc.constantFrom('r1', 'r2', 'r3', 'r4', undefined), { minLength: 60, maxLength: 60 }))
    // As in life, few are suspended: a page of the active reads no more than about twice what it shows.
    .map(([people, given]) =>
      people.map((each, n) => ({
        ...each,
        roleId: given[n],
        ...(n % 10 !== 0 && { status: undefined, suspendedUntil: undefined }),
      })),
    );
  const order = fc.record({
    by: fc.constantFrom('NAME', 'EMAIL', 'CREATED', 'UPDATED'),
    direction: fc.constantFrom('ASC', 'DESC'),
  });

  it('are all who have a role that grants it and are not suspended, in full pages, for three calls a page', () => {
    fc.assert(
      fc.property(crowdOfRoles, granting, order, fc.integer({ min: 3, max: 20 }), (people, granted, orderBy, limit) => {
        const pages: string[][] = [];
        let nextToken: string | null = null;
        do {
          const { value, error, requests } = resolve('Query', 'usersWithAuthorization', {
            args: { authorizationId: 'may', orderBy, limit, nextToken },
            dataSources: directory(() => people, roles(granted)),
          });
          if (error) throw new Error(error.message);
          expect(requests.length).toBeLessThanOrEqual(3);
          pages.push((value.items as Person[]).map(({ id }) => id));
          if (pages.length > 500) throw new Error('The list has no end');
          nextToken = value.nextToken;
        } while (nextToken !== null);
        const who = people.filter(({ roleId }) => roleId !== undefined && granted.includes(roleId));
        const model = expected(who, { filter: { status: 'ACTIVE' }, orderBy, limit: 1 } as Question);
        const keys = (ids: string[]) => {
          const found = ids.map((id) => people.find((each) => each.id === id)!);
          return found.map((each) =>
            orderBy.by === 'CREATED' ? each.createdAt : orderBy.by === 'UPDATED' ? each.updatedAt : '',
          );
        };
        expect([...pages.flat()].sort()).toEqual(model.map(({ id }) => id).sort());
        expect(keys(pages.flat())).toEqual(keys(model.map(({ id }) => id)));
        for (const page of pages.slice(0, -1)) expect(page).toHaveLength(limit);
      }),
      { numRuns: runs(30, 300), endOnFailure: true },
    );
  });

  it('lose and repeat nobody who has it throughout, while other roles come to grant it and cease to', () => {
    fc.assert(
      fc.property(crowdOfRoles, fc.array(granting, { minLength: 2, maxLength: 6 }), order, (people, turns, orderBy) => {
        const seen: string[] = [];
        let nextToken: string | null = null;
        let turn = 0;
        do {
          const granted = ['r1', ...turns[turn % turns.length]!.filter((id) => id !== 'r1')];
          const { value, error } = resolve('Query', 'usersWithAuthorization', {
            args: { authorizationId: 'may', orderBy, limit: 5, nextToken },
            dataSources: directory(() => people, roles(granted)),
          });
          if (error) throw new Error(error.message);
          seen.push(...(value.items as Person[]).map(({ id }) => id));
          nextToken = value.nextToken;
          turn += 1;
          if (turn > 500) throw new Error('The list has no end');
        } while (nextToken !== null);
        const stood = people.filter((each) => each.roleId === 'r1' && !isSuspended(each)).map(({ id }) => id);
        const ofRole1 = seen.filter((id) => people.find((each) => each.id === id)!.roleId === 'r1');
        expect(ofRole1.sort()).toEqual(stood.sort());
        expect(new Set(seen).size).toBe(seen.length);
      }),
      { numRuns: runs(30, 300) },
    );
  });

  it('are not asked for where more roles grant it than a condition takes', () => {
    const many = Array.from({ length: 101 }, (_, n) => role(`many${n}`, 'may'));
    const { error } = resolve('Query', 'usersWithAuthorization', {
      args: { authorizationId: 'may' },
      dataSources: directory(() => [], many),
    });
    expect(error).toMatchObject({ type: 'TOO_MANY_ROLES' });
  });
});
