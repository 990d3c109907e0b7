import { corrected, isCorrection, versionsOf } from './correction.ts';
import { type DomainEvent, effectiveAtOf } from './event.ts';
import { foldEffective, sinceErasure } from './fold.ts';
import { momentRule } from '../values/moment.ts';
import { snapshotEvery } from './snapshot.ts';
import type { State } from './state.ts';

/** A place in the order in which events took effect. */
export interface Place {
  /** Milliseconds since the epoch. */
  at: number;
  version: number;
}

/** An event as corrections have it. */
type Said = Required<Pick<DomainEvent, 'version' | 'type' | 'payload' | 'timestamp' | 'effectiveAt'>>;

/**
 * A part of a time line: some events in the order in which they took effect, as they were known when one of a stream's
 * corrections was stored, and what the stream came to before them. Derived, and made again from the events at any time.
 */
export interface Stretch {
  /** That correction. */
  known: Pick<DomainEvent, 'version' | 'eventId'>;
  /** Where it begins: what took effect from there on, up to where the next one begins, is in it. */
  from: Place;
  /** Where the next one begins; the last one has none. */
  to?: Place;
  state: State;
  /** The version of what counts as it is stored, or what corrections have made of it. A correction itself but counts. */
  entries: (number | Said)[];
}

/** Where a time line begins. */
export const lineStart: Place = { at: momentRule.earliest, version: 0 };

/** Entries of a stretch, and stored events that have to be read for it, at the most. */
const mostEntries = snapshotEvery;
const mostStored = 2 * snapshotEvery;
/** What is said in a stretch itself, in characters: it has to pass DynamoDB, which takes 400 KB. */
const mostSaid = 50_000;

/** Time lines of a stream that are kept, at the most: those of its last corrections. */
const mostLines = 8;
/** A stream that is shorter is read as a whole. */
const shortest = 2 * snapshotEvery;

/** The corrections of a stream with which a time line is kept. @param events all of it */
export const linesKept = (events: DomainEvent[]): DomainEvent[] => {
  const { rest } = sinceErasure(events);
  return rest.filter((event) => isCorrection(event) && event.version >= shortest).slice(-mostLines);
};

interface Placed extends Place {
  event: DomainEvent;
  entry: number | Said;
}

/**
 * The time line of a stream as it was known with a correction.
 * @param events the beginning of the stream; the correction is the last of them
 * @throws ImpossibleEvent
 */
export const lineOf = (events: DomainEvent[]): Stretch[] => {
  const { eventId, version } = events.at(-1)!;
  const { gone, rest } = sinceErasure(events);
  const begin = (from: Place, state: State): Stretch => ({ known: { version, eventId }, from, state, entries: [] });
  let current = begin(lineStart, gone);
  const stretches = [current];
  let state = gone;
  let [first, said] = [Infinity, 0];
  for (const { at, version: each, event, entry } of placed(rest)) {
    const stored = typeof entry === 'number';
    const size = stored ? 0 : JSON.stringify(entry).length;
    const full =
      current.entries.length === mostEntries ||
      (stored && entry - first >= mostStored) ||
      (current.entries.length > 0 && said + size > mostSaid);
    if (full) {
      current.to = { at, version: each };
      current = begin(current.to, state);
      stretches.push(current);
      [first, said] = [Infinity, 0];
    }
    current.entries.push(entry);
    if (stored) first = Math.min(first, entry);
    said += size;
    state = after(state, event);
  }
  return stretches;
};

/** All that counts, where it took effect; of a correction, that it was stored. */
const placed = (events: DomainEvent[]): Placed[] => {
  const stored = versionsOf(events);
  const happened = corrected(events).map((event): Placed => {
    const { version, type, payload, timestamp } = event;
    const effectiveAt = effectiveAtOf(event);
    const original = stored.get(version)!;
    const isAsStored = original.type === type && original.payload === payload && effectiveAt === timestamp;
    return {
      at: effectiveAt,
      version,
      event,
      entry: isAsStored ? version : { version, type, payload, timestamp, effectiveAt },
    };
  });
  const corrections = events
    .filter(isCorrection)
    .map((event): Placed => ({ at: event.timestamp, version: event.version, event, entry: event.version }));
  return [...happened, ...corrections].sort((one, other) => one.at - other.at || one.version - other.version);
};

/** What a stream comes to with one more event, in the order of effect. */
const after = (state: State, event: DomainEvent): State => {
  const next = isCorrection(event) ? state : foldEffective(state, [], [event]);
  const { version, timestamp } = event;
  return version > state.version ? { ...next, version, updatedAt: timestamp } : next;
};

/** The versions of the events that have to be read to go through a stretch; undefined if there are none. */
export const storedIn = ({ entries }: Stretch): { first: number; last: number } | undefined => {
  const versions = entries.filter((entry) => typeof entry === 'number');
  return versions.length > 0 ? { first: Math.min(...versions), last: Math.max(...versions) } : undefined;
};

/**
 * What a stream came to by a moment that is in a stretch.
 * @param events those that are stored in it
 * @returns undefined where one is missing
 * @throws ImpossibleEvent
 */
export const stateIn = (
  { state: before, entries }: Stretch,
  events: DomainEvent[],
  moment: number,
  of: Pick<DomainEvent, 'aggregate' | 'aggregateId'>,
): State | undefined => {
  const stored = versionsOf(events);
  let state = before;
  for (const entry of entries) {
    const event = typeof entry === 'number' ? stored.get(entry) : ({ ...entry, ...of } as DomainEvent);
    if (!event) return undefined;
    const at = typeof entry === 'number' ? event.timestamp : entry.effectiveAt;
    if (at > moment) break;
    state = after(state, event);
  }
  return state;
};
