import type { AggregateName, DomainEvent } from '../../domain/aggregate.ts';
import type { StreamName } from './ledger.ts';

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

/** All events by time, in partitions of a month and a shard (domain/timeShard.ts). */
export interface EventIndex {
  /**
   * One page of a partition, in order of timestamp; eventually consistent.
   * @param from milliseconds since the epoch, inclusive, as is `to`
   * @param after `next` of the page before
   */
  page(partition: string, range: { from: number; to: number; limit: number; after?: string }): Promise<{ entries: TimeEntry[]; next?: string }>;
  /** Which of these streams have a first event; consistently read. @returns stream ids */
  existing(streams: StreamName[]): Promise<Set<string>>;
  /** The events that entries stand for, in their order. */
  events(entries: TimeEntry[]): Promise<DomainEvent[]>;
}
