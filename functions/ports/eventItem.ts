import type { DomainEvent } from '../../domain/aggregate.ts';
import { streamIdOf } from '../../domain/fold.ts';
import { upcast } from '../../domain/upcasters.ts';
import { commandKeyOf } from './eventStore.ts';

/** Shards of index byTime in each month, so that no single partition takes all writes. */
export const timeShards = 8;

/** `2026-11#3`: the UTC month, and the shard of the stream. */
export const timeShardOf = (streamId: string, timestamp: number): string =>
  `${new Date(timestamp).toISOString().slice(0, 7)}#${hash(streamId) % timeShards}`;

// FNV-1a, 32 bit: spreads evenly, and is the same on every machine.
const hash = (text: string): number => {
  let value = 0x811c9dc5;
  for (const byte of Buffer.from(text)) value = Math.imul(value ^ byte, 0x01000193) >>> 0;
  return value;
};

/** The event as table eventStore holds it: with its keys and those of the indexes. */
export const itemOf = (event: DomainEvent): Record<string, unknown> => {
  const streamId = streamIdOf(event.aggregate, event.aggregateId);
  return { ...event, streamId, commandKey: commandKeyOf(event), timeShard: timeShardOf(streamId, event.timestamp) };
};

/** The event as messages carry it: as stored, but for the keys of the indexes. */
export const messageOf = ({ commandKey: _commandKey, timeShard: _timeShard, ...event }: Record<string, unknown>): Record<string, unknown> => event;

/** The event of an item, in the current shape. */
export const eventOf = (item: Record<string, unknown>): DomainEvent => {
  const { streamId: _streamId, ...event } = messageOf(upcast(item) as unknown as Record<string, unknown>);
  return event as unknown as DomainEvent;
};
