import { isDeepStrictEqual } from 'node:util';
import type { TableModel } from 'appsync-local/parts';
import { type RawItem, sizeOf } from './itemSize.ts';

/** An item before and after a transaction; undefined where there was none. */
export interface Change {
  table: TableModel;
  before: RawItem | undefined;
  after: RawItem | undefined;
}

interface Index {
  IndexName: string;
  KeySchema: { AttributeName: string }[];
  Projection: { ProjectionType: 'ALL' | 'KEYS_ONLY' | 'INCLUDE'; NonKeyAttributes?: string[] };
}

/**
 * Write units of one item's part in a transaction, by place (`table` or `table/index`): two for each KB begun, of the
 * item and of each index entry that appears, changes or goes. An entry whose key changes is written twice.
 */
export const transactionUnits = ({ table, before, after }: Change): Map<string, number> => {
  const units = new Map([[table.name, 2 * Math.max(1, kilobytes(before), kilobytes(after))]]);
  for (const index of indexesOf(table)) {
    const [old, now] = [entryOf(index, table, before), entryOf(index, table, after)];
    const written =
      old && now && sameKey(index, old, now)
        ? isDeepStrictEqual(old, now)
          ? 0
          : Math.max(kilobytes(old), kilobytes(now))
        : kilobytes(old) + kilobytes(now);
    if (written > 0) units.set(`${table.name}/${index.IndexName}`, 2 * written);
  }
  return units;
};

const kilobytes = (item: RawItem | undefined): number => (item ? Math.max(1, Math.ceil(sizeOf(item) / 1024)) : 0);

const indexesOf = (table: TableModel): Index[] => (table.createTable['GlobalSecondaryIndexes'] ?? []) as Index[];

const namesIn = (schema: unknown): string[] =>
  (schema as { AttributeName: string }[]).map(({ AttributeName }) => AttributeName);

/** What an index holds of an item; undefined if the item lacks a key attribute of it. */
const entryOf = (
  { KeySchema, Projection }: Index,
  table: TableModel,
  item: RawItem | undefined,
): RawItem | undefined => {
  if (!item || namesIn(KeySchema).some((name) => item[name] === undefined)) return undefined;
  if (Projection.ProjectionType === 'ALL') return item;
  const kept = new Set([
    ...namesIn(KeySchema),
    ...namesIn(table.createTable['KeySchema']),
    ...(Projection.NonKeyAttributes ?? []),
  ]);
  return Object.fromEntries(Object.entries(item).filter(([name]) => kept.has(name)));
};

const sameKey = ({ KeySchema }: Index, one: RawItem, other: RawItem): boolean =>
  namesIn(KeySchema).every((name) => isDeepStrictEqual(one[name], other[name]));
