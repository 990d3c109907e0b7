import type { AggregateName } from '../../../domain/kernel/aggregate.ts';
import type { ViewRow } from '../../../domain/kernel/view/view.ts';
import type { Item } from '../dynamodb/item.ts';
import type { RowKey } from '../views/port.ts';

/** A row as it was found, whatever became of it: nothing of its shape is sure but its id. */
export type FoundRow = Item;

/** The view tables as recovery sees them: rows may be missing, altered or invented. */
export interface Rows {
  /** Consistently read. */
  get(key: RowKey): Promise<FoundRow | undefined>;
  /** Rows of any views, by the ids of their streams, consistently read; those that are not there are left out. */
  getMany(keys: RowKey[]): Promise<Map<string, FoundRow>>;
  /** Puts a row, or none, in the place of what was found. @returns false when that has changed meanwhile */
  replace(key: RowKey, row: ViewRow | undefined, found: FoundRow | undefined): Promise<boolean>;
  /** Ids of all rows of one view, page by page. */
  page(aggregate: AggregateName, limit: number, after?: string): Promise<{ ids: string[]; next?: string }>;
}
