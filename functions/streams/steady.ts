import { errorOf } from '../runtime/concurrency.ts';
import type { Telemetry } from '../runtime/telemetry.ts';
import type { SnapshotReader, Snapshots } from '../ports/snapshots/port.ts';

/**
 * A table of snapshots that holds nobody up: one that cannot be read is as good as none, and one that cannot be kept is
 * made later.
 */
export const steadySnapshots = (snapshots: Snapshots, telemetry: Pick<Telemetry, 'warn' | 'count'>): Snapshots => ({
  ...snapshots,
  ...steadyReader(snapshots, telemetry),
  keep: (...snapshot) => unlessFailed(() => snapshots.keep(...snapshot), 'Snapshot could not be kept', telemetry),
  keepLine: (...line) => unlessFailed(() => snapshots.keepLine(...line), 'Time line could not be kept', telemetry),
  dropLines: (...lines) => unlessFailed(() => snapshots.dropLines(...lines), 'Time lines could not go', telemetry),
});

/** The same, for those who only read. Whether a command is marked has to be known. */
export const steadyReader = (
  snapshots: SnapshotReader,
  telemetry: Pick<Telemetry, 'warn' | 'count'>,
): SnapshotReader => ({
  latest: (...of) => unlessFailed(() => snapshots.latest(...of), 'Snapshot could not be read', telemetry),
  stretch: (...of) => unlessFailed(() => snapshots.stretch(...of), 'Time line could not be read', telemetry),
  marked: (...of) => snapshots.marked(...of),
});

const unlessFailed = async <Result>(
  work: () => Promise<Result>,
  message: string,
  telemetry: Pick<Telemetry, 'warn' | 'count'>,
): Promise<Result | undefined> => {
  try {
    return await work();
  } catch (error) {
    telemetry.count('SnapshotsFailed');
    telemetry.warn(message, { error: errorOf(error) });
    return undefined;
  }
};
