import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { AggregateName } from '../../../domain/kernel/aggregate.ts';
import { currentSchemaVersion, type DomainEvent, streamIdOf } from '../../../domain/kernel/stream/event.ts';
import { lineOf } from '../../../domain/kernel/stream/line.ts';
import { type Snapshot, snapshotOf } from '../../../domain/kernel/stream/snapshot.ts';
import { streamOf } from '../../../domain/kernel/stream/stream.ts';
import { momentRule } from '../../../domain/kernel/values/moment.ts';
import { digested, pointKeyOf } from '../../../functions/ports/snapshots/item.ts';
import { stretchKeyOf } from '../../../functions/ports/snapshots/lineItem.ts';
import type { EventStore } from '../../../functions/ports/eventStore/port.ts';
import type { Snapshots } from '../../../functions/ports/snapshots/port.ts';

type Item = Record<string, unknown>;

/** Snapshots, the store whose appends make and destroy the keys that seal them, and what stands in the table. */
export interface SnapshotPlace {
  snapshots: Snapshots;
  /** The same, with nothing in memory. */
  anew(): Snapshots;
  eventStore: EventStore;
  item(streamId: string, pointKey: string): Promise<Item | undefined>;
  put(item: Item): Promise<void>;
}

const start = 1_700_000_000_000;
const none = { takes: [], releases: [] };
const latest = { version: 2 ** 31 - 1, timestamp: momentRule.latest };
const everything = { version: 0, timestamp: momentRule.earliest };
const person = { firstName: 'Ada', lastName: 'Lovelace', birthDate: '1990-12-10', email: 'ada@example.com' };

/** A stream as it grows: what is created, then changed again and again. */
const grown = async (aggregate: AggregateName, store: EventStore, types: [string, object][]) => {
  const id = randomUUID();
  const events: DomainEvent[] = [];
  const add = async (type: string, payload: object) => {
    const version = events.length + 1;
    events.push({
      eventId: randomUUID(),
      aggregate,
      aggregateId: id,
      version,
      type,
      payload: payload as Record<string, unknown>,
      executionQueue: 'executeCreateUserQueue',
      timestamp: start + version,
      commandId: randomUUID(),
      operation: 'updateProfile',
      actor: `user:${id}`,
      schemaVersion: currentSchemaVersion,
    });
    await store.append(events.at(-1)!, none);
  };
  for (const [type, payload] of types) await add(type, payload);
  const at = (version: number): Snapshot => {
    const before = events.slice(0, version);
    return snapshotOf(streamOf(before), before.at(-1)!);
  };
  return { id, streamId: streamIdOf(aggregate, id), at, add };
};

const life: [string, object][] = [
  ['UserCreated', person],
  ['UserUpdated', { firstName: 'Augusta' }],
  ['UserUpdated', { lastName: 'Byron' }],
];
const group: [string, object][] = [
  ['GroupCreated', { name: 'staff', description: 'all' }],
  ['GroupUpdated', { name: 'crew' }],
];

/** A stream whose 43rd event moves an early one, and its time line as it is known with that. */
const corrected = async (aggregate: 'user' | 'group', store: EventStore) => {
  const [created, ...changes] = aggregate === 'user' ? life : group;
  const many = Array.from({ length: 41 }, (_, n) => changes[n % changes.length]!);
  const [type] = created!;
  const stream = await grown(aggregate, store, [
    created!,
    ...many,
    [type.replace('Created', 'Corrected'), { version: 3, payload: changes[0]![1] }],
  ]);
  return { ...stream, line: lineOf(await store.load(aggregate, stream.id)) };
};

/** What every table of snapshots must do. */
export const snapshotsSuite = (name: string, open: () => SnapshotPlace): void => {
  describe(`snapshots ${name}`, () => {
    it('are given back as they were kept: the last one at or before a point, and all after one', async () => {
      const { snapshots, anew, eventStore } = open();
      const { id, at } = await grown('user', eventStore, life);
      expect(await snapshots.latest('user', id, latest)).toBeUndefined();
      // Twice, and the older one later.
      for (const version of [3, 2, 3]) await snapshots.keep('user', id, at(version));
      for (const port of [snapshots, anew()]) {
        expect(await port.latest('user', id, latest)).toEqual(at(3));
        expect(await port.latest('user', id, at(3))).toEqual(at(3));
        expect(await port.latest('user', id, { ...at(3), version: 2 })).toEqual(at(2));
        expect(await port.latest('user', id, at(2))).toEqual(at(2));
        expect(await port.latest('user', id, at(1))).toBeUndefined();
        expect(await port.latest('group', id, latest)).toBeUndefined();
        expect((await port.after('user', id, everything)).map(({ snapshot }) => snapshot)).toEqual([at(2), at(3)]);
        expect((await port.after('user', id, at(2))).map(({ snapshot }) => snapshot)).toEqual([at(3)]);
        expect((await port.after('user', id, at(2))).map(({ point }) => point)).toMatchObject([{ version: 3 }]);
      }
      await snapshots.remove('user', id, at(3));
      expect(await snapshots.latest('user', id, latest)).toEqual(at(2));
    });

    it('say nothing of a person in clear, and of anything else what it is', async () => {
      const { snapshots, eventStore, item } = open();
      const ada = await grown('user', eventStore, [...life, ['UserDeleted', {}]]);
      for (const version of [3, 4]) {
        await snapshots.keep('user', ada.id, ada.at(version));
        const stored = JSON.stringify(await item(ada.streamId, pointKeyOf(ada.at(version))));
        expect(stored).toContain('sealed');
        for (const value of ['Augusta', 'Byron', 'ada@example.com', '1990-12-10']) expect(stored).not.toContain(value);
        expect(await snapshots.latest('user', ada.id, latest)).toEqual(ada.at(version));
      }
      const staff = await grown('group', eventStore, group);
      await snapshots.keep('group', staff.id, staff.at(2));
      expect(await snapshots.latest('group', staff.id, latest)).toEqual(staff.at(2));
    });

    it('of a person who was erased bring nothing back, nor does one that is kept late, whatever life there is then', async () => {
      const { snapshots, anew, eventStore, item } = open();
      const { id, streamId, at, add } = await grown('user', eventStore, life);
      const before = [at(2), at(3)] as const;
      await snapshots.keep('user', id, before[0]);
      await add('UserErased', {});
      await anew().keep('user', id, before[1]);
      expect(await item(streamId, pointKeyOf(before[1]))).toBeUndefined();
      const { state: _gone, ...rest } = before[0];
      expect(await anew().latest('user', id, latest)).toEqual(rest);
      await add('UserCreated', { ...person, firstName: 'Grace' });
      await anew().keep('user', id, before[1]);
      expect(await item(streamId, pointKeyOf(before[1]))).toBeUndefined();
      // What is erased says nothing, and can be kept; so can the next life.
      await anew().keep('user', id, {
        ...before[1],
        version: 4,
        state: { status: 'erased', erasedAt: start, version: 4, updatedAt: start },
      });
      expect(await anew().latest('user', id, { version: 4, timestamp: start + 4 })).toMatchObject({
        state: { status: 'erased' },
      });
      const now = { ...before[1], version: 5, timestamp: start + 5 };
      await anew().keep('user', id, now);
      expect(await anew().latest('user', id, latest)).toEqual(now);
    });

    it.each<[string, (item: Item, other: Item) => Item]>([
      ['that was made otherwise', (item) => digested({ ...item, form: 'older' })],
      ['whose state was changed', (item) => ({ ...item, state: String(item['state']).replace('crew', 'pack') })],
      ['that is cut short', (item) => ({ ...item, state: String(item['state']).slice(0, -3) })],
      ['of no state', ({ state: _state, ...item }) => item],
      ['of another event', (item) => ({ ...item, eventId: randomUUID() })],
      ['whose count was changed', (item) => ({ ...item, usage: { day: 1, events: 0 } })],
      ['of another version', (item) => ({ ...item, version: 1 })],
      ['of another stream', (item, other) => ({ ...other, streamId: item['streamId'], pointKey: item['pointKey'] })],
      ['that is something else', ({ streamId, pointKey }) => ({ streamId, pointKey, state: 1, usage: 'none' })],
    ])('are none: one %s', async (_, harm) => {
      const { snapshots, eventStore, item, put } = open();
      const [one, other] = [await grown('group', eventStore, group), await grown('group', eventStore, group)];
      for (const each of [one, other]) await snapshots.keep('group', each.id, each.at(2));
      const itemOf = async (each: typeof one) => (await item(each.streamId, pointKeyOf(each.at(2))))!;
      await put(harm(await itemOf(one), await itemOf(other)));
      expect(await snapshots.latest('group', one.id, latest)).toBeUndefined();
      expect(await snapshots.after('group', one.id, everything)).toMatchObject([{ point: { version: 2 } }]);
      // What is right takes its place.
      await snapshots.keep('group', one.id, one.at(2));
      expect(await snapshots.latest('group', one.id, latest)).toEqual(one.at(2));
    });

    it('are none where what is sealed was changed, or belongs elsewhere', async () => {
      const { snapshots, eventStore, item, put } = open();
      const { id, streamId, at } = await grown('user', eventStore, life);
      for (const version of [2, 3]) await snapshots.keep('user', id, at(version));
      const [older, newer] = [(await item(streamId, pointKeyOf(at(2))))!, (await item(streamId, pointKeyOf(at(3))))!];
      await put({ ...newer, sealed: older['sealed'] });
      expect(await snapshots.latest('user', id, latest)).toBeUndefined();
    });

    it('of time lines are given back by correction and moment, and go by the corrections', async () => {
      const { snapshots, anew, eventStore } = open();
      const { id, line } = await corrected('group', eventStore);
      expect(line.length).toBeGreaterThan(2);
      expect(await snapshots.stretch('group', id, 43, start)).toBeUndefined();
      await snapshots.keepLine('group', id, line);
      const other = line.map((each) => ({ ...each, known: { version: 70, eventId: 'other' } }));
      await snapshots.keepLine('group', id, other.slice(0, 1));
      for (const port of [snapshots, anew()]) {
        for (const [n, stretch] of line.entries()) {
          expect(await port.stretch('group', id, 43, stretch.from.at)).toEqual(stretch);
          if (n > 0) expect(await port.stretch('group', id, 43, stretch.from.at - 1)).toEqual(line[n - 1]);
        }
        expect(await port.stretch('group', id, 43, momentRule.latest)).toEqual(line.at(-1));
        expect(await port.stretch('group', id, 42, start)).toBeUndefined();
        expect(await port.lines('group', id)).toEqual(
          new Map([
            [43, line],
            [70, other.slice(0, 1)],
          ]),
        );
        // They are no snapshots, and no marks.
        expect(await port.latest('group', id, latest)).toBeUndefined();
        expect(await port.after('group', id, everything)).toEqual([]);
      }
      await snapshots.dropLines('group', id, { from: 0, before: 43 });
      expect([...(await snapshots.lines('group', id)).keys()]).toEqual([43, 70]);
      await snapshots.dropLines('group', id, { from: 43, before: 70 });
      expect([...(await snapshots.lines('group', id)).keys()]).toEqual([70]);
    });

    it('of time lines say nothing of a person in clear, and are none once the person is erased or they are changed', async () => {
      const { snapshots, anew, eventStore, item, put } = open();
      const { id, streamId, line, add } = await corrected('user', eventStore);
      await snapshots.keepLine('user', id, line);
      const keys = line.map(({ from }) => stretchKeyOf(43, from));
      const items = await Promise.all(keys.map(async (key) => (await item(streamId, key))!));
      for (const value of ['Augusta', 'Byron', 'ada@example.com', '1990-12-10'])
        expect(JSON.stringify(items)).not.toContain(value);
      // What was sealed for another place opens nowhere else.
      await put({ ...items[0]!, sealed: items[1]!['sealed'] });
      await put(digested({ ...items[1]!, sealed: items[2]!['sealed'] }));
      await put(digested({ ...items[2]!, form: 'older' }));
      for (const [n, { from }] of line.entries())
        if (n < 3) expect(await snapshots.stretch('user', id, 43, from.at)).toBeUndefined();
      await snapshots.keepLine('user', id, line);
      expect(await snapshots.stretch('user', id, 43, line[1]!.from.at)).toEqual(line[1]);
      await add('UserErased', {});
      expect(await anew().stretch('user', id, 43, line[1]!.from.at)).toBeUndefined();
      await add('UserCreated', { ...person, firstName: 'Grace' });
      await anew().dropLines('user', id, { from: 0, before: 100 });
      await anew().keepLine('user', id, line);
      expect([...(await anew().lines('user', id)).keys()]).toEqual([]);
    });

    it('stand behind the marks of commands, which are not among them', async () => {
      const { snapshots, eventStore } = open();
      const { id, at } = await grown('group', eventStore, group);
      const marks = Array.from({ length: 60 }, (_, n) => ({ actor: 'admin:a', commandId: randomUUID(), version: n }));
      await snapshots.keep('group', id, at(2), marks);
      for (const mark of [marks[0]!, marks[59]!]) {
        expect(await snapshots.marked('group', id, mark)).toBe(mark.version);
        expect(await snapshots.marked('group', id, { ...mark, actor: 'admin:b' })).toBeUndefined();
        expect(await snapshots.marked('group', randomUUID(), mark)).toBeUndefined();
      }
      expect(await snapshots.latest('group', id, latest)).toEqual(at(2));
      expect(await snapshots.after('group', id, everything)).toHaveLength(1);
    });
  });
};
