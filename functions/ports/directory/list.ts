import { isDeepStrictEqual } from 'node:util';
import { entriesOf } from '../../../domain/kernel/view/directory.ts';
import { streamIdOf } from '../../../domain/kernel/stream/event.ts';
import { aggregates } from '../../../domain/operations.ts';
import type { ViewRow } from '../../../domain/kernel/view/view.ts';
import type { Directory } from './port.ts';
import type { RowKey } from '../views/port.ts';

const maximumTries = 10;

/**
 * Brings the directory in line with a row. Where something was changed, the row is looked at again: whoever moved it
 * meanwhile may have settled the directory before, and been undone.
 * @param row as it was last seen
 * @param look reads it again, consistently
 * @returns how many entries were not as they should be
 * @throws Error when the row does not hold still
 */
export const list = async (
  { aggregate, id }: RowKey,
  row: ViewRow | undefined,
  directory: Directory,
  look: () => Promise<ViewRow | undefined>,
): Promise<number> => {
  let changed = 0;
  let seen = row;
  for (let tries = 0; tries < maximumTries; tries += 1) {
    const settled = await directory.settle(streamIdOf(aggregate, id), entriesOf(aggregates[aggregate], seen));
    changed += settled;
    if (settled === 0) return changed;
    const now = await look();
    // The version would not tell: a recovery mends what is in a row, and leaves its version.
    if (isDeepStrictEqual(now, seen)) return changed;
    seen = now;
  }
  throw new Error(`The row of ${streamIdOf(aggregate, id)} did not hold still to be listed`);
};
