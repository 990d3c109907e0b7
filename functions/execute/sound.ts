import { isDeepStrictEqual } from 'node:util';
import type { AggregateName } from '../../domain/kernel/aggregate.ts';
import { presentable, unshowable } from '../../domain/kernel/values/showable.ts';
import { isTombstone, rowOf, stateOf, type ViewRow } from '../../domain/kernel/view/view.ts';

/**
 * Whether the next event can be applied to a row as it was found: the API can show all of it, and it says no more and no
 * less than the state that it shows. A row that somebody damaged does not; one whose stream holds what cannot be shown
 * neither.
 */
export const isSound = (aggregate: AggregateName, row: ViewRow): boolean => {
  if (!Number.isSafeInteger(row.version) || row.version < 1) return false;
  if (
    !isTombstone(row) &&
    (unshowable(aggregate, row).length > 0 || !isDeepStrictEqual(presentable(aggregate, row), row))
  )
    return false;
  try {
    return isDeepStrictEqual(rowOf(aggregate, row.id, stateOf(aggregate, row)), row);
  } catch {
    // A moment of it is none.
    return false;
  }
};
