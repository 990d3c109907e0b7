import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { DomainEvent } from '../../../domain/kernel/stream/event.ts';
import { monthsBetween, shardsOf, timeShardOf } from '../../../domain/kernel/view/timeShard.ts';
import type { EventIndex, Partition, TimeEntry } from '../../../functions/ports/eventIndex/port.ts';
import type { EventStore } from '../../../functions/ports/eventStore/port.ts';

const none = { takes: [], releases: [] };

/** What every time index must do. @param open gives the index, and the event store that it belongs to */
export const eventIndexSuite = (name: string, open: () => { eventIndex: EventIndex; eventStore: EventStore }): void => {
  describe(`event index ${name}`, () => {
    /** A month that no other test stores events in. */
    const someMonth = () => Date.UTC(2030 + Math.floor(Math.random() * 7900), Math.floor(Math.random() * 12));

    const eventFor = (
      aggregateId: string,
      version: number,
      timestamp: number,
      previousTimestamp?: number,
    ): DomainEvent => ({
      eventId: randomUUID(),
      aggregate: 'group',
      aggregateId,
      version,
      type: version === 1 ? 'GroupCreated' : 'GroupUpdated',
      payload: { name: `${version}` },
      executionQueue: 'executeCreateGroupQueue',
      timestamp,
      ...(previousTimestamp !== undefined && { previousTimestamp }),
      commandId: randomUUID(),
      operation: 'createGroup',
      actor: 'admin:a',
      schemaVersion: 1,
    });
    const entryOf = ({
      aggregate,
      aggregateId,
      version,
      timestamp,
      eventId,
      previousTimestamp,
    }: DomainEvent): TimeEntry => ({
      aggregate,
      aggregateId,
      version,
      timestamp,
      eventId,
      ...(previousTimestamp !== undefined && { previousTimestamp }),
    });

    const allPages = async (
      eventIndex: EventIndex,
      partition: Partition,
      range: { from: number; to: number },
      limit: number,
    ) => {
      const found: TimeEntry[] = [];
      let after: string | undefined;
      do {
        const { entries, next } = await eventIndex.page(partition, { ...range, limit, after });
        expect(entries.length).toBeLessThanOrEqual(limit);
        found.push(...entries);
        after = next;
      } while (after !== undefined);
      return found;
    };

    it('gives the events of a partition and a range in order of time, page by page, each once', async () => {
      const { eventIndex, eventStore } = open();
      const [month, id] = [someMonth(), randomUUID()];
      const stored = Array.from({ length: 9 }, (_, index) =>
        eventFor(id, index + 1, month + 1000 * index, index > 0 ? month + 1000 * (index - 1) : undefined),
      );
      for (const event of stored) await eventStore.append(event, none);
      const partition = timeShardOf(`group#${id}`, month);
      for (const limit of [1, 2, 4, 9, 100]) {
        expect(
          await allPages(eventIndex, partition, { from: month, to: month + 8000 }, limit),
          `pages of ${limit}`,
        ).toEqual(stored.map(entryOf));
        expect(await allPages(eventIndex, partition, { from: month + 1000, to: month + 7000 }, limit)).toEqual(
          stored.slice(1, 8).map(entryOf),
        );
      }
      expect(await allPages(eventIndex, partition, { from: month + 8001, to: month + 9000 }, 10)).toEqual([]);
      expect(await allPages(eventIndex, partition, { from: month + 2000, to: month + 1000 }, 10)).toEqual([]);
    });

    it('loses none of many events of one millisecond', async () => {
      const { eventIndex, eventStore } = open();
      const [month, id] = [someMonth(), randomUUID()];
      const stored = Array.from({ length: 7 }, (_, index) =>
        eventFor(id, index + 1, month, index > 0 ? month : undefined),
      );
      for (const event of stored) await eventStore.append(event, none);
      const found = await allPages(eventIndex, timeShardOf(`group#${id}`, month), { from: month, to: month }, 3);
      expect(found.map(({ eventId }) => eventId).sort()).toEqual(stored.map(({ eventId }) => eventId).sort());
    });

    it('has every stream in one of the partitions of a month', async () => {
      const { eventIndex, eventStore } = open();
      const month = someMonth();
      const ids = Array.from({ length: 20 }, () => randomUUID());
      for (const [index, id] of ids.entries()) await eventStore.append(eventFor(id, 1, month + index), none);
      const pages = await Promise.all(
        shardsOf(monthsBetween(month, month + 20)[0]!).map((partition) =>
          allPages(eventIndex, partition, { from: month, to: month + 20 }, 100),
        ),
      );
      expect(
        pages
          .flat()
          .map(({ aggregateId }) => aggregateId)
          .sort(),
      ).toEqual([...ids].sort());
    });

    it('knows which streams have begun', async () => {
      const { eventIndex, eventStore } = open();
      const ids = Array.from({ length: 130 }, () => randomUUID());
      const begun = ids.filter((_, index) => index % 3 === 0);
      for (const id of begun) await eventStore.append(eventFor(id, 1, someMonth()), none);
      const streams = ids.map((aggregateId) => ({ aggregate: 'group' as const, aggregateId }));
      expect(await eventIndex.existing(streams)).toEqual(new Set(begun.map((id) => `group#${id}`)));
      expect(
        await eventIndex.existing(begun.map((aggregateId) => ({ aggregate: 'role' as const, aggregateId }))),
      ).toEqual(new Set());
      expect(await eventIndex.existing([])).toEqual(new Set());
    });

    it('gives the events of a type and those of an actor, with what its entries say', async () => {
      const { eventIndex, eventStore } = open();
      const [month, id, actor] = [someMonth(), randomUUID(), `admin:${randomUUID()}`];
      const stored = [
        eventFor(id, 1, month),
        { ...eventFor(id, 2, month + 10, month), actor, effectiveAt: month + 5 },
        { ...eventFor(id, 3, month + 10, month + 10), actor },
      ];
      for (const event of stored) await eventStore.append(event, none);
      const [, second, third] = stored.map(({ type, ...event }) => ({ ...entryOf({ type, ...event }), type }));
      const range = { from: month, to: month + 20 };
      const updates = (await allPages(eventIndex, { type: 'GroupUpdated' }, range, 1)).filter(
        ({ aggregateId }) => aggregateId === id,
      );
      expect(updates.sort((one, other) => one.version - other.version)).toEqual([
        { ...second, actor, effectiveAt: month + 5 },
        { ...third, actor },
      ]);
      expect(
        (await allPages(eventIndex, { actor }, range, 1)).sort((one, other) => one.version - other.version),
      ).toEqual([second, third].map((entry) => ({ ...entry, actor, previousTimestamp: undefined })));
      expect(await allPages(eventIndex, { actor }, { from: month, to: month + 9 }, 10)).toEqual([]);
    });

    it('gives the events that entries stand for, in their order', async () => {
      const { eventIndex, eventStore } = open();
      const [month, id] = [someMonth(), randomUUID()];
      const stored = Array.from({ length: 120 }, (_, index) =>
        eventFor(id, index + 1, month + index, index > 0 ? month + index - 1 : undefined),
      );
      for (const event of stored) await eventStore.append(event, none);
      const wanted = [...stored].reverse();
      expect(await eventIndex.events(wanted.map(entryOf))).toEqual(wanted);
      expect(await eventIndex.events([])).toEqual([]);
    });
  });
};
