import type { AggregateName } from '../../../domain/kernel/aggregate.ts';
import type { DomainEvent } from '../../../domain/kernel/event.ts';
import { ownerOf } from '../claims/port.ts';
import type { UnreadableEvent } from '../eventStore/item.ts';
import type { StreamName } from '../ledger/port.ts';

/** One event, as the time index knows it. */
export interface TimeEntry {
  aggregate: AggregateName;
  aggregateId: string;
  version: number;
  /** Milliseconds since the epoch. */
  timestamp: number;
  eventId: string;
  /** Timestamp of the version before; absent on version 1. */
  previousTimestamp?: number;
}

/** All events by time, in partitions of a month and a shard (domain/kernel/timeShard.ts). */
export interface EventIndex {
  /**
   * One page of a partition, in order of timestamp; eventually consistent.
   * @param from milliseconds since the epoch, inclusive, as is `to`
   * @param after `next` of the page before
   */
  page(
    partition: string,
    range: { from: number; to: number; limit: number; after?: string },
  ): Promise<{ entries: TimeEntry[]; next?: string }>;
  /** Which of these streams have a first event; consistently read. @returns stream ids */
  existing(streams: StreamName[]): Promise<Set<string>>;
  /** The events that entries stand for, in their order; of what is no event, why it is none. */
  events(entries: TimeEntry[]): Promise<(DomainEvent | UnreadableEvent)[]>;
}

/** An item as the index shows it. The stream id is the truth of whose event it is; older shapes of events name their aggregate otherwise. */
export const entryOf = (item: Record<string, unknown>): TimeEntry => ({
  ...ownerOf(String(item['streamId'])),
  version: Number(item['version']),
  timestamp: Number(item['timestamp']),
  eventId: String(item['eventId']),
  ...(typeof item['previousTimestamp'] === 'number' && { previousTimestamp: item['previousTimestamp'] }),
});
