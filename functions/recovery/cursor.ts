import type { Pace } from './pace.ts';
import type { AggregateName } from '../../domain/kernel/aggregate.ts';

/**
 * Where a recovery goes on. The phases follow each other in this order; `rows`, `directory` and `claims` only in a
 * complete rebuild.
 */
export type Cursor =
  | (Common & { phase: 'streams'; partition: string; after?: string; pace?: Pace })
  | (Common & { phase: 'wait'; progress: number; since: number; resent: number })
  | (Common & { phase: 'rows'; aggregate: AggregateName; after?: string })
  | (Common & { phase: 'directory'; after?: string })
  | (Common & { phase: 'claims'; after?: string; done?: boolean });

interface Common {
  /** Whether this is a rebuild from the beginning. */
  complete: boolean;
  /** How many chunks there are so far; numbers the next. */
  chunks: number;
  /** Chunks written by the last step, which may not have been sent. */
  unsent: string[];
}

export const parseCursor = (cursor: string): Cursor => JSON.parse(cursor) as Cursor;
export const formatCursor = (cursor: Cursor): string => JSON.stringify(cursor);

/** The cursor with the pace, where it still looks for streams. */
export const withPace = (text: string, pace: Pace): string => {
  const cursor = parseCursor(text);
  return cursor.phase === 'streams' ? formatCursor({ ...cursor, pace }) : text;
};
