import { type Entry, entriesOf } from '../../../../domain/kernel/view/directory.ts';
import { aggregates } from '../../../../domain/operations.ts';
import { memoryDirectory } from '../../../../functions/ports/directory/memory.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DomainEvent } from '../../../../domain/kernel/stream/event.ts';
import { fold } from '../../../../domain/kernel/stream/fold.ts';
import { rowOf } from '../../../../domain/kernel/view/view.ts';
import { bodyOfEvent } from '../../../../functions/messages.ts';
import { type MemoryViews, memoryViews } from '../../../../functions/ports/views/memory.ts';
import {
  type CommandMessage,
  correctEvent,
  deleteUser,
  signUp,
  updateUser,
} from '../../../support/clients/commands.ts';
import { memoryBackend, writePath } from '../../../support/models/writePath.ts';

const id = 'ada';
const names = fc.constantFrom('Ada', 'Augusta', 'Grace');

/** What may happen to a user after the sign-up. */
const change = (versions: number): fc.Arbitrary<() => CommandMessage> =>
  fc.oneof(
    fc
      .record(
        { firstName: names, lastName: names, email: fc.constantFrom('a@x.example', 'B@x.example') },
        { requiredKeys: [] },
      )
      .map((input) => () => updateUser(id, input)),
    fc.record({ version: fc.integer({ min: 1, max: versions }), firstName: names }).map(
      ({ version, firstName }) =>
        () =>
          correctEvent(
            { aggregate: 'user', aggregateId: id },
            version,
            version === 1 ? { firstName, lastName: 'L', birthDate: '1990-01-01', email: 'c@x.example' } : { firstName },
          ),
    ),
    { weight: 1, arbitrary: fc.constant(() => deleteUser(id)) },
  );

const history = fc.array(change(4), { minLength: 1, maxLength: 7 });

/** Deliveries: which event, and in whose batch; two handlers work at the same time. */
const deliveries = (events: number) =>
  fc.record({
    order: fc.shuffledSubarray(
      Array.from({ length: events * 3 }, (_, index) => index % events),
      { minLength: events },
    ),
    batch: fc.integer({ min: 1, max: 5 }),
    handlers: fc.integer({ min: 1, max: 3 }),
  });

const storedBy = async (
  commands: (() => CommandMessage)[],
): Promise<{ events: DomainEvent[]; backend: ReturnType<typeof memoryBackend> }> => {
  const backend = memoryBackend();
  const path = writePath(backend);
  for (const make of [() => signUp(id, 'ada@x.example'), ...commands]) await path.command(make());
  return { events: await backend.eventStore.load('user', id), backend };
};

/** Every call of the views takes a turn of its own, so that handlers get between each other's calls. */
const interleaved = (views: MemoryViews): MemoryViews =>
  new Proxy(views, {
    get: (target, name) => {
      const member = Reflect.get(target, name) as unknown;
      if (typeof member !== 'function' || name === 'rows') return member;
      return async (...parameters: unknown[]) => {
        await new Promise((resolve) => setImmediate(resolve));
        return Reflect.apply(member as (...all: unknown[]) => unknown, target, parameters);
      };
    },
  });

describe("whatever the queues make of a stream's messages", () => {
  it('the row only ever shows a prefix of the stream, never goes back, and ends as the whole (I5, I6)', async () => {
    await fc.assert(
      fc.asyncProperty(history, fc.gen(), async (commands, generate) => {
        const { events, backend } = await storedBy(commands);
        const { order, batch, handlers } = generate(deliveries, events.length);
        const views = memoryViews();
        const directory = memoryDirectory();
        const bodies = [...order, ...events.keys()].map((index) => bodyOfEvent({ ...events[index]! }));
        const paths = Array.from({ length: handlers }, () =>
          writePath({ ...backend, directory, views: interleaved(views) }),
        );

        await Promise.all(
          paths.map(async (path, handler) => {
            const mine = bodies.filter((_, index) => index % handlers === handler);
            for (let start = 0; start < mine.length; start += batch)
              expect(await path.execute(...mine.slice(start, start + batch))).toEqual(new Map());
          }),
        );

        const prefixes = events.map((_, index) => rowOf('user', id, fold(events.slice(0, index + 1))));
        expect(views.rows('user')).toEqual([prefixes.at(-1)]);
        const byName = (entries: Entry[]) => new Map(entries.map((each) => [each.entry, each]));
        expect(byName(directory.entries())).toEqual(byName(entriesOf(aggregates.user, prefixes.at(-1))));
        for (const { row } of views.writes) expect(row).toEqual(prefixes[row.version - 1]);
        const versions = views.writes.map(({ row }) => row.version);
        expect(versions).toEqual([...new Set(versions)].sort((one, other) => one - other));
        // And every command that left an event was heard of.
        const heard = new Set(
          paths.flatMap((path) => path.notifier.published.map(({ outcome }) => outcome?.commandId)),
        );
        expect(heard).toEqual(new Set(events.map(({ commandId }) => commandId)));
      }),
      { numRuns: 150 },
    );
  });
});
