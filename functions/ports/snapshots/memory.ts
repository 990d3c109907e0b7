import { streamIdOf } from '../../../domain/kernel/stream/event.ts';
import type { Keys } from '../keys/port.ts';
import { allLines, byLine, lineItemsOf, lineKeyOf, stretchKeyOf, stretchOf } from './lineItem.ts';
import { firstMark, itemOf, markKeyOf, pointKeyOf, snapshotOf, standingOf, versionIn } from './item.ts';
import { lastVersion, type Lines, type Snapshots } from './port.ts';
import type { Item } from '../dynamodb/item.ts';

/** What table snapshot holds: stream id → sort key → item. */
type Items = Map<string, Map<string, Item>>;

/** Table snapshot in memory, and a look at what it holds. */
export interface MemorySnapshots extends Snapshots {
  items: Items;
}

export const memorySnapshots = (keys: Keys, items: Items = new Map()): MemorySnapshots => {
  const ofStream = (streamId: string): Map<string, Item> => {
    const found = items.get(streamId) ?? new Map<string, Item>();
    items.set(streamId, found);
    return found;
  };
  const pointsOf = (streamId: string): string[] =>
    [...ofStream(streamId).keys()].filter((point) => point < firstMark).sort();
  const lineKeysOf = (streamId: string, { from, before }: Lines): string[] =>
    [...ofStream(streamId).keys()].filter((key) => key >= lineKeyOf(from) && key < lineKeyOf(before)).sort();
  return {
    items,
    async latest(aggregate, aggregateId, upTo) {
      const streamId = streamIdOf(aggregate, aggregateId);
      const point = pointsOf(streamId).findLast((each) => each <= pointKeyOf(upTo));
      const item = point === undefined ? undefined : ofStream(streamId).get(point);
      return item && snapshotOf(aggregate, structuredClone(item), keys, false).catch(() => undefined);
    },
    async stretch(aggregate, aggregateId, known, moment) {
      const streamId = streamIdOf(aggregate, aggregateId);
      const upTo = stretchKeyOf(known, { at: moment, version: lastVersion });
      const key = lineKeysOf(streamId, { from: known, before: known + 1 }).findLast((each) => each <= upTo);
      const item = key === undefined ? undefined : ofStream(streamId).get(key);
      return item && stretchOf(aggregate, structuredClone(item), keys, false).catch(() => undefined);
    },
    async marked(aggregate, aggregateId, command) {
      return versionIn(ofStream(streamIdOf(aggregate, aggregateId)).get(markKeyOf(command)));
    },
    async keep(aggregate, aggregateId, snapshot, marks = []) {
      const item = await itemOf(aggregate, aggregateId, snapshot, keys);
      if (!item) return;
      const stream = ofStream(streamIdOf(aggregate, aggregateId));
      for (const mark of marks) stream.set(markKeyOf(mark), { version: mark.version });
      stream.set(String(item['pointKey']), structuredClone(item));
    },
    async after(aggregate, aggregateId, point) {
      const streamId = streamIdOf(aggregate, aggregateId);
      const later = pointsOf(streamId).filter((each) => each > pointKeyOf(point));
      return Promise.all(
        later.map((each) => standingOf(aggregate, structuredClone(ofStream(streamId).get(each)!), keys)),
      );
    },
    async remove(aggregate, aggregateId, point) {
      ofStream(streamIdOf(aggregate, aggregateId)).delete(pointKeyOf(point));
    },
    async keepLine(aggregate, aggregateId, line) {
      const stream = ofStream(streamIdOf(aggregate, aggregateId));
      for (const item of await lineItemsOf(aggregate, aggregateId, line, keys))
        stream.set(String(item['pointKey']), structuredClone(item));
    },
    async lines(aggregate, aggregateId) {
      const streamId = streamIdOf(aggregate, aggregateId);
      const items = lineKeysOf(streamId, allLines).map((key) => structuredClone(ofStream(streamId).get(key)!));
      return byLine(aggregate, items, keys);
    },
    async dropLines(aggregate, aggregateId, which) {
      const streamId = streamIdOf(aggregate, aggregateId);
      for (const key of lineKeysOf(streamId, which)) ofStream(streamId).delete(key);
    },
  };
};
