import type { DomainEvent } from './event.ts';
import { evolve, fold, isIncremental } from './fold.ts';
import { initialState, type State } from './state.ts';
import { isOfItsTime, type Stream } from './stream.ts';
import { unused, type Usage, usageAfter } from './usage.ts';

/**
 * What a stream came to at one of its events: derived, and made again from the events at any time. It is of one event,
 * not only of a version: a store that was restored to an earlier moment may have another event there.
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
 * How snapshots are made. To be raised with every change of what stored events come to: of an `evolve`, an upcaster or
 * the fold. What is declared of an aggregate's columns counts by itself.
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

/**
 * What a stream came to at each of its events; undefined at those where it cannot be told, being damaged there and
 * mended by a later correction.
 * @param events all of it, or those behind a snapshot; none of these then says anything of the past
 */
export const snapshotsOf = (events: DomainEvent[], before?: Snapshot): (Snapshot | undefined)[] => {
  let [state, corrected, usage] = [before?.state ?? initialState, before?.corrected ?? 0, before?.usage ?? unused];
  let known = true;
  return events.map((event, index) => {
    const { version, eventId, timestamp } = event;
    usage = usageAfter(usage, event);
    if (!isOfItsTime(event)) corrected = version;
    try {
      if (known && isIncremental(event)) state = evolve(state, event);
      else if (!isIncremental(event)) state = fold(events.slice(0, index + 1));
      known ||= !isIncremental(event);
    } catch {
      known = false;
    }
    return known ? { version, eventId, timestamp, state, corrected, usage } : undefined;
  });
};
