import type { DomainEvent } from './event.ts';
import { evolve } from './fold.ts';
import { initialState, type State } from './state.ts';
import { isOfItsTime, type Stream } from './stream.ts';
import { type Usage, usageAfter } from './usage.ts';

/**
 * What a stream came to at one of its events: derived, and made again from the events at any time. It is of one event, not
 * only of a version: a store that was restored to an earlier moment may have another event there.
 */
export interface Snapshot {
  version: number;
  eventId: string;
  /** That of the event. */
  timestamp: number;
  /** Missing where it was destroyed with the keys of its life. */
  state?: State;
  corrected: number;
  usage: Usage;
}

/** Versions from one snapshot of a stream to the next. */
export const snapshotEvery = 20;

/**
 * How snapshots are made. To be raised with every change of what stored events come to: of an `evolve`, an upcaster or the
 * fold. What is declared of an aggregate's columns counts by itself.
 */
export const foldVersion = 1;

/**
 * Whether a snapshot is due.
 * @param from version of the one that the stream was resumed from; 0: all of it was read
 */
export const isDue = (version: number, from: number): boolean =>
  version - from >= 2 * snapshotEvery || (version % snapshotEvery === 0 && version > from);

/** @param event the last one of the stream */
export const snapshotOf = ({ state, corrected, usage }: Stream, { eventId }: DomainEvent): Snapshot => ({
  version: state.version,
  eventId,
  timestamp: state.updatedAt,
  state,
  corrected,
  usage,
});

/**
 * The stream behind a snapshot.
 * @param events all after the snapshot's, in order of version
 * @returns undefined when they have to be seen with all before them
 * @throws ImpossibleEvent when they do not follow
 */
export const resumed = ({ state, ...snapshot }: Snapshot, events: DomainEvent[]): Stream | undefined => {
  if (!events.every(isOfItsTime)) return undefined;
  // What was erased since says nothing of what it followed.
  if (!state && !events[0]?.erased) return undefined;
  const { version, timestamp, corrected, usage } = snapshot;
  return {
    events,
    without: new Set(),
    state: events.reduce(evolve, state ?? { ...initialState, version, updatedAt: timestamp }),
    corrected,
    usage: events.reduce(usageAfter, usage),
  };
};
