import type { AggregateName } from '../../domain/kernel/aggregate.ts';
import type { DomainEvent } from '../../domain/kernel/stream/event.ts';
import { resumed, type Snapshot, snapshotEvery } from '../../domain/kernel/stream/snapshot.ts';
import { type Stream, streamOf } from '../../domain/kernel/stream/stream.ts';
import type { EventReader } from '../ports/eventStore/port.ts';
import { lastVersion, type SnapshotReader } from '../ports/snapshots/port.ts';
import { orUnrebuildable } from './unrebuildable.ts';

export interface StreamPorts {
  eventStore: Pick<EventReader, 'load' | 'loadAfter' | 'loadLast'>;
  snapshots: SnapshotReader;
}

/** A stream as it is now, read no further back than it has to be. */
export interface Loaded {
  stream: Stream;
  /** What was read of its end, in order of version; the last event is among them, if there is one. */
  newest: DomainEvent[];
  /** The snapshot behind which it was read; undefined: all of it was read. */
  since?: Snapshot;
}

/**
 * Of a stream that is no longer, this is all; of another, as much as there is behind the last snapshot, and the event
 * of that.
 */
export const newestEvents = snapshotEvery + 1;

/**
 * Loads a stream, at the cost of its last few events: those of a short one are all there are, and a long one has a
 * snapshot. Where that cannot be read, is of another event, or something behind it corrects what was before it, all of
 * the stream is loaded.
 * @throws UnreadableEvent; Unrebuildable when the stream is damaged
 */
export const loadStream = async (
  ports: StreamPorts,
  aggregate: AggregateName,
  aggregateId: string,
): Promise<Loaded> => {
  const newest = await ports.eventStore.loadLast(aggregate, aggregateId, newestEvents);
  if (newest.length < newestEvents || newest[0]!.version === 1)
    return { stream: orUnrebuildable(() => streamOf(newest)), newest };
  const since = await ports.snapshots.latest(aggregate, aggregateId, newest.at(-1)!);
  const loaded = since && (await behind(since, newest, ports.eventStore));
  return loaded ?? loadWhole(ports, aggregate, aggregateId);
};

/** Loads a stream with all of its events. @throws UnreadableEvent; Unrebuildable when it is damaged */
export const loadWhole = async (
  { eventStore }: Pick<StreamPorts, 'eventStore'>,
  aggregate: AggregateName,
  aggregateId: string,
): Promise<Loaded> => {
  const newest = await eventStore.load(aggregate, aggregateId);
  return { stream: orUnrebuildable(() => streamOf(newest)), newest };
};

/** The stream behind a snapshot, if that is of one of its events, and it can be told from there on. */
const behind = async (
  since: Snapshot,
  newest: DomainEvent[],
  { loadAfter }: StreamPorts['eventStore'],
): Promise<Loaded | undefined> => {
  const { aggregate, aggregateId, version: first } = newest[0]!;
  const between = first - since.version;
  const before = between > 0 ? await loadAfter(aggregate, aggregateId, since.version - 1, between) : [];
  const read = [...before, ...newest];
  if (!read.some((event) => event.version === since.version && event.eventId === since.eventId)) return undefined;
  const events = read.filter(({ version }) => version > since.version);
  const stream = orUnrebuildable(() => resumed(since, events));
  return stream && { stream, newest: read, since };
};

/**
 * A stream for those who trust what it came to before a moment, and look at all that came then: from the last snapshot
 * before the moment on. Where there is none, or something corrects what was before it, all of it.
 * @param moment milliseconds since the epoch
 * @throws UnreadableEvent; Unrebuildable when the stream is damaged
 */
export const loadSince = async (
  ports: StreamPorts,
  aggregate: AggregateName,
  aggregateId: string,
  moment: number,
): Promise<Loaded> => {
  const { eventStore, snapshots } = ports;
  const newest = await eventStore.loadLast(aggregate, aggregateId, newestEvents);
  if (newest.length < newestEvents || newest[0]!.version === 1)
    return { stream: orUnrebuildable(() => streamOf(newest)), newest };
  const since = await snapshots.latest(aggregate, aggregateId, { timestamp: moment - 1, version: lastVersion });
  const loaded = since && (await behind(since, newest, eventStore));
  return loaded ?? loadWhole(ports, aggregate, aggregateId);
};
