import { type Entry, entriesOf } from '../../../../domain/kernel/view/directory.ts';
import { aggregates } from '../../../../domain/operations.ts';
import { memoryDirectory } from '../../../../functions/ports/directory/memory.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fold } from '../../../../domain/kernel/stream/fold.ts';
import { isTombstone, rowOf, type ViewRow } from '../../../../domain/kernel/view/view.ts';
import { project } from '../../../../functions/execute/project.ts';
import { replay } from '../../../../functions/rebuild/chunk.ts';
import { memoryClaims } from '../../../../functions/ports/claims/memory.ts';
import { memorySnapshots } from '../../../../functions/ports/snapshots/memory.ts';
import { memoryEventStore } from '../../../../functions/ports/eventStore/memory.ts';
import { memoryRows } from '../../../../functions/ports/rows/memory.ts';
import type { FoundRow, Rows } from '../../../../functions/ports/rows/port.ts';
import type { Views, WriteResult } from '../../../../functions/ports/views/port.ts';
import { correctEvent, deleteUser, signUp, updateUser } from '../../../support/clients/commands.ts';
import { runs } from '../../../support/runs.ts';
import { memoryBackend, writePath } from '../../../support/models/writePath.ts';

const id = 'ada';
const stream = { aggregate: 'user' as const, aggregateId: id };

/** The views as the projection sees them, over the very rows that recovery sees. */
const viewsOver = (table: Map<string, FoundRow>): Views => {
  const at = (key: { id: string }) => structuredClone(table.get(`user#${key.id}`)) as ViewRow | undefined;
  const write = (row: ViewRow): WriteResult => {
    table.set(`user#${row.id}`, structuredClone({ ...row }));
    return { kind: 'written', row };
  };
  return {
    get: async (key) => at(key),
    getMany: async () => [],
    put: async (key, row, before) =>
      Boolean(at(key)) === Boolean(before) && at(key)?.version === before?.version
        ? write(row)
        : { kind: 'conflict', row: at(key) },
    change: async (key, { set, remove }, expected) => {
      const row = at(key);
      if (!row || isTombstone(row) || row.version !== expected) return { kind: 'conflict', row };
      return write({
        ...Object.fromEntries(Object.entries(row).filter(([name]) => !remove.includes(name))),
        ...set,
      } as ViewRow);
    },
  };
};

const harm = fc.constantFrom<((row: FoundRow) => FoundRow | undefined)[]>(
  (row) => row,
  () => undefined,
  (row) => ({ ...row, firstName: 'Altered' }),
  (row) => ({ ...row, version: 999 }),
  (row) => ({ ...row, version: 4 }),
  (row) => ({ ...row, version: 1, lastName: 'Altered' }),
  (row) => ({ ...row, version: 0 }),
  () => ({ id }),
  (row) => ({ ...row, version: '3' }),
  (row) => ({ ...row, version: [3] }),
  (row) => ({ ...row, version: 2.5 }),
  (row) => ({ id, version: row['version'], deletedAt: '2026-01-01T00:00:00.000Z', expiresAt: 2_000_000_000 }),
);

const later = fc.array(
  fc.oneof(
    fc.constantFrom('Ann', 'Bo', 'Cy').map((firstName) => () => updateUser(id, { firstName })),
    fc.constantFrom('x@example.com', 'y@example.com').map((email) => () => updateUser(id, { email })),
    fc.constant(() =>
      correctEvent(stream, 1, {
        firstName: 'Corrected',
        lastName: 'L',
        birthDate: '1990-01-01',
        email: 'c@example.com',
      }),
    ),
    fc.constant(() => deleteUser(id)),
  ),
  { minLength: 1, maxLength: 4 },
);

describe('a row that is rebuilt beside its projection', () => {
  it('ends as its whole stream says, whatever was wrong with it, and however the calls fall between each other', async () => {
    await fc.assert(
      fc.asyncProperty(
        harm,
        later,
        fc.integer({ min: 1, max: 2 }),
        fc.scheduler(),
        async (harmed, commands, recoveries, scheduler) => {
          const backend = memoryBackend();
          const path = writePath(backend);
          for (const command of [signUp(id, 'ada@example.com'), updateUser(id, { firstName: 'Augusta' })])
            await path.command(command);
          for (const make of commands) await path.command(make());
          const history = await backend.eventStore.load('user', id);
          const [old, live] = [history.slice(0, 2), history.slice(2)];

          const store = memoryEventStore();
          for (const event of old) await store.append(event, { takes: [], releases: [] });
          const rows = memoryRows();
          const wrong = harmed({ ...rowOf('user', id, fold(old)) });
          if (wrong) rows.table.set(`user#${id}`, wrong);

          const turns = <Port extends object>(port: Port): Port =>
            new Proxy(port, {
              get:
                (target, name) =>
                (...parameters: unknown[]) =>
                  scheduler
                    .schedule(Promise.resolve(), String(name))
                    .then(() =>
                      Reflect.apply(Reflect.get(target, name) as (...all: unknown[]) => unknown, target, parameters),
                    ),
            });
          const directory = memoryDirectory();
          const [views, eventStore, recoveryRows] = [turns(viewsOver(rows.table)), turns(store), turns<Rows>(rows)];
          const snapshots = turns(memorySnapshots(store.keys));

          /** What was stored is projected, again and again until it succeeds: a message that fails comes back. */
          const projected = async (event: (typeof live)[number]) => {
            for (;;) {
              try {
                return await project(event, { eventStore, snapshots, views, directory });
              } catch {
                await scheduler.schedule(Promise.resolve(), 'redelivery');
              }
            }
          };
          const work = [
            (async () => {
              const deliveries = [];
              for (const event of live) {
                await eventStore.append(event, { takes: [], releases: [] });
                deliveries.push(projected(event));
              }
              await Promise.all(deliveries);
            })(),
            ...Array.from({ length: recoveries }, () =>
              replay({ kind: 'replay', recoveryId: 'r', chunkId: '1', streams: [stream], claims: false }, false, {
                ...{ eventStore, snapshots, directory, rows: recoveryRows, claims: memoryClaims(store) },
                now: () => Date.UTC(2026, 0, 1),
              }),
            ),
          ];
          await scheduler.waitFor(Promise.all(work));
          const row = rowOf('user', id, fold(history));
          expect(rows.table.get(`user#${id}`)).toEqual({ ...row });
          const byName = (entries: Entry[]) => new Map(entries.map((each) => [each.entry, each]));
          expect(byName(directory.entries())).toEqual(byName(entriesOf(aggregates.user, row)));
        },
      ),
      { numRuns: runs(250, 5000) },
    );
  });
});
