import { streamIdOf } from '../../domain/fold.ts';
import { eventOf } from './eventItem.ts';
import type { EventIndex, TimeEntry } from './eventIndex.ts';

/** The time index over the items of an event store in memory. */
export const memoryEventIndex = (items: Record<string, unknown>[]): EventIndex => {
  const events = () => items.map((item) => eventOf(structuredClone(item)));
  return {
    async page(partition, { from, to, limit, after }) {
      const inPartition = items
        .filter((item) => item['timeShard'] === partition && Number(item['timestamp']) >= from && Number(item['timestamp']) <= to)
        .map((item) => eventOf(structuredClone(item)))
        .sort((one, other) => one.timestamp - other.timestamp || (one.eventId < other.eventId ? -1 : 1));
      const start = after === undefined ? 0 : Number(after);
      const entries = inPartition.slice(start, start + limit).map(({ aggregate, aggregateId, version, timestamp, eventId, previousTimestamp }): TimeEntry => ({
        aggregate, aggregateId, version, timestamp, eventId, ...(previousTimestamp !== undefined && { previousTimestamp }),
      }));
      return { entries, next: start + limit < inPartition.length ? String(start + limit) : undefined };
    },
    async existing(streams) {
      const first = new Set(events().filter(({ version }) => version === 1).map(({ aggregate, aggregateId }) => streamIdOf(aggregate, aggregateId)));
      return new Set(streams.map(({ aggregate, aggregateId }) => streamIdOf(aggregate, aggregateId)).filter((streamId) => first.has(streamId)));
    },
    async events(entries) {
      return entries.flatMap((entry) => events().find((event) => event.aggregate === entry.aggregate && event.aggregateId === entry.aggregateId && event.version === entry.version) ?? []);
    },
  };
};
