import type { AggregateName } from '../../domain/kernel/aggregate.ts';
import type { DomainEvent } from '../../domain/kernel/stream/event.ts';
import { fold, foldAt } from '../../domain/kernel/stream/fold.ts';
import { stateIn, storedIn } from '../../domain/kernel/stream/line.ts';
import { resumed, type Snapshot, snapshotEvery } from '../../domain/kernel/stream/snapshot.ts';
import type { State } from '../../domain/kernel/stream/state.ts';
import { isOfItsTime } from '../../domain/kernel/stream/stream.ts';
import type { EventReader } from '../ports/eventStore/port.ts';
import { lastVersion, type SnapshotReader } from '../ports/snapshots/port.ts';

export interface PastPorts {
  eventStore: EventReader;
  snapshots: Pick<SnapshotReader, 'latest' | 'stretch'>;
}

/**
 * When: milliseconds since the epoch. What took effect after `timestamp`, or was stored after `knownAt`, does not
 * count.
 */
export interface Moment {
  timestamp: number;
  knownAt: number;
}

/** A stream that is longer than what is read of it. */
interface LongStream {
  aggregate: AggregateName;
  aggregateId: string;
  /** Its last events. */
  newest: DomainEvent[];
  ports: PastPorts;
}

/** A stream up to a moment. */
interface Read {
  /** The snapshot that it was read from on; undefined: from its beginning. */
  since?: Snapshot;
  /** Those after the snapshot, or all. */
  events: DomainEvent[];
}

/** Of a stream that is no longer, this is all; it fits in what one read unit takes. */
const newestEvents = 8;

/**
 * What an aggregate was at a moment, as it was known at another: the same as `foldAt` of its whole stream, but for what
 * is said of one that is not live. Of a long stream, only what is near the two moments is read: what was stored up to
 * the moment of effect says it all, unless a correction was stored after it that was known; then the time line says it
 * that was kept with that correction. Where these are not to be had, the whole stream is read.
 * @throws UnreadableEvent; ImpossibleEvent when the stream is damaged
 */
export const stateAt = async (
  ports: PastPorts,
  aggregate: AggregateName,
  aggregateId: string,
  moment: Moment,
): Promise<State> => {
  const newest = await ports.eventStore.loadLast(aggregate, aggregateId, newestEvents);
  const isAll = newest.length < newestEvents || newest[0]!.version === 1;
  // What stands before an erasure does not count, whatever keys there are: only the whole stream says so.
  const state =
    isAll || newest.some((event) => event.erased)
      ? undefined
      : await ofLong({ aggregate, aggregateId, newest, ports }, moment);
  if (state) return state;
  const events = isAll ? newest : await ports.eventStore.load(aggregate, aggregateId);
  return foldAt(events, moment.timestamp, moment.knownAt);
};

const ofLong = async (stream: LongStream, { timestamp, knownAt }: Moment): Promise<State | undefined> => {
  const known = await readUpTo(stream, knownAt);
  if (!known) return undefined;
  const last = known.events.at(-1)?.timestamp ?? known.since?.timestamp ?? -Infinity;
  // Nothing takes effect after it is stored.
  if (last <= timestamp) return stateOf(stream, known);
  const corrected = known.events.findLast((event) => !isOfItsTime(event))?.version ?? known.since?.corrected ?? 0;
  if (corrected > 0) {
    const correction = known.events.find(({ version }) => version === corrected) ?? (await eventAt(stream, corrected));
    if (correction?.version !== corrected) return undefined;
    if (correction.timestamp > timestamp)
      return (
        (await ofLine(stream, correction, timestamp)) ??
        // What was stored after it took effect after it.
        foldAt(await upTo(stream, corrected), timestamp)
      );
  }
  const then = await readUpTo(stream, timestamp);
  return then && stateOf(stream, then);
};

/** From the beginning, where something behind the snapshot says something of what was before it. */
const stateOf = async (stream: LongStream, { since, events }: Read): Promise<State> => {
  const state = since ? resumed(since, events)?.state : fold(events);
  return state ?? fold(await upTo(stream, events.at(-1)?.version ?? since!.version));
};

const upTo = ({ aggregate, aggregateId, ports }: LongStream, version: number): Promise<DomainEvent[]> =>
  ports.eventStore.loadAfter(aggregate, aggregateId, 0, version);

const eventAt = async ({ aggregate, aggregateId, ports }: LongStream, version: number) =>
  (await ports.eventStore.loadSettled(aggregate, aggregateId, version - 1, 1))[0];

/**
 * A stream up to a moment of recording, from the last snapshot before it on; undefined where there is none that can be
 * relied on, and the beginning is too far.
 */
const readUpTo = async (
  { aggregate, aggregateId, newest, ports: { eventStore, snapshots } }: LongStream,
  moment: number,
): Promise<Read | undefined> => {
  const end = Math.min(moment, newest.at(-1)!.timestamp);
  const since = await snapshots.latest(aggregate, aggregateId, { timestamp: end, version: lastVersion });
  // With the event that the snapshot is of.
  const begin = since?.version ?? 1;
  const read: DomainEvent[] = [];
  const next = () => begin + read.length;
  const isEnough = () => (read.at(-1)?.timestamp ?? -Infinity) > moment;
  for (let limit = snapshotEvery + 1; !isEnough() && next() < newest[0]!.version; limit *= 2) {
    const wanted = Math.min(limit, newest[0]!.version - next());
    let page = await eventStore.loadSettled(aggregate, aggregateId, next() - 1, wanted);
    if (page.length < wanted) page = await eventStore.loadAfter(aggregate, aggregateId, next() - 1, wanted);
    if (page.some(({ version }, index) => version !== next() + index) || page.length === 0) return undefined;
    read.push(...page);
    if (!since && !isEnough() && next() < newest[0]!.version) return undefined;
  }
  if (!isEnough()) read.push(...newest.filter(({ version }) => version >= next()));
  if (since && read[0]?.eventId !== since.eventId) return undefined;
  const events = read.filter(({ timestamp }) => timestamp <= moment);
  return since ? { since, events: events.slice(1) } : { events };
};

/** What was the case at a moment on the time line that was kept with a correction. */
const ofLine = async (
  { aggregate, aggregateId, ports: { eventStore, snapshots } }: LongStream,
  { version, eventId }: DomainEvent,
  moment: number,
): Promise<State | undefined> => {
  const stretch = await snapshots.stretch(aggregate, aggregateId, version, moment);
  if (stretch?.known.eventId !== eventId || (stretch.to && stretch.to.at <= moment)) return undefined;
  const stored = storedIn(stretch);
  const wanted = stored ? stored.last - stored.first + 1 : 0;
  const events = stored ? await eventStore.loadSettled(aggregate, aggregateId, stored.first - 1, wanted) : [];
  return stateIn(stretch, events, moment, { aggregate, aggregateId });
};
