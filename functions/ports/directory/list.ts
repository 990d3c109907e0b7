import { isDeepStrictEqual } from 'node:util';
import { entriesOf } from '../../../domain/kernel/view/directory.ts';
import { streamIdOf } from '../../../domain/kernel/stream/event.ts';
import { aggregates } from '../../../domain/operations.ts';
import type { ViewRow } from '../../../domain/kernel/view/view.ts';
import type { Directory } from './port.ts';
import type { Item } from '../dynamodb/item.ts';
import { viewRowIn } from '../views/item.ts';
import type { RowKey } from '../views/port.ts';

/** A row as it was last seen. */
export interface SeenRow {
  key: RowKey;
  row: ViewRow | undefined;
  /** It was made by whoever lists it, where none was before. */
  isNew?: boolean;
}

/** Reads rows again, consistently. @returns those that there are, by `<aggregate>#<id>` */
export type Look = (keys: RowKey[]) => Promise<ReadonlyMap<string, Item>>;

const maximumTries = 10;

/**
 * Brings the directory in line with rows. Where something was changed, the row is looked at again: whoever moved it
 * meanwhile may have settled the directory before, and been undone.
 * @param rows none twice
 * @returns for each row, in order, how many entries were not as they should be
 * @throws Error when a row does not hold still
 */
export const listAll = async (rows: SeenRow[], directory: Directory, look: Look): Promise<number[]> => {
  const changed = rows.map(() => 0);
  let pending = rows.map((seen, index) => ({ ...seen, index }));
  for (let tries = 0; tries < maximumTries && pending.length > 0; tries += 1) {
    const settled = await directory.settleAll(
      pending.map(({ key, row, isNew = false }) => ({
        rowKey: nameOf(key),
        entries: entriesOf(aggregates[key.aggregate], row),
        isNew,
      })),
    );
    const touched = pending.filter((_, place) => settled[place]! > 0);
    for (const [place, { index }] of pending.entries()) changed[index]! += settled[place]!;
    const now = touched.length > 0 ? await look(touched.map(({ key }) => key)) : new Map<string, Item>();
    pending = touched.flatMap((seen) => {
      const found = now.get(nameOf(seen.key));
      const row = found && viewRowIn(found);
      // The version would not tell: a recovery mends what is in a row, and leaves its version.
      return isDeepStrictEqual(row, seen.row) ? [] : [{ ...seen, row, isNew: false }];
    });
  }
  if (pending[0]) throw new Error(`The row of ${nameOf(pending[0].key)} did not hold still to be listed`);
  return changed;
};

/** The same for one row. @param look reads it again, consistently */
export const list = async (
  seen: SeenRow,
  directory: Directory,
  look: () => Promise<Item | ViewRow | undefined>,
): Promise<number> => {
  const lookAlone = async () => {
    const found = await look();
    return new Map(found ? [[nameOf(seen.key), { ...found }]] : []);
  };
  const [changed] = await listAll([seen], directory, lookAlone);
  return changed!;
};

const nameOf = ({ aggregate, id }: RowKey): string => streamIdOf(aggregate, id);
