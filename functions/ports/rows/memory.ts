import { isDeepStrictEqual } from 'node:util';
import { streamIdOf } from '../../../domain/kernel/stream/event.ts';
import type { FoundRow, Rows } from './port.ts';

/** The view tables in memory, with their rows by `<aggregate>#<id>`. */
export const memoryRows = (): Rows & { table: Map<string, FoundRow> } => {
  const table = new Map<string, FoundRow>();
  return {
    table,
    get: async ({ aggregate, id }) => structuredClone(table.get(streamIdOf(aggregate, id))),
    getMany: async (keys) =>
      new Map(
        keys.flatMap(({ aggregate, id }) => {
          const row = table.get(streamIdOf(aggregate, id));
          return row ? [[streamIdOf(aggregate, id), structuredClone(row)] as const] : [];
        }),
      ),
    replace: async ({ aggregate, id }, row, found) => {
      const place = streamIdOf(aggregate, id);
      const current = table.get(place);
      if (
        Boolean(current) !== Boolean(found) ||
        !isDeepStrictEqual(structuredClone(current?.['version']), found?.['version'])
      )
        return false;
      if (row) table.set(place, structuredClone({ ...row }));
      else table.delete(place);
      return true;
    },
    page: async (aggregate, limit, after) => {
      const ids = [...table.keys()]
        .filter((place) => place.startsWith(`${aggregate}#`))
        .map((place) => place.slice(aggregate.length + 1))
        .sort();
      const start = after === undefined ? 0 : ids.findIndex((id) => id > after);
      const page = start < 0 ? [] : ids.slice(start, start + limit);
      return { ids: page, next: start >= 0 && start + limit < ids.length ? page.at(-1) : undefined };
    },
  };
};
