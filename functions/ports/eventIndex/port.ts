import type { DomainEvent } from '../../../domain/kernel/stream/event.ts';
import { ownerOf } from '../claims/port.ts';
import type { UnreadableEvent } from '../eventStore/item.ts';
import { type FoundName, nameOf, type StreamName } from '../ledger/port.ts';
import type { Item } from '../dynamodb/item.ts';

/** One event, as an index knows it. */
export interface TimeEntry extends FoundName {
  version: number;
  /** Milliseconds since the epoch. */
  timestamp: number;
  eventId: string;
  /** Timestamp of the version before; absent on version 1. Not said by the index of an actor. */
  previousTimestamp?: number;
  /** Said by the indexes of a type and of an actor. */
  type?: string;
  actor?: string;
  /** Said by the index of a type, where it is not the timestamp. */
  effectiveAt?: number;
}

/**
 * A list of events: those of a month and a shard (domain/kernel/view/timeShard.ts), those of a type, or those of an
 * actor.
 */
export type Partition = string | { type: string } | { actor: string };

/** All events by time, in partitions. */
export interface EventIndex {
  /**
   * One page of a partition, in order of timestamp; eventually consistent.
   * @param from milliseconds since the epoch, inclusive, as is `to`
   * @param after `next` of the page before, or behind any entry of the range
   */
  page(
    partition: Partition,
    range: { from: number; to: number; limit: number; after?: string },
  ): Promise<{ entries: TimeEntry[]; next?: string }>;
  /** Which of these streams have a first event; consistently read. @returns stream ids */
  existing(streams: StreamName[]): Promise<Set<string>>;
  /** The events that entries stand for, in their order; of what is no event, why it is none. */
  events(entries: TimeEntry[]): Promise<(DomainEvent | UnreadableEvent)[]>;
}

export type IndexName = 'byTime' | 'byType' | 'byActor';

/** What each index projects of an event, besides its keys: each byte is paid once more per event. */
export const projections: Record<IndexName, readonly string[]> = {
  byTime: ['eventId', 'previousTimestamp', 'aggregate', 'aggregateId'],
  byType: ['eventId', 'previousTimestamp', 'actor', 'effectiveAt'],
  byActor: ['eventId', 'type'],
};

/** Where a partition stands: its index, and the key that it has there. */
export const placeOf = (partition: Partition): { index: IndexName; attribute: string; key: string } => {
  if (typeof partition === 'string') return { index: 'byTime', attribute: 'timeShard', key: partition };
  return 'type' in partition
    ? { index: 'byType', attribute: 'type', key: partition.type }
    : { index: 'byActor', attribute: 'actor', key: partition.actor };
};

/** Where a page goes on behind an entry: as `next` of a page that ends with it. */
export const behind = (
  partition: Partition,
  entry: Pick<TimeEntry, 'aggregate' | 'aggregateId' | 'version' | 'timestamp'>,
): string => {
  const { attribute, key } = placeOf(partition);
  const { timestamp, version } = entry;
  return JSON.stringify({ [attribute]: key, timestamp, streamId: nameOf(entry), version });
};

/**
 * An item as the index shows it. The stream id is the truth of whose event it is; older shapes of events name their
 * aggregate otherwise.
 */
export const entryOf = (item: Item): TimeEntry => ({
  ...ownerOf(String(item['streamId'])),
  version: Number(item['version']),
  timestamp: Number(item['timestamp']),
  eventId: String(item['eventId']),
  ...(typeof item['previousTimestamp'] === 'number' && { previousTimestamp: item['previousTimestamp'] }),
  ...(typeof item['type'] === 'string' && { type: item['type'] }),
  ...(typeof item['actor'] === 'string' && { actor: item['actor'] }),
  ...(typeof item['effectiveAt'] === 'number' && { effectiveAt: item['effectiveAt'] }),
});
