import type { AggregateName } from '../../../domain/kernel/aggregate.ts';
import { streamIdOf } from '../../../domain/kernel/stream/event.ts';
import { actionOf, eventTypeOf } from '../../../domain/operations.ts';
import { storedClaims } from '../claims/stored.ts';
import { memoryKeys, type MemoryKeys } from '../keys/memory.ts';
import { commandKeyOf, type EventStore, isOfCommand } from './port.ts';
import { readableEventsOf, sealedEvent } from './sealing.ts';
import type { Item } from '../dynamodb/item.ts';

/** The event store in memory, and a look at what it holds. */
export interface MemoryEventStore extends EventStore {
  /** All items, in the order in which they were appended. */
  items: Item[];
  /** Claim key → id of the stream that holds it. */
  claims: Map<string, string>;
  keys: MemoryKeys;
}

export const memoryEventStore = (keys = memoryKeys()): MemoryEventStore => {
  const items: Item[] = [];
  const claims = new Map<string, string>();
  const loadAfter = async (aggregate: AggregateName, aggregateId: string, version: number, limit?: number) => {
    const ofStream = items
      .filter((item) => item['streamId'] === streamIdOf(aggregate, aggregateId) && Number(item['version']) > version)
      .sort((one, other) => Number(one['version']) - Number(other['version']))
      .slice(0, limit);
    return readableEventsOf(structuredClone(ofStream), keys);
  };

  return {
    items,
    claims,
    keys,
    load: (aggregate, aggregateId) => loadAfter(aggregate, aggregateId, 0),
    loadAfter,
    loadSettled: loadAfter,
    loadLast: async (aggregate, aggregateId, limit) => {
      const ofStream = items
        .filter((item) => item['streamId'] === streamIdOf(aggregate, aggregateId))
        .sort((one, other) => Number(one['version']) - Number(other['version']))
        .slice(-limit);
      return readableEventsOf(structuredClone(ofStream), keys);
    },
    versionOf: async (command) => {
      const found = items.find(
        ({ commandKey, streamId }) =>
          commandKey === commandKeyOf(command) && streamId === streamIdOf(command.aggregate, command.aggregateId),
      );
      return found && Number(found['version']);
    },
    hasClear: async (aggregate, aggregateId) =>
      items.some(
        ({ streamId, life, type }) =>
          streamId === streamIdOf(aggregate, aggregateId) &&
          life === undefined &&
          type !== eventTypeOf(aggregate, 'erase'),
      ),
    append: async (event, changes) => {
      const streamId = streamIdOf(event.aggregate, event.aggregateId);
      const sealed = await sealedEvent(event, keys);
      const stands = sealed.newKey && keys.table.holds(streamId, sealed.newKey.life);
      const { item, newKey } = stands ? await sealedEvent(event, keys, true) : sealed;
      const takes = await storedClaims(changes.takes, keys);
      const releases = await storedClaims(changes.releases, keys);
      const met = items.find((each) => each['streamId'] === streamId && each['version'] === event.version);
      if (met) {
        const [found] = await readableEventsOf([structuredClone(met)], keys);
        if (found?.eventId === event.eventId) return { kind: 'appended' };
        return found && isOfCommand(event)(found) ? { kind: 'repeat', event: found } : { kind: 'versionTaken' };
      }
      const taken = takes.find(({ key }) => (claims.get(key) ?? streamId) !== streamId);
      if (taken) return { kind: 'uniqueTaken', attribute: taken.attribute };
      items.push(structuredClone(item));
      for (const { key } of takes) claims.set(key, streamId);
      for (const { key } of releases) if (claims.get(key) === streamId) claims.delete(key);
      if (newKey) keys.table.store(streamId, newKey);
      if (actionOf(event) === 'erase') keys.table.destroy(streamId);
      if (newKey || actionOf(event) === 'erase') keys.forget(streamId);
      return { kind: 'appended' };
    },
  };
};
