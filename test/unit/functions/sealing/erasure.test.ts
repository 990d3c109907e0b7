import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fold } from '../../../../domain/kernel/stream/fold.ts';
import { answer } from '../../../../functions/history/answer.ts';
import { memoryClaimReader } from '../../../../functions/ports/claims/memory.ts';
import { memoryDirectory } from '../../../../functions/ports/directory/memory.ts';
import { memoryEventIndex } from '../../../../functions/ports/eventIndex/memory.ts';
import { memorySnapshots } from '../../../../functions/ports/snapshots/memory.ts';
import type { MemoryEventStore } from '../../../../functions/ports/eventStore/memory.ts';
import type { MemoryOutcomes } from '../../../../functions/ports/outcomes/memory.ts';
import {
  command,
  type CommandMessage,
  correctEvent,
  deleteUser,
  signUp,
  updateUser,
} from '../../../support/clients/commands.ts';
import { runs } from '../../../support/runs.ts';
import {
  type Backend,
  memoryBackend,
  whatIs,
  whatShouldBe,
  type WritePath,
  writePath,
} from '../../../support/models/writePath.ts';

const id = 'ada';
const of = { aggregate: 'user' as const, aggregateId: id };

/** All that the path holds and says, as text: tables, queues, logs; and all that history tells of the person. */
const everythingOf = async (path: WritePath, backend: Backend): Promise<string> => {
  const store = backend.eventStore as MemoryEventStore;
  const outcomes = backend.outcomes as MemoryOutcomes;
  const history = {
    eventStore: store,
    eventIndex: memoryEventIndex(store),
    outcomes,
    views: backend.views,
    directory: memoryDirectory(),
    snapshots: memorySnapshots(store.keys),
    claims: memoryClaimReader(store),
    now: () => Date.now() + 3_600_000,
    warn: () => undefined,
  };
  const moments = store.items.map(({ timestamp }) => new Date(Number(timestamp)).toISOString());
  const commands = [{ operation: 'deleteUser', input: { id } }];
  const told = await Promise.all(
    [
      { field: 'events', arguments: { aggregate: 'USER', aggregateId: id, limit: 100 } },
      { field: 'eventsSince', arguments: { timestamp: moments[0] ?? '2026-01-01T00:00:00Z', limit: 100 } },
      { field: 'personalData', arguments: { id } },
      { field: 'myData', arguments: { id, actor: `user:${id}` } },
      ...moments.flatMap((timestamp) => [
        { field: 'userAt', arguments: { id, timestamp } },
        { field: 'usersAt', arguments: { timestamp } },
      ]),
      {
        field: 'changesBetween',
        arguments: { from: '2020-01-01T00:00:00Z', to: moments.at(-1) ?? '2026-01-01T00:00:00Z' },
      },
      { field: 'whatIf', arguments: { input: { at: moments[0] ?? '2026-01-01T00:00:00Z', commands } } },
    ].map((question) => answer(question, history)),
  );
  for (const each of told) expect(each).toHaveProperty('result');
  return JSON.stringify([
    store.items,
    [...store.claims],
    [...store.keys.table.items],
    [...outcomes.recorded],
    await backend.rows('user'),
    [...path.queues.sent],
    path.telemetry.lines,
    told,
  ]);
};

class Killed extends Error {}

/** A backend whose every call is a point to be killed at: before it takes effect, or after. */
const killable = () => {
  const backend = memoryBackend();
  const state = { calls: 0, killAt: Infinity };
  const point = () => {
    if ((state.calls += 1) === state.killAt) throw new Killed();
  };
  const wrapped = <Port extends object>(port: Port): Port =>
    new Proxy(port, {
      get: (target, name) => {
        const method = target[name as keyof Port];
        if (typeof method !== 'function') return method;
        return async (...given: unknown[]) => {
          point();
          const result: unknown = await (method as (...all: unknown[]) => unknown).apply(target, given);
          point();
          return result;
        };
      },
    });
  const path = writePath({
    ...backend,
    eventStore: wrapped(backend.eventStore),
    outcomes: wrapped(backend.outcomes),
    views: wrapped(backend.views),
    directory: wrapped(backend.directory),
  });
  path.commandPorts.queues = wrapped(path.queues);
  path.commandPorts.notifier = wrapped(path.notifier);
  path.executePorts.notifier = wrapped(path.notifier);
  return { backend, path, state };
};

const said = ['Augusta', 'Lovelace', 'Byron', 'Spam', 'ada@example.com', 'new@example.com'];

describe('an erasure', () => {
  it('is whole wherever its functions are killed, and leaves nothing', async () => {
    for (let killAt = 1, points = Infinity; killAt <= points + 1; killAt += 1) {
      const { backend, path, state } = killable();
      const whole = { firstName: 'Byron', lastName: 'Byron', birthDate: '1990-12-10', email: 'ada@example.com' };
      await path.settle(signUp(id, 'ada@example.com'));
      await path.settle(updateUser(id, { firstName: 'Augusta', email: 'new@example.com' }));
      await path.settle(command('suspendUser', id, { reason: 'Spam' }), correctEvent(of, 1, whole));
      const old = (await backend.items()).map((event) => ({ kind: 'event', event: structuredClone(event) }));
      const before = await backend.eventStore.load('user', id);

      const erasure = command('eraseUser', id, {});
      Object.assign(state, { calls: 0, killAt });
      /** Once more, as a queue delivers again what was not acknowledged. */
      const again = async (deliver: () => Promise<{ size: number }>) => {
        for (let tries = 1; ; tries += 1) {
          expect(tries).toBeLessThan(5);
          const { size } = await deliver().catch((error: unknown) => {
            if (error instanceof Killed) return { size: 1 };
            throw error;
          });
          if (size === 0) return;
        }
      };
      await again(async () => {
        const failures = await path.command(erasure);
        const now = await backend.eventStore.load('user', id);
        const keys = (backend.eventStore as MemoryEventStore).keys.table.items.has(`user#${id}`);
        // Both or neither: the event, and the keys destroyed.
        expect({ keys, length: now.length }).toEqual(
          keys ? { keys: true, length: before.length } : { keys: false, length: before.length + 1 },
        );
        if (keys) expect(now).toEqual(before);
        return failures;
      });
      await path.mediate();
      for (const body of path.takeMessages()) await again(() => path.execute(body));
      points = Math.min(points, state.killAt > state.calls ? state.calls : Infinity);
      state.killAt = Infinity;

      const where = `killed at call ${killAt}`;
      const leftIn = async () => {
        const all = await everythingOf(path, backend);
        return said.filter((value) => all.includes(value));
      };
      expect(await leftIn(), where).toEqual([]);
      expect(path.outcomesOf(erasure).at(-1), where).toMatchObject({ status: 'APPLIED', version: 5 });
      // Late messages, and repeats of commands.
      for (const body of [...old].reverse()) expect((await path.execute(body)).size, where).toBe(0);
      await path.command(erasure);
      await path.execute(...path.takeMessages());
      expect(await leftIn(), where).toEqual([]);
      expect(await whatIs(path), where).toEqual(await whatShouldBe(path));
      expect(killAt).toBeLessThan(200);
      if (points < Infinity) expect(points).toBeGreaterThan(10);
    }
  });
});

type Step = { wish: string; n: number; deliver: number[] };
const steps = fc.array(
  fc.record({
    wish: fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom('update', 'address', 'suspend', 'correct', 'move', 'cancel') },
      { weight: 3, arbitrary: fc.constantFrom('delete', 'restore', 'create', 'create') },
      { weight: 2, arbitrary: fc.constant('erase') },
    ),
    n: fc.nat(5),
    deliver: fc.array(fc.nat(), { maxLength: 3 }),
  }),
  { minLength: 4, maxLength: 14 },
);

it('no history of lives, corrections and erasures, in whatever order it is told, brings a value back', async () => {
  const seen = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(steps, fc.infiniteStream(fc.nat()), async (wishes: Step[], order) => {
      const backend = memoryBackend();
      let clock = Date.UTC(2026, 5, 1);
      const path = writePath(backend, { now: () => clock });
      const pool: string[] = [];
      const forgotten: string[] = [];
      let remembered: string[] = [];
      const deliver = async (n: number) => {
        const body = pool.length > 0 ? pool[n % pool.length] : undefined;
        if (body !== undefined) expect([...(await path.execute(body)).values()]).toEqual([]);
      };
      const messageOf = async ({ wish, n }: Step, index: number): Promise<CommandMessage> => {
        // Each value is said once, so that it is known which may still be there.
        const value = `Said${index}x`;
        const sentAt = new Date(clock).toISOString();
        const whole = {
          firstName: value,
          lastName: `${value}L`,
          birthDate: '1990-12-10',
          email: `${value}@example.com`,
        };
        switch (wish) {
          case 'update':
            return updateUser(id, { firstName: value });
          case 'address':
            return updateUser(id, { email: `${value}@example.com` });
          case 'suspend':
            return command('suspendUser', id, { reason: value });
          case 'correct': {
            // Of an event that there is, if there is any: chance alone hardly ever hits one that can be corrected.
            const types = (await backend.items()).map(({ type }) => type);
            const version = types.length === 0 ? n : (n % types.length) + 1;
            return correctEvent(of, version, types[version - 1] === 'UserCreated' ? whole : { firstName: value });
          }
          case 'move':
            return command('correctEvent', id, { kind: 'MOVE', version: n, effectiveAt: sentAt }, of);
          case 'cancel':
            return command('correctEvent', id, { kind: 'CANCEL', version: n }, of);
          case 'delete':
            return deleteUser(id);
          case 'restore':
            return command('restoreUser', id, {});
          case 'erase':
            return command('eraseUser', id, {});
          default:
            return command('signUp', id, whole, { actor: `user:${id}`, sentAt });
        }
      };
      const check = async () => {
        const all = await everythingOf(path, backend);
        expect(forgotten.filter((value) => all.includes(value))).toEqual([]);
      };
      const all: Step[] = [{ wish: 'create', n: 0, deliver: [] }, ...wishes, { wish: 'erase', n: 0, deliver: [] }];
      for (const [index, step] of all.entries()) {
        clock += 1000;
        const before = (await backend.items()).length;
        expect([...(await path.command(await messageOf(step, index))).values()]).toEqual([]);
        await path.mediate();
        pool.push(...path.takeMessages());
        const applied = (await backend.items()).length > before;
        if (applied) seen.set(step.wish, (seen.get(step.wish) ?? 0) + 1);
        if (applied && step.wish !== 'erase') remembered.push(`Said${index}x`);
        if (applied && step.wish === 'erase') {
          forgotten.push(...remembered);
          remembered = [];
        }
        for (const n of step.deliver) await deliver(n);
        // Rows show an erasure once its message has come.
        if (step.wish === 'erase') {
          await deliver(pool.length - 1);
          await check();
        }
      }
      for (const n of Array.from({ length: 2 * pool.length }, () => order.next().value)) await deliver(n);
      for (const body of pool) await path.execute(body);
      await check();
      expect(await whatIs(path)).toEqual(await whatShouldBe(path));
      const events = await backend.eventStore.load('user', id);
      if (events.length > 0) expect(() => fold(events)).not.toThrow();
    }),
    { numRuns: runs(40, 2000) },
  );
  for (const wish of ['update', 'suspend', 'correct', 'delete', 'create', 'erase'])
    expect(seen.get(wish) ?? 0, wish).toBeGreaterThan(0);
});
