import type { MemoryEventStore } from '../eventStore/memory.ts';
import { eventsOf } from '../eventStore/sealing.ts';
import { nameOf } from '../ledger/port.ts';
import { startKeyIn } from '../dynamodb/startKey.ts';
import { behind, entryOf, type EventIndex, placeOf, projections } from './port.ts';
import type { Item } from '../dynamodb/item.ts';

/** The indexes by time over the items of an event store in memory. */
export const memoryEventIndex = ({ items, keys }: Pick<MemoryEventStore, 'items' | 'keys'>): EventIndex => ({
  async page(partition, { from, to, limit, after }) {
    const { index, attribute, key } = placeOf(partition);
    const shown = ['streamId', 'version', 'timestamp', attribute, ...projections[index]];
    const inPartition = items
      .filter((item) => item[attribute] === key && Number(item['timestamp']) >= from && Number(item['timestamp']) <= to)
      .sort(
        (one, other) =>
          Number(one['timestamp']) - Number(other['timestamp']) ||
          (String(one['eventId']) < String(other['eventId']) ? -1 : 1),
      );
    const project = (item: Item) => Object.fromEntries(Object.entries(item).filter(([name]) => shown.includes(name)));
    const last = startKeyIn(after) ?? {};
    const start =
      1 +
      inPartition.findIndex(({ streamId, version }) => streamId === last['streamId'] && version === last['version']);
    const rows = inPartition.slice(start, start + limit).map((item) => entryOf(project(item)));
    const end = rows.at(-1);
    return { entries: rows, next: end && start + limit < inPartition.length ? behind(partition, end) : undefined };
  },
  async existing(streams) {
    const first = new Set(items.filter((item) => item['version'] === 1).map((item) => item['streamId']));
    return new Set(streams.map(nameOf).filter((streamId) => first.has(streamId)));
  },
  async events(entries) {
    const places = new Map(items.map((item) => [`${String(item['streamId'])} ${String(item['version'])}`, item]));
    const found = entries.flatMap((entry) => {
      const item = places.get(`${nameOf(entry)} ${entry.version}`);
      return item ? [structuredClone(item)] : [];
    });
    return eventsOf(found, keys, true);
  },
});
