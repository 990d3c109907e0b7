import { isDeepStrictEqual } from 'node:util';
import type { AggregateName } from '../../domain/kernel/aggregate.ts';
import type { DomainEvent } from '../../domain/kernel/stream/event.ts';
import type { State } from '../../domain/kernel/stream/state.ts';
import { fold } from '../../domain/kernel/stream/fold.ts';
import { unshowable } from '../../domain/kernel/values/showable.ts';
import { isTombstone, rowOf, type ViewRow } from '../../domain/kernel/view/view.ts';
import { UnreadableEvent } from '../ports/eventStore/item.ts';
import { list } from '../ports/directory/list.ts';
import type { Directory } from '../ports/directory/port.ts';
import type { EventReader } from '../ports/eventStore/port.ts';
import type { StreamName } from '../ports/ledger/port.ts';
import type { FoundRow, Rows } from '../ports/rows/port.ts';
import { Failure } from '../runtime/failure.ts';
import { orUnrebuildable, Unrebuildable } from '../streams/unrebuildable.ts';

/** A rebuilt row. */
export interface Rebuilt {
  state: State;
  /** Whether the row, or its place in lists, was not what its stream says. */
  changed: boolean;
  /** The row as it now is; undefined where no stream accounts for one. */
  row: ViewRow | undefined;
}

interface RebuildPorts {
  eventStore: EventReader;
  directory: Directory;
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

/**
 * Makes a row equal to the fold of its whole stream, beside live traffic and other recoveries: it overwrites only what it
 * read. Where that was ahead of its stream it then looks for events that came meanwhile: their own messages may have met it
 * before it was mended, taken themselves for repeats, and passed by.
 * @param seen the row as it was found before; it is read if left out
 * @throws Unrebuildable when the stream cannot be folded; Error when the row does not hold still
 */
export const rebuild = async (
  stream: StreamName,
  ports: RebuildPorts,
  seen?: { row: FoundRow | undefined },
): Promise<Rebuilt> => {
  const rebuilt = await rebuildRow(stream, ports, seen);
  const key = { aggregate: stream.aggregate, id: stream.aggregateId };
  const look = async () => (await ports.rows.get(key)) as ViewRow | undefined;
  const listed = await list(key, rebuilt.row, ports.directory, look);
  return { ...rebuilt, changed: rebuilt.changed || listed > 0 };
};

const rebuildRow = async (
  { aggregate, aggregateId }: StreamName,
  { eventStore, rows, now }: RebuildPorts,
  seen: { row: FoundRow | undefined } | undefined,
): Promise<Rebuilt> => {
  const key = { aggregate, id: aggregateId };
  let changed = false;
  for (let tries = 0; tries < maximumTries; tries += 1) {
    const found = seen && tries === 0 ? seen.row : await rows.get(key);
    const { events, state } = await readStream({ aggregate, aggregateId }, eventStore);
    const row = present(rowOf(aggregate, aggregateId, state), found, now());
    if (isDeepStrictEqual(row, found)) return { state, changed, row };
    if (!(await rows.replace(key, row, found))) continue;
    changed = true;
    if (!isAhead(found, events.length) || (await isStill(eventStore, key.aggregate, aggregateId, events)))
      return { state, changed, row };
  }
  throw new Failure(`The row of ${aggregate}#${aggregateId} does not hold still`);
};

/** A whole stream and what it comes to. @throws Unrebuildable when it holds what is no event, or cannot be folded */
export const readStream = async (
  { aggregate, aggregateId }: StreamName,
  eventStore: EventReader,
): Promise<{ events: DomainEvent[]; state: State }> => {
  const events = await eventStore.load(aggregate, aggregateId).catch((error: unknown) => {
    throw error instanceof UnreadableEvent ? new Unrebuildable(error.message, { cause: error }) : error;
  });
  return { events, state: folded(events) };
};

/** What a stream comes to. @throws Unrebuildable when its events do not follow each other */
export const folded = (events: DomainEvent[]): State => orUnrebuildable(() => fold(events));

/** Whether a next event's message may take this row for one that has the event in it. */
const isAhead = (found: FoundRow | undefined, version: number): boolean =>
  found !== undefined && !(Number.isInteger(found['version']) && Number(found['version']) <= version);

const isStill = async (
  eventStore: EventReader,
  aggregate: StreamName['aggregate'],
  aggregateId: string,
  events: DomainEvent[],
): Promise<boolean> => (await eventStore.loadAfter(aggregate, aggregateId, events.length)).length === 0;

/** A tombstone past its time need not come back. */
const present = (row: ViewRow | undefined, found: unknown, now: number): ViewRow | undefined =>
  row && isTombstone(row) && found === undefined && row.expiresAt * 1000 < now ? undefined : row;
