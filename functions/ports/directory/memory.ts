import type { Entry } from '../../../domain/kernel/view/directory.ts';
import { type Directory, isRight, type Place, standing, storable } from './port.ts';

/** The directory in memory, and a look at it. */
export const memoryDirectory = (): Directory & { entries(): Entry[] } => {
  const table = new Map<string, Map<string, Entry>>();
  const settlePlace = async ({ rowKey, entries, isNew }: Place): Promise<number> => {
    const found = new Map(isNew ? [] : table.get(rowKey));
    const wanted = standing(entries, found).map((each) => structuredClone(storable(each)));
    const wrong = wanted.filter((each) => !isRight(each, found));
    const surplus = [...found.keys()].filter((entry) => !wanted.some((each) => each.entry === entry));
    // As in the table, others may come between what is read and what is written.
    await new Promise((resolve) => setImmediate(resolve));
    const kept = table.get(rowKey) ?? new Map<string, Entry>();
    table.set(rowKey, kept);
    for (const each of wrong) kept.set(each.entry, each);
    for (const entry of surplus) kept.delete(entry);
    return wrong.length + surplus.length;
  };
  return {
    settle: (rowKey, entries) => settlePlace({ rowKey, entries }),
    settleAll: async (places) => {
      // A batch in which an item stands twice is refused.
      if (new Set(places.map(({ rowKey }) => rowKey)).size < places.length) throw new Error('A row is given twice');
      return Promise.all(places.map(settlePlace));
    },
    entries: () => [...table.values()].flatMap((entries) => structuredClone([...entries.values()])),
    owners: async (facet, limit) =>
      [...table]
        .flatMap(([rowKey, entries]) => ([...entries.values()].some((each) => each.facet === facet) ? [rowKey] : []))
        .slice(0, limit),
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
