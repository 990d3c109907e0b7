import { isDeepStrictEqual } from 'node:util';
import { type Entry, isOver } from '../../../domain/kernel/view/directory.ts';
import type { Item } from '../dynamodb/item.ts';

/** What should stand in the directory of one row. */
export interface Place {
  /** `<aggregate>#<id>` */
  rowKey: string;
  entries: Entry[];
  /** The row has just come to be: nothing stands there yet, and nobody looks. */
  isNew?: boolean;
}

/** The directory, by which rows are found and put in order: the entries of every live row, under its stream's id. */
export interface Directory {
  /**
   * Makes the entries of one row those given, and leaves alone what is right already. An entry past its time
   * is not made; one that is there is left to the table, or taken away if it is not as given.
   * Two that settle the same row at once may undo each other's work: whoever changed something looks at the row again.
   * @param rowKey `<aggregate>#<id>`
   * @returns how many entries were missing, wrong or too many
   */
  settle(rowKey: string, entries: Entry[]): Promise<number>;
  /** The same for many rows, none twice, whose entries are written together. @returns for each, in order */
  settleAll(places: Place[]): Promise<number[]>;
  /** Whose rows stand under a facet: so many of them, at the most; eventually consistent. @returns stream ids */
  owners(facet: string, limit: number): Promise<string[]>;
  /** Owners of entries, page by page, in no order; one may come more than once. */
  page(limit: number, after?: string): Promise<{ rowKeys: string[]; next?: string }>;
}

/** An entry as it is stored: without what is undefined. */
export const storable = (entry: Entry): Entry => {
  const stored = { ...entry };
  for (const [name, value] of Object.entries(stored)) if (value === undefined) delete stored[name];
  return stored;
};

/** What was found of a row, by the name of the entry. */
type FoundEntries = ReadonlyMap<string, Item>;

/** Whether an entry is there already. */
export const isRight = (entry: Entry, found: FoundEntries): boolean =>
  isDeepStrictEqual(found.get(entry.entry), storable(entry));

/** Those of some entries that should stand: without what is past its time, unless it is still there. */
export const standing = (entries: Entry[], found: FoundEntries): Entry[] => {
  const now = Date.now();
  return entries.filter((each) => !isOver(each, now) || isRight(each, found));
};
