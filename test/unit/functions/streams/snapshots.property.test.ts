import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Command } from '../../../../domain/kernel/command/command.ts';
import { snapshotEvery } from '../../../../domain/kernel/stream/snapshot.ts';
import { operations } from '../../../../domain/operations.ts';
import { type CommandPorts, handleCommand } from '../../../../functions/command/decideCommand.ts';
import { memoryDirectory } from '../../../../functions/ports/directory/memory.ts';
import { memoryEventStore } from '../../../../functions/ports/eventStore/memory.ts';
import { memoryOutcomes } from '../../../../functions/ports/outcomes/memory.ts';
import { referencesBy } from '../../../../functions/ports/references/stores.ts';
import { memorySnapshots } from '../../../../functions/ports/snapshots/memory.ts';
import { loadStream, newestEvents } from '../../../../functions/streams/load.ts';
import { uuid } from '../../domain/scenario.ts';

const id = 'ada';
const names = fc.nat({ max: 1_000 }).map((n) => `Ada ${n}`);
const profile = { firstName: 'Ada', lastName: 'L', birthDate: '1990-01-01', email: 'a@example.com' };

/** A wish: of an operation, with its input; or once more what was wished for before, so many wishes ago. */
type Wish = { operation: string; input: Record<string, unknown> } | { again: number };

const wish: fc.Arbitrary<Wish> = fc.oneof(
  { weight: 30, arbitrary: names.map((firstName) => ({ operation: 'updateProfile', input: { firstName } })) },
  { weight: 10, arbitrary: names.map((lastName) => ({ operation: 'updateUser', input: { lastName } })) },
  { weight: 2, arbitrary: fc.constant({ operation: 'suspendUser', input: { reason: 'r' } }) },
  { weight: 3, arbitrary: fc.constant({ operation: 'reinstateUser', input: {} }) },
  { weight: 2, arbitrary: fc.constant({ operation: 'deleteUser', input: {} }) },
  { weight: 3, arbitrary: fc.constant({ operation: 'restoreUser', input: {} }) },
  { weight: 1, arbitrary: fc.constantFrom('eraseUser', 'eraseMe').map((operation) => ({ operation, input: {} })) },
  { weight: 6, arbitrary: fc.constant({ operation: 'signUp', input: profile }) },
  {
    weight: 3,
    arbitrary: fc
      .record({ version: fc.integer({ min: 1, max: 60 }), firstName: names, cancel: fc.boolean() })
      .map(({ version, firstName, cancel }) => ({
        operation: 'correctEvent',
        input: cancel ? { kind: 'CANCEL', version } : { version, payload: { firstName } },
      })),
  },
  { weight: 6, arbitrary: fc.nat({ max: 60 }).map((again) => ({ again })) },
);

/** What may happen to the table between two commands. */
const harm = fc.oneof(
  { weight: 12, arbitrary: fc.constant('nothing' as const) },
  { weight: 1, arbitrary: fc.constantFrom('emptied', 'changed', 'swapped', 'older', 'unavailable') },
);

const day = 24 * 3600_000;
const begin = Date.UTC(2026, 0, 1);

/** A system whose clock, ids and index are told. */
const system = (useSnapshots: boolean) => {
  const eventStore = memoryEventStore();
  const kept = memorySnapshots(eventStore.keys);
  const state = { clock: begin, unavailable: false, resumptions: 0 };
  const nothing = { ...kept, latest: async () => undefined, keep: async () => undefined };
  const snapshots = useSnapshots
    ? {
        ...kept,
        latest: async (...of: Parameters<typeof kept.latest>) => {
          const found = state.unavailable ? undefined : await kept.latest(...of);
          if (found) state.resumptions += 1;
          return found;
        },
      }
    : nothing;
  // The index shows what is older than a minute; who reads all of the stream needs none.
  const store = {
    ...eventStore,
    versionOf: async (command: Parameters<typeof eventStore.versionOf>[0]) => {
      const version = await eventStore.versionOf(command);
      const item = eventStore.items.find((each) => each['version'] === version);
      return item && Number(item['timestamp']) < state.clock - 60_000 ? version : undefined;
    },
  };
  const ports: CommandPorts = {
    eventStore: store,
    snapshots,
    outcomes: memoryOutcomes(),
    references: referencesBy({ eventStore: store, snapshots }, memoryDirectory()),
    now: () => state.clock,
    newId: randomUUID,
  };
  return { ports, state, kept, eventStore };
};

/** What is comparable of what became of a command: ids of events are new in each system. */
const toldOf = async (command: Command, ports: CommandPorts) => {
  const handled = await handleCommand(command, ports);
  if (handled.kind !== 'settled') {
    const { eventId: _id, ...event } = handled.event;
    return { kind: handled.kind, event };
  }
  return { kind: handled.kind, repeat: handled.repeat, outcome: handled.outcome, by: handled.fulfilledBy?.version };
};

describe('whatever becomes of snapshots', () => {
  it('each command of a long stream is answered as if all of it were read (I1, I2)', async () => {
    let resumptions = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ wish, harm, gap: fc.constantFrom(0, 1, 1, 1, 1_000, 120_000, day) }), {
          minLength: 40,
          maxLength: 110,
          size: 'max',
        }),
        async (steps) => {
          const [plain, helped] = [system(false), system(true)];
          const sent: Command[] = [];
          for (const [index, step] of steps.entries()) {
            for (const { state } of [plain, helped]) state.clock += step.gap;
            damage(helped, step.harm);
            const { clock } = helped.state;
            const commandId = uuid(index + 1);
            const command =
              'again' in step.wish ? sent.at(-1 - step.wish.again) : commandOf(step.wish, commandId, clock);
            if (!command) continue;
            sent.push(command);
            expect(await toldOf(command, helped.ports)).toEqual(await toldOf(command, plain.ports));
          }
          const stream = async ({ ports }: typeof plain) => (await loadStream(ports, 'user', id)).stream;
          const [told, whole] = [await stream(helped), await stream(plain)];
          expect([told.state, told.usage]).toEqual([whole.state, whole.usage]);
          resumptions += helped.state.resumptions;
        },
      ),
      { numRuns: Number(process.env['SOAK'] ? 500 : 15), endOnFailure: true },
    );
    expect(resumptions).toBeGreaterThan(20);
  });

  it('a long stream is read no further back than its last snapshot, and a short one as a whole, at once', async () => {
    const { ports, eventStore, kept } = system(true);
    const reads: [string, number][] = [];
    for (const name of ['load', 'loadAfter', 'loadLast'] as const)
      ports.eventStore[name] = async (...of: never[]) => {
        const events = await (eventStore[name] as (...all: never[]) => Promise<never[]>)(...of);
        reads.push([name, events.length]);
        return events;
      };
    let looks = 0;
    ports.snapshots.latest = async (...of) => {
      looks += 1;
      return kept.latest(...of);
    };
    for (let n = 1; n <= 5 * snapshotEvery; n += 1) {
      Object.assign(reads, { length: 0 });
      looks = 0;
      const wished =
        n === 1 ? { operation: 'signUp', input: profile } : { operation: 'updateUser', input: { firstName: `n${n}` } };
      expect(await handleCommand(commandOf(wished, uuid(n), begin), ports)).toMatchObject({ event: { version: n } });
      if (n > 1) expect(reads, `version ${n}`).toEqual([['loadLast', Math.min(n - 1, newestEvents)]]);
      expect(looks).toBe(n > newestEvents + 1 ? 1 : 0);
    }
    expect([...kept.items.get(`user#${id}`)!.keys()].filter((key) => !key.startsWith('command#'))).toHaveLength(5);
  });
});

const commandOf = (
  { operation, input }: { operation: string; input: object },
  commandId: string,
  now: number,
): Command => ({
  commandId,
  operation,
  aggregate: 'user',
  aggregateId: id,
  actor: operations[operation]!.caller === 'user' ? `user:${id}` : 'admin:a',
  input: { ...input },
  sentAt: now + 1,
});

const damage = ({ kept, state }: ReturnType<typeof system>, how: string): void => {
  state.unavailable = how === 'unavailable';
  const items = kept.items.get(`user#${id}`) ?? new Map<string, Record<string, unknown>>();
  const points = [...items.keys()].filter((key) => !key.startsWith('command#')).sort();
  const [last, before] = [points.at(-1), points.at(-2)];
  if (how === 'emptied') items.clear();
  if (how === 'changed' && last)
    items.set(last, { ...items.get(last), state: '{"status":"absent","version":0,"updatedAt":0}' });
  if (how === 'swapped' && last && before) items.set(last, { ...items.get(before)!, pointKey: last });
  if (how === 'older' && last) items.set(last, { ...items.get(last), form: 'older' });
};
