import type { DomainEvent } from '../../domain/aggregate.ts';
import { streamIdOf } from '../../domain/fold.ts';
import { timeShardOf } from '../../domain/timeShard.ts';
import { upcast } from '../../domain/upcasters.ts';
import { commandKeyOf } from './eventStore.ts';

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
