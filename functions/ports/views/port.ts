import type { AggregateName } from '../../../domain/kernel/aggregate.ts';
import type { RowChange, ViewRow } from '../../../domain/kernel/view/view.ts';

/** Names one row of one view. */
export interface RowKey {
  aggregate: AggregateName;
  id: string;
}

/** The row of a stream, or of an event of it. */
export const rowKeyOf = ({ aggregate, aggregateId }: { aggregate: AggregateName; aggregateId: string }): RowKey => ({
  aggregate,
  id: aggregateId,
});

/** A row that another takes the place of: told by its version, whatever became of that. */
export interface Before {
  version?: unknown;
}

export type WriteResult =
  /** The row as it now is. */
  | { kind: 'written'; row: ViewRow }
  /** The row is not at the expected version; it was like this when the write was refused. */
  | { kind: 'conflict'; row: ViewRow | undefined };

/** The view tables. Every write names the version that the row must have, so a row never goes back. */
export interface Views {
  /** A row, consistently read; tombstones included. */
  get(key: RowKey): Promise<ViewRow | undefined>;
  /** Rows of any views, eventually consistent, in no order; those that are not there, or cannot be, are left out. */
  getMany(keys: RowKey[]): Promise<{ key: RowKey; row: ViewRow }[]>;
  /** Puts a whole row in the place of the one before it; undefined: where there is none. */
  put(key: RowKey, row: ViewRow, before: Before | undefined): Promise<WriteResult>;
  /** Changes a live row at version `expected`. */
  change(key: RowKey, change: RowChange, expected: number): Promise<WriteResult>;
}
