import { isDeepStrictEqual } from 'node:util';
import type { AggregateName } from '../../domain/kernel/aggregate.ts';
import type { State } from '../../domain/kernel/stream/state.ts';
import { unshowable } from '../../domain/kernel/values/showable.ts';
import { isTombstone, rowOf, type ViewRow } from '../../domain/kernel/view/view.ts';
import { UnreadableEvent } from '../ports/eventStore/item.ts';
import { list } from '../ports/directory/list.ts';
import type { Directory } from '../ports/directory/port.ts';
import type { EventReader } from '../ports/eventStore/port.ts';
import type { StreamName } from '../ports/ledger/port.ts';
import type { Snapshots } from '../ports/snapshots/port.ts';
import type { FoundRow, Rows } from '../ports/rows/port.ts';
import { rowKeyOf } from '../ports/views/port.ts';
import { Failure } from '../runtime/failure.ts';
import { type Loaded, loadSince, loadWhole } from '../streams/load.ts';
import { mendSnapshots } from '../streams/mend.ts';
import { Unrebuildable } from '../streams/unrebuildable.ts';

/** A rebuilt row. */
export interface Rebuilt {
  state: State;
  /** Whether the row, or its place in lists where that was looked at, was not what its stream says. */
  changed: boolean;
  /** The row as it now is; undefined where no stream accounts for one. */
  row: ViewRow | undefined;
}

interface RebuildPorts {
  eventStore: EventReader;
  /** Left out: they are neither read nor mended. */
  snapshots?: Snapshots;
  rows: Rows;
  now(): number;
}

/** A row that is as its stream says, and that no type of the API can show: it is passed by wherever rows are shown. */
export class Unshowable extends Failure {}

/** Why a row is passed by, if it is. */
export const hiddenBecause = (aggregate: AggregateName, row: ViewRow | undefined): Unshowable | undefined => {
  const hidden = row && !isTombstone(row) ? unshowable(aggregate, row) : [];
  return hidden.length > 0 ? new Unshowable(`The row cannot be shown, because of: ${hidden.join(', ')}`) : undefined;
};

const maximumTries = 10;

/** Makes a row, and its place in lists, what its whole stream says. @throws as `rebuildRow` */
export const rebuild = async (stream: StreamName, ports: RebuildPorts & { directory: Directory }): Promise<Rebuilt> => {
  const rebuilt = await rebuildRow(stream, ports);
  const key = rowKeyOf(stream);
  const listed = await list({ key, row: rebuilt.row }, ports.directory, () => ports.rows.get(key));
  return { ...rebuilt, changed: rebuilt.changed || listed > 0 };
};

/**
 * Makes a row equal to the fold of its whole stream, beside live traffic and other recoveries: it overwrites only what
 * it read. Where that was ahead of its stream it then looks for events that came meanwhile: their own messages may have
 * met it before it was mended, taken themselves for repeats, and passed by. Snapshots are mended too; lists are not.
 * @param seen the row as it was found before; it is read if left out
 * @param since milliseconds since the epoch: what was before may be taken from snapshots; nothing, if left out
 * @throws Unrebuildable when the stream cannot be folded; Error when the row does not hold still
 */
export const rebuildRow = async (
  stream: StreamName,
  ports: RebuildPorts,
  seen?: { row: FoundRow | undefined },
  since?: number,
): Promise<Rebuilt> => {
  const { loaded, ...rebuilt } = await replaceRow(stream, ports, seen, since);
  const { snapshots } = ports;
  if (snapshots) {
    const { stream: read, since: base } = loaded;
    await mendSnapshots({ ...stream, events: read.events, since: base }, { snapshots, now: ports.now() });
  }
  return rebuilt;
};

const replaceRow = async (
  { aggregate, aggregateId }: StreamName,
  { eventStore, snapshots, rows, now }: RebuildPorts,
  seen: { row: FoundRow | undefined } | undefined,
  since: number | undefined,
): Promise<Rebuilt & { loaded: Loaded }> => {
  const key = rowKeyOf({ aggregate, aggregateId });
  let changed = false;
  for (let tries = 0; tries < maximumTries; tries += 1) {
    const found = seen && tries === 0 ? seen.row : await rows.get(key);
    const loaded = await (snapshots && since !== undefined
      ? orUnreadable(loadSince({ eventStore, snapshots }, aggregate, aggregateId, since))
      : readStream({ aggregate, aggregateId }, eventStore));
    const { state } = loaded.stream;
    const row = present(rowOf(aggregate, aggregateId, state), found, now());
    if (isDeepStrictEqual(row, found)) return { state, changed, row, loaded };
    if (!(await rows.replace(key, row, found))) continue;
    changed = true;
    if (!isAhead(found, state.version) || (await isStill(eventStore, key.aggregate, aggregateId, state.version)))
      return { state, changed, row, loaded };
  }
  throw new Failure(`The row of ${aggregate}#${aggregateId} does not hold still`);
};

/** A whole stream and what it comes to. @throws Unrebuildable when it holds what is no event, or cannot be folded */
export const readStream = ({ aggregate, aggregateId }: StreamName, eventStore: EventReader): Promise<Loaded> =>
  orUnreadable(loadWhole({ eventStore }, aggregate, aggregateId));

const orUnreadable = <Result>(loading: Promise<Result>): Promise<Result> =>
  loading.catch((error: unknown) => {
    throw error instanceof UnreadableEvent ? new Unrebuildable(error.message, { cause: error }) : error;
  });

/** Whether a next event's message may take this row for one that has the event in it. */
const isAhead = (found: FoundRow | undefined, version: number): boolean =>
  found !== undefined && !(Number.isInteger(found['version']) && Number(found['version']) <= version);

const isStill = async (
  eventStore: EventReader,
  aggregate: StreamName['aggregate'],
  aggregateId: string,
  version: number,
): Promise<boolean> => (await eventStore.loadAfter(aggregate, aggregateId, version)).length === 0;

/** A tombstone past its time need not come back. */
const present = (row: ViewRow | undefined, found: unknown, now: number): ViewRow | undefined =>
  row && isTombstone(row) && found === undefined && row.expiresAt * 1000 < now ? undefined : row;
