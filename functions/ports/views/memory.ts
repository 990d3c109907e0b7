import { isDeepStrictEqual } from 'node:util';
import type { AggregateName } from '../../../domain/kernel/aggregate.ts';
import { streamIdOf } from '../../../domain/kernel/stream/event.ts';
import { isTombstone, type ViewRow } from '../../../domain/kernel/view/view.ts';
import { isKey } from '../dynamodb/key.ts';
import { viewRowIn } from './item.ts';
import type { Before, RowKey, Views, WriteResult } from './port.ts';

/** The views in memory, and a look at them. */
export interface MemoryViews extends Views {
  /** All rows of a view, tombstones included. */
  rows(aggregate: AggregateName): ViewRow[];
  /** Every write that took place, in order. */
  writes: { key: RowKey; row: ViewRow }[];
}

export const memoryViews = (): MemoryViews => {
  const table = new Map<string, { key: RowKey; row: ViewRow }>();
  const writes: MemoryViews['writes'] = [];
  const placeOf = ({ aggregate, id }: RowKey) => streamIdOf(aggregate, id);
  const rowAt = (key: RowKey): ViewRow | undefined => structuredClone(table.get(placeOf(key))?.row);
  const write = (key: RowKey, row: ViewRow): WriteResult => {
    table.set(placeOf(key), structuredClone({ key, row }));
    writes.push(structuredClone({ key, row }));
    return { kind: 'written', row: structuredClone(row) };
  };

  return {
    writes,
    rows: (aggregate) =>
      [...table.values()].filter(({ key }) => key.aggregate === aggregate).map(({ row }) => structuredClone(row)),
    get: async (key) => rowAt(key),
    getMany: async (keys) =>
      [...new Map(keys.filter(({ id }) => isKey(id)).map((key) => [placeOf(key), key])).values()].flatMap((key) => {
        const row = rowAt(key);
        return row ? [{ key, row }] : [];
      }),
    put: async (key, row, before) => {
      const current = rowAt(key);
      const { version }: Before = current ?? {};
      const isBefore = Boolean(current) === Boolean(before) && isDeepStrictEqual(version, before?.version);
      return isBefore ? write(key, row) : { kind: 'conflict', row: current };
    },
    change: async (key, { set, remove }, expected) => {
      const current = rowAt(key);
      if (!current || isTombstone(current) || current.version !== expected) return { kind: 'conflict', row: current };
      const kept = Object.entries(current).filter(([name]) => !remove.includes(name));
      return write(key, viewRowIn({ ...Object.fromEntries(kept), ...set }));
    },
  };
};
