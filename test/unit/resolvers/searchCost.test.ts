import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { soak } from '../../support/runs.ts';
import { allNested, directory, minute, type Person, person, resolve } from './listed.ts';

/** What a loop of a resolver visits at the most, and so what a query reads at the most. */
const mostOfACall = 1000;
const size = soak ? 2500 : 900;

const crowd = (change: (each: Person, n: number) => Partial<Person>): Person[] =>
  Array.from({ length: size }, (_, n) => {
    const each = fc.sample(person(`p${n}`), { numRuns: 1, seed: n })[0]!;
    return { ...each, ...change(each, n) };
  });
const active = { status: undefined, suspendedUntil: undefined };
const suspended = (suspendedUntil?: string) => ({ status: 'SUSPENDED', suspendedUntil });
/** All but every tenth. */
const most = (change: Partial<Person>) => (_: Person, n: number) => (n % 10 === 0 ? active : change);

/** As in life, and as badly as can be. `few`: few are suspended, so that pages by a status read no more than others. */
const crowds: Record<string, { people: Person[]; few?: true }> = {
  'as in life': { people: crowd((_, n) => (n % 10 === 0 ? {} : active)), few: true },
  'nobody suspended': { people: crowd(() => active), few: true },
  'all in one role and group': { people: crowd(() => ({ ...active, roleId: 'r1', groupId: 'g1' })), few: true },
  'all named alike': {
    people: crowd((_, n) => ({ ...active, firstName: 'Anna', lastName: 'Anna', email: `anna.${n}@example.com` })),
    few: true,
  },
  'all created and changed at once': {
    people: crowd(() => ({ ...active, createdAt: minute(8), updatedAt: minute(8) })),
    few: true,
  },
  'nearly all suspended': { people: crowd(most(suspended())) },
  'nearly all suspended, until a moment that has passed': {
    people: crowd(most(suspended('2001-01-01T00:00:00.000Z'))),
  },
  'nearly all suspended for a time': { people: crowd(most(suspended('2999-01-01T00:00:00.000Z'))) },
};

const either = <Value>(...values: Value[]): (Value | undefined)[] => [undefined, ...values];
const ranges: ({ createdFrom?: string; createdTo: string } | undefined)[] = either(
  { createdFrom: minute(4), createdTo: minute(12) },
  { createdTo: minute(2) },
);
const texts = ['a', 'An', 'anna', 'anna a', 'ANNA.', 'ñ', '𠮷', 'İ', 'ß', '한', 'ｱ', '  ', '%', 'nobody'];
const filters = either(...texts).flatMap((text) =>
  either('r1').flatMap((roleId) =>
    either('g1').flatMap((groupId) =>
      either('ACTIVE', 'SUSPENDED').flatMap((status) =>
        ranges.map((range) => ({ text, roleId, groupId, status, ...range })),
      ),
    ),
  ),
);
const orders = ['NAME', 'EMAIL', 'CREATED', 'UPDATED'].flatMap((by) =>
  ['ASC', 'DESC'].map((direction) => ({ by, direction })),
);
const questions = filters.flatMap((filter) =>
  orders.flatMap((orderBy) => [1, 25, 100].map((limit) => ({ filter, orderBy, limit }))),
);

/** SOAK=1: ten times as many people and questions. */
const asked = (offset: number) => questions.filter((_, n) => (n + offset) % (soak ? 19 : 397) === 0);

describe.each(Object.entries(crowds))('a page of people, %s', (crowdName, { people, few }) => {
  const source = directory(() => people);

  it('is full or the last, for at most four calls, and reads about twice what it shows where an index serves it', () => {
    for (const [n, question] of asked(crowdName.length).entries()) {
      const { filter, orderBy, limit } = question;
      const { text, roleId, groupId, status } = filter;
      const selection = n % 2 === 0 ? allNested : undefined;
      const searches = text !== undefined && text.trim() !== '';
      // Who was created in a time stands apart in no other order: a page looks through so many, and no further.
      const apart = Object.hasOwn(filter, 'createdTo') && orderBy.by !== 'CREATED';
      const sparse = searches || apart;
      const oneFacet = Boolean(roleId ?? groupId) || status === 'SUSPENDED';
      let nextToken: string | null = null;
      for (let page = 1; page <= 2; page += 1) {
        const told = `${crowdName}, page ${page}: ${JSON.stringify(question)}`;
        source.rowsRead = 0;
        const { value, error, requests } = resolve('Query', 'users', {
          args: { ...question, nextToken },
          dataSources: source,
          ...(selection && { selection }),
        });
        expect([told, requests.length]).toSatisfy(() => requests.length <= 4);
        const found = requests.filter(({ dataSource }) => dataSource === 'Directory').length;
        expect([told, found]).toSatisfy(() => found <= (searches ? 3 : 2));
        expect([told, source.rowsRead]).toSatisfy(() => source.rowsRead <= found * mostOfACall);
        if (error) {
          // What so many begin with can be put in order, or their authorizations be read.
          expect([told, error.info]).toEqual([told, expect.objectContaining({ field: 'filter.text' })]);
          expect([told, selection, searches && !oneFacet]).toEqual([told, allNested, true]);
          expect(people.length * 3).toBeGreaterThan(2 * mostOfACall);
          break;
        }
        if (!sparse && few) expect([told, source.rowsRead]).toSatisfy(() => source.rowsRead <= 2 * (limit + 6));
        ({ nextToken } = value as { nextToken: string | null });
        if (nextToken === null) break;
        // Who is suspended for a time stands among the active as well, to be found there once it is over.
        const passedBy = crowdName === 'nearly all suspended for a time' && status === 'ACTIVE' && !oneFacet;
        if (!passedBy && !apart && !(searches && soak)) expect([told, value.items.length]).toEqual([told, limit]);
      }
    }
  }, 600_000);
});
