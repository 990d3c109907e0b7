import { isDeepStrictEqual } from 'node:util';
import type { Entry } from '../../../domain/kernel/directory.ts';
import { type Directory, storable } from './port.ts';

/** The directory in memory, and a look at it. */
export const memoryDirectory = (): Directory & { entries(): Entry[] } => {
  const table = new Map<string, Map<string, Entry>>();
  return {
    entries: () => [...table.values()].flatMap((facets) => structuredClone([...facets.values()])),
    // As in the table, others may come between what is read and what is written.
    settle: async (rowKey, entries) => {
      const found = new Map(table.get(rowKey));
      const wanted = entries.map((entry) => structuredClone(storable(entry)));
      const wrong = wanted.filter((entry) => !isDeepStrictEqual(found.get(entry.facet), entry));
      const surplus = [...found.keys()].filter((facet) => !wanted.some((entry) => entry.facet === facet));
      await new Promise((resolve) => setImmediate(resolve));
      const facets = table.get(rowKey) ?? new Map<string, Entry>();
      table.set(rowKey, facets);
      for (const entry of wrong) facets.set(entry.facet, entry);
      for (const facet of surplus) facets.delete(facet);
      return wrong.length + surplus.length;
    },
    any: async (facet) => [...table.values()].some((facets) => facets.has(facet)),
    page: async (limit, after) => {
      const rowKeys = [...table.keys()]
        .filter((rowKey) => table.get(rowKey)!.size > 0)
        .sort()
        .filter((rowKey) => after === undefined || rowKey > after);
      const page = rowKeys.slice(0, limit);
      return { rowKeys: page, next: rowKeys.length > limit ? page.at(-1) : undefined };
    },
  };
};
