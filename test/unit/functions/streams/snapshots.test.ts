import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Command } from '../../../../domain/kernel/command/command.ts';
import { lineOf, lineStart } from '../../../../domain/kernel/stream/line.ts';
import { snapshotEvery } from '../../../../domain/kernel/stream/snapshot.ts';
import { rowOf } from '../../../../domain/kernel/view/view.ts';
import { type CommandPorts, handleCommand } from '../../../../functions/command/decideCommand.ts';
import { memoryClaims } from '../../../../functions/ports/claims/memory.ts';
import { memoryDirectory } from '../../../../functions/ports/directory/memory.ts';
import { memoryEventStore } from '../../../../functions/ports/eventStore/memory.ts';
import { memoryOutcomes } from '../../../../functions/ports/outcomes/memory.ts';
import { referencesBy } from '../../../../functions/ports/references/stores.ts';
import { memoryRows } from '../../../../functions/ports/rows/memory.ts';
import { firstMark } from '../../../../functions/ports/snapshots/item.ts';
import { stretchKeyOf } from '../../../../functions/ports/snapshots/lineItem.ts';
import { memorySnapshots } from '../../../../functions/ports/snapshots/memory.ts';
import { replay } from '../../../../functions/rebuild/chunk.ts';
import { loadStream, loadWhole } from '../../../../functions/streams/load.ts';
import { stateAt } from '../../../../functions/streams/past.ts';
import { steadySnapshots } from '../../../../functions/streams/steady.ts';
import { recordedTelemetry } from '../../../support/telemetry.ts';

const id = 'ada';
const begin = Date.UTC(2026, 0, 1);
const hour = 3_600_000;
const profile = { firstName: 'Ada', lastName: 'L', birthDate: '1990-01-01', email: 'a@example.com' };

/** A system in memory with one user, whose stream grows by an event a minute. */
const setUp = () => {
  const eventStore = memoryEventStore();
  const snapshots = memorySnapshots(eventStore.keys);
  const rows = memoryRows();
  let clock = begin;
  const streams = { eventStore, snapshots };
  const ports: CommandPorts = {
    ...streams,
    outcomes: memoryOutcomes(),
    references: referencesBy(streams, memoryDirectory()),
    now: () => clock,
    newId: randomUUID,
  };
  const run = (operation: string, input: Record<string, unknown>, commandId: string = randomUUID()) => {
    const command: Command = {
      commandId,
      operation,
      aggregate: 'user',
      aggregateId: id,
      actor: operation === 'signUp' ? `user:${id}` : 'admin:a',
      input,
      sentAt: (clock += 60_000),
    };
    return handleCommand(command, ports);
  };
  const grow = async (count: number) => {
    for (let n = 1; n <= count; n += 1) await run('updateUser', { firstName: `n${clock}` });
  };
  const rebuildAt = (now: number, since?: number) =>
    replay(
      {
        kind: 'replay',
        recoveryId: 'r',
        chunkId: 'c',
        streams: [{ aggregate: 'user', aggregateId: id }],
        claims: since === undefined,
        ...(since !== undefined && { since }),
      },
      false,
      { ...streams, directory: memoryDirectory(), rows, claims: memoryClaims(eventStore), now: () => now },
    );
  const items = () => snapshots.items.get(`user#${id}`)!;
  return {
    eventStore,
    snapshots,
    ports,
    run,
    grow,
    items,
    points: () => [...items().keys()].filter((key) => key < firstMark).sort(),
    versions: () =>
      [...items().values()]
        .flatMap(({ pointKey, version }) => (pointKey ? [Number(version)] : []))
        .sort((a, b) => a - b),
    /** A recovery's work on the stream. @param since undefined: all of it is rebuilt */
    rebuild: (since?: number) => rebuildAt(clock + hour, since),
    rebuildAt: (minutes: number) => rebuildAt(clock + minutes * 60_000),
    row: () => rows.table.get(`user#${id}`),
    stateOf: async () => (await loadWhole(streams, 'user', id)).stream.state,
    wait: () => (clock += 24 * hour),
  };
};

let system: ReturnType<typeof setUp>;
beforeEach(async () => {
  system = setUp();
  expect(await system.run('signUp', profile)).toMatchObject({ kind: 'applied' });
});

describe('a recovery', () => {
  it('makes the snapshots of a stream anew, and mends and removes what is wrong', async () => {
    const { grow, items, points, versions, rebuild, snapshots, row, stateOf, wait } = system;
    await grow(5 * snapshotEvery);
    expect(versions()).toEqual([20, 40, 60, 80, 100]);
    wait();
    const right = [...items()].filter(([key]) => key < firstMark);
    const said = async () =>
      (await snapshots.after('user', id, { version: 0, timestamp: 0 })).map((each) => each.snapshot);
    const before = await said();
    const [first, second, third, fourth] = points() as [string, string, string, string];
    items().delete(first);
    items().set(second, { ...items().get(second), form: 'older' });
    items().set(third, { ...items().get(fourth), pointKey: third });
    items().set('2020-01-01T00:00:00.000Z#0000000007', {
      ...items().get(fourth),
      pointKey: '2020-01-01T00:00:00.000Z#0000000007',
    });
    expect(await rebuild()).toMatchObject({ failed: [], result: { rebuilt: 1, failed: 0 } });
    expect(points()).toEqual(right.map(([key]) => key));
    expect(await said()).toEqual(before);
    expect(row()).toEqual(rowOf('user', id, await stateOf()));

    items().clear();
    await rebuild();
    expect(await said()).toEqual(before);
  });

  it('makes none of what nobody may find yet: of the last minutes, commands alone keep them', async () => {
    const { grow, items, versions, rebuild, rebuildAt } = system;
    await grow(3 * snapshotEvery);
    items().clear();
    // An event a minute: an hour later, all are older than a quarter of one.
    await rebuild();
    expect(versions()).toEqual([20, 40, 60]);
    items().clear();
    await rebuildAt(0);
    expect(versions()).toEqual([20, 40]);
  });

  it('from a moment on reads no further back than the snapshot before it, and rebuilds what came since', async () => {
    const { grow, items, points, rebuild, eventStore, row, stateOf } = system;
    await grow(5 * snapshotEvery);
    const [, , third, fourth] = points() as [string, string, string, string];
    items().set(fourth, { ...items().get(fourth), form: 'older' });
    const read: number[] = [];
    const { loadAfter, load } = eventStore;
    eventStore.loadAfter = async (...of) => {
      const events = await loadAfter(...of);
      read.push(events.length);
      return events;
    };
    eventStore.load = async (...of) => {
      const events = await load(...of);
      read.push(events.length);
      return events;
    };
    await rebuild(Date.parse(third.split('#')[0]!) + 1);
    expect(read).toEqual([101 - 60 - 20]);
    eventStore.load = load;
    expect(row()).toEqual(rowOf('user', id, await stateOf()));
    expect(items().get(fourth)).not.toMatchObject({ form: 'older' });
  });

  it('makes the time lines as they are known with corrections anew, and mends and removes what is wrong', async () => {
    const { grow, run, items, rebuild, snapshots, eventStore } = system;
    await grow(2.5 * snapshotEvery);
    for (const version of [3, 30]) {
      await run('correctEvent', { version, payload: { firstName: 'Right' } });
      await grow(3);
    }
    const right = await snapshots.lines('user', id);
    expect([...right.keys()]).toEqual([52, 56]);
    const events = await eventStore.load('user', id);
    expect(right.get(56)).toEqual(lineOf(events.slice(0, 56)));
    const keys = [...items().keys()].filter((key) => key.startsWith('line#')).sort();
    expect(keys).toHaveLength(6);
    items().delete(keys[1]!);
    items().set(keys[5]!, { ...items().get(keys[4]!), pointKey: keys[5] });
    const stray = stretchKeyOf(40, lineStart);
    items().set(stray, { ...items().get(keys[0]!), pointKey: stray });
    const beside = { timestamp: Number(events[9]!.timestamp), knownAt: Infinity };
    const before = stateAt(system.ports, 'user', id, beside);
    expect(await rebuild()).toMatchObject({ failed: [], result: { rebuilt: 1, failed: 0 } });
    expect(await snapshots.lines('user', id)).toEqual(right);
    expect([...items().keys()].filter((key) => key.startsWith('line#')).sort()).toEqual(keys);
    expect(await stateAt(system.ports, 'user', id, beside)).toEqual(await before);
  });

  it('keeps time lines of the last corrections alone, and of no short stream', async () => {
    const { grow, run, rebuild, snapshots } = system;
    await grow(9);
    await run('correctEvent', { version: 2, payload: { firstName: 'Early' } });
    await grow(2 * snapshotEvery);
    for (let n = 0; n < 10; n += 1) await run('correctEvent', { version: 3 + n, payload: { firstName: 'Right' } });
    const last = [54, 55, 56, 57, 58, 59, 60, 61];
    expect([...(await snapshots.lines('user', id)).keys()]).toEqual(last);
    await rebuild();
    expect([...(await snapshots.lines('user', id)).keys()]).toEqual(last);
  });

  it('leaves none of an erased life', async () => {
    const { grow, run, versions, rebuild, row, snapshots } = system;
    await grow(2 * snapshotEvery);
    await run('correctEvent', { version: 2, payload: { firstName: 'Right' } });
    await run('eraseUser', {});
    await run('signUp', profile);
    await grow(2 * snapshotEvery);
    expect(new Set(versions())).toEqual(new Set([20, 40, 42, 60, 80]));
    expect([...(await snapshots.lines('user', id)).keys()]).toEqual([42]);
    await rebuild();
    expect(versions()).toEqual([60, 80]);
    expect([...(await snapshots.lines('user', id)).keys()]).toEqual([]);
    expect(row()).toMatchObject({ firstName: expect.stringMatching(/^n/) });
  });
});

describe('a store that was restored to an earlier moment', () => {
  it('goes by no snapshot of what was lost', async () => {
    const { run, grow, eventStore, ports, stateOf, snapshots } = system;
    await grow(2.5 * snapshotEvery);
    await run('updateUser', { lastName: 'Lost' });
    await grow(9);
    // What was stored since version 50 is lost; the table of snapshots is not.
    const lost = eventStore.items.splice(50);
    expect(lost).toHaveLength(11);
    // As long as none of the new events has one, the last of the table is of what was lost.
    ports.snapshots = { ...snapshots, keep: async () => undefined };
    await grow(snapshotEvery);
    expect((await loadStream(ports, 'user', id)).stream.state).toEqual(await stateOf());
    expect(await stateOf()).toMatchObject({ version: 70, attributes: { lastName: 'L' } });
    ports.snapshots = snapshots;
    await grow(snapshotEvery);
    expect((await loadStream(ports, 'user', id)).stream.state).toEqual(await stateOf());
    // The first of the new events that met one read all of the stream, and kept another: it is flat again.
    expect((await loadStream(ports, 'user', id)).since).toMatchObject({ version: 80 });
    expect(await snapshots.after('user', id, { version: 0, timestamp: 0 })).toHaveLength(5);
  });
});

describe('a table of snapshots that fails', () => {
  it('holds no command up, is counted, and is asked again', async () => {
    const { grow, ports, snapshots, run } = system;
    const telemetry = recordedTelemetry();
    const down = async () => {
      throw new Error('not now');
    };
    const failing = { ...snapshots, latest: down, keep: down, keepLine: down, dropLines: down, stretch: down };
    ports.snapshots = steadySnapshots(failing, telemetry);
    await grow(2 * snapshotEvery);
    expect(await run('updateUser', { firstName: 'Z' })).toMatchObject({ kind: 'applied', event: { version: 42 } });
    // Of versions 20, 40, 41 and 42, and of each stream that was too long to be read as a whole at once.
    expect(telemetry.counts).toEqual({ SnapshotsFailed: 4 + 20 });
    const corrected = await run('correctEvent', { version: 2, payload: { firstName: 'Right' } });
    expect(corrected).toMatchObject({ kind: 'applied', event: { version: 43 } });
    const long = await stateAt(ports, 'user', id, { timestamp: begin + 300_000, knownAt: Infinity });
    expect(long).toMatchObject({ status: 'live', version: 5 });
    ports.snapshots = steadySnapshots(snapshots, telemetry);
    await grow(1);
    expect(system.versions()).toEqual([44]);
  });
});

describe('a command', () => {
  it('that comes again long after is answered as the first time, though the index does not know it', async () => {
    const { grow, run, eventStore } = system;
    const commandId = randomUUID();
    const first = await run('updateUser', { firstName: 'Once' }, commandId);
    await grow(3 * snapshotEvery);
    // It stands before the snapshot: in the index, and not read.
    const again = await run('updateUser', { firstName: 'Once' }, commandId);
    expect(again).toMatchObject({ kind: 'repeat', event: { version: 2 } });
    expect(first).toMatchObject({ kind: 'applied', event: { version: 2 } });
    // At once: in no index yet, but marked.
    const busy = setUp();
    busy.ports.now = () => begin;
    busy.ports.eventStore = { ...busy.eventStore, versionOf: async () => undefined };
    await busy.run('signUp', profile, commandId);
    await busy.grow(3 * snapshotEvery);
    expect(await busy.run('signUp', profile, commandId)).toMatchObject({ kind: 'repeat', event: { version: 1 } });
    expect(eventStore.items.length).toBe(62);
  });

  it('of a stream that outgrew its marks is found all the same', async () => {
    const busy = setUp();
    busy.ports.now = () => begin;
    busy.ports.eventStore = { ...busy.eventStore, versionOf: async () => undefined };
    const commandId = randomUUID();
    await busy.run('signUp', profile, commandId);
    await busy.grow(8 * snapshotEvery);
    // All of it is read for the correction, and all of it is of the last minutes; up to the last snapshot all have
    // their marks.
    await busy.run('correctEvent', { kind: 'CANCEL', version: 3 });
    expect(busy.versions().at(-1)).toBe(162);
    await busy.grow(1);
    expect(await busy.run('signUp', profile, commandId)).toMatchObject({ kind: 'repeat', event: { version: 1 } });
  });
});
