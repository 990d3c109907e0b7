import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { directory, minute, person, resolve } from './listed.ts';

/** SOAK=1: every filter in every order. */
const soak = process.env['SOAK'] !== undefined;
const limit = 25;
/**
 * Of a page that goes by a text, or by creation in another order; a call of a loop's length, and no more than three of
 * them.
 */
const mostSparse = 3000;

const people = Array.from(
  { length: soak ? 2500 : 900 },
  (_, n) => fc.sample(person(`p${n}`), { numRuns: 1, seed: n })[0]!,
).map(
  // As in life, few are suspended.
  (each, n) => (n % 10 === 0 ? each : { ...each, status: undefined, suspendedUntil: undefined }),
);

const either = <Value>(...values: Value[]): (Value | undefined)[] => [undefined, ...values];
const ranges: ({ createdFrom?: string; createdTo: string } | undefined)[] = either(
  { createdFrom: minute(4), createdTo: minute(12) },
  { createdTo: minute(2) },
);
const filters = either('a', 'anna', '𠮷').flatMap((text) =>
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

describe('what a page costs', () => {
  it('is at most two calls, and three times the rows it shows, by every filter in every order, but for texts and creation', () => {
    const source = directory(() => people);
    for (const [n, filter] of filters.entries())
      for (const orderBy of orders.filter((_, m) => soak || (n + m) % 5 === 0)) {
        const { text, roleId, groupId, status } = filter;
        const ranged = Object.hasOwn(filter, 'createdTo');
        const sparse = text !== undefined || (ranged && orderBy.by !== 'CREATED');
        const facets = roleId || groupId || status === 'SUSPENDED' ? 1 : 2;
        let nextToken: string | null = null;
        for (let page = 1; page <= 2; page += 1) {
          const asked = { filter, orderBy, limit, nextToken };
          const told = JSON.stringify(asked);
          source.rowsRead = 0;
          const { value, error, requests } = resolve('Query', 'users', { args: asked, dataSources: source });
          expect([told, error]).toEqual([told, undefined]);
          // A text of which there is too much to sort is found so by one call more, on its first page.
          const most = text === undefined || page > 1 ? 2 : facets + 1;
          expect([told, requests.length]).toSatisfy(() => requests.length <= most);
          const rows = sparse ? mostSparse : status ? (facets === 1 ? 2 * limit + 8 : 78) : facets * (limit + 2);
          expect([told, source.rowsRead]).toSatisfy(() => source.rowsRead <= rows);
          ({ nextToken } = value as { nextToken: string | null });
          if (nextToken === null) break;
          expect([told, value.items.length]).toEqual([told, limit]);
        }
      }
  }, 600_000);
});
