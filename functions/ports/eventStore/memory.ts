import { streamIdOf } from '../../../domain/kernel/event.ts';
import type { DomainEvent } from '../../../domain/kernel/event.ts';
import { eventOf, itemOf } from './item.ts';
import { type EventStore, isOfCommand } from './port.ts';

/** The event store in memory, and a look at what it holds. */
export interface MemoryEventStore extends EventStore {
  /** All items, in the order in which they were appended. */
  items: Record<string, unknown>[];
  /** Claim key → id of the stream that holds it. */
  claims: Map<string, string>;
}

export const memoryEventStore = (): MemoryEventStore => {
  const items: Record<string, unknown>[] = [];
  const claims = new Map<string, string>();
  const streamOf = (streamId: string): DomainEvent[] =>
    items
      .filter((item) => item['streamId'] === streamId)
      .map((item) => eventOf(structuredClone(item)))
      .sort((one, other) => one.version - other.version);

  return {
    items,
    claims,
    load: async (aggregate, aggregateId) => streamOf(streamIdOf(aggregate, aggregateId)),
    loadAfter: async (aggregate, aggregateId, version) =>
      streamOf(streamIdOf(aggregate, aggregateId)).filter((event) => event.version > version),
    append: async (event, { takes, releases }) => {
      const streamId = streamIdOf(event.aggregate, event.aggregateId);
      const met = streamOf(streamId).find(({ version }) => version === event.version);
      if (met?.eventId === event.eventId) return { kind: 'appended' };
      if (met) return isOfCommand(event)(met) ? { kind: 'repeat', event: met } : { kind: 'versionTaken' };
      const taken = takes.find(({ key }) => (claims.get(key) ?? streamId) !== streamId);
      if (taken) return { kind: 'uniqueTaken', attribute: taken.attribute };
      items.push(structuredClone(itemOf(event)));
      for (const { key } of takes) claims.set(key, streamId);
      for (const { key } of releases) if (claims.get(key) === streamId) claims.delete(key);
      return { kind: 'appended' };
    },
  };
};
