import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DomainEvent } from '../../../../domain/kernel/stream/event.ts';
import { answer, type Answer, type HistoryPorts } from '../../../../functions/history/answer.ts';
import { memoryDirectory } from '../../../../functions/ports/directory/memory.ts';
import { memoryViews } from '../../../../functions/ports/views/memory.ts';
import { memoryEventIndex } from '../../../../functions/ports/eventIndex/memory.ts';
import { memorySnapshots } from '../../../../functions/ports/snapshots/memory.ts';
import { memoryEventStore } from '../../../../functions/ports/eventStore/memory.ts';
import { memoryClaimReader } from '../../../../functions/ports/claims/memory.ts';
import { memoryOutcomes } from '../../../../functions/ports/outcomes/memory.ts';
import { itemOf } from '../../../../functions/ports/eventStore/item.ts';

const now = Date.UTC(2026, 5, 15);
/** Few moments, so that many events share one; the first and the last years apart. */
const moments = [
  Date.UTC(2019, 6, 1),
  Date.UTC(2026, 3, 30, 23, 59, 59, 999),
  Date.UTC(2026, 4, 1),
  Date.UTC(2026, 4, 1) + 1,
  now,
];

const eventOf = (
  aggregateId: string,
  version: number,
  timestamp: number,
  eventId: string,
  { aggregate = 'group', actor = 'admin:a' }: { aggregate?: 'group' | 'role'; actor?: string } = {},
): DomainEvent =>
  ({
    eventId,
    aggregate,
    aggregateId,
    version,
    type: `${aggregate === 'group' ? 'Group' : 'Role'}${version === 1 ? 'Created' : 'Updated'}`,
    payload: version === 1 ? { name: aggregateId, description: 'd' } : { description: eventId },
    timestamp,
    commandId: eventId,
    operation: version === 1 ? 'createGroup' : 'updateGroup',
    executionQueue: 'q',
    actor,
    schemaVersion: 1,
  }) as DomainEvent;

const portsOver = (items: Record<string, unknown>[]) => {
  const store = memoryEventStore();
  store.items.push(...items);
  const warnings: Error[] = [];
  const eventIndex = memoryEventIndex(store);
  let looks = 0;
  const ports: HistoryPorts = {
    eventStore: store,
    eventIndex: {
      ...eventIndex,
      page: async (...asked) => {
        const read = await eventIndex.page(...asked);
        looks += read.entries.length;
        return read;
      },
    },
    views: memoryViews(),
    outcomes: memoryOutcomes(),
    directory: memoryDirectory(),
    snapshots: memorySnapshots(store.keys),
    claims: memoryClaimReader(store),
    now: () => now,
    warn: (_message, error) => warnings.push(error),
  };
  const ask = (field: string, given: Record<string, unknown>): Promise<Answer> =>
    answer({ field, arguments: given }, ports);
  const page = async (given: Record<string, unknown>) =>
    (
      (await ask('eventsSince', given)) as {
        result: {
          items: { eventId: string; aggregateId: string; version: number; timestamp: string }[];
          nextToken: string | null;
        };
      }
    ).result;
  return { ask, page, warnings, looks: () => looks };
};

const streams = fc.array(fc.array(fc.tuple(fc.nat(moments.length - 1), fc.uuid()), { minLength: 1, maxLength: 6 }), {
  minLength: 1,
  maxLength: 6,
});

describe('the audit of all events', () => {
  it("gives each event once, in order of time and each stream's own, page by page", async () => {
    await fc.assert(
      fc.asyncProperty(
        streams,
        fc.integer({ min: 1, max: 7 }),
        fc.nat(moments.length - 1),
        async (made, limit, from) => {
          const events = made.flatMap((stream, n) => {
            const times = stream.map(([at]) => at).sort();
            return stream.map(([, eventId], index) => eventOf(`g${n}`, index + 1, moments[times[index]!]!, eventId));
          });
          const { page } = portsOver(events.map(itemOf));
          const found: Awaited<ReturnType<typeof page>>['items'] = [];
          let nextToken: string | null = null;
          do {
            const next: Awaited<ReturnType<typeof page>> = await page({
              timestamp: new Date(moments[from]!).toISOString(),
              limit,
              nextToken,
            });
            expect(next.items.length).toBeLessThanOrEqual(limit);
            found.push(...next.items);
            nextToken = next.nextToken;
          } while (nextToken !== null);

          const wanted = events.filter(({ timestamp }) => timestamp >= moments[from]!);
          expect(found.map(({ eventId }) => eventId).sort()).toEqual(wanted.map(({ eventId }) => eventId).sort());
          for (const [index, event] of found.entries()) {
            const before = found[index - 1];
            if (before) expect(Date.parse(before.timestamp)).toBeLessThanOrEqual(Date.parse(event.timestamp));
            expect(
              found
                .slice(0, index)
                .filter(({ aggregateId }) => aggregateId === event.aggregateId)
                .every(({ version }) => version < event.version),
            ).toBe(true);
            // Where no stream has two events of one millisecond, ties go by event id.
            const alone = [before, event].every(
              (each) =>
                each &&
                wanted.filter(
                  ({ aggregateId, timestamp }) =>
                    aggregateId === each.aggregateId && timestamp === Date.parse(each.timestamp),
                ).length === 1,
            );
            if (before && alone && before.timestamp === event.timestamp)
              expect(before.eventId < event.eventId).toBe(true);
          }
        },
      ),
      { numRuns: 150 },
    );
  });

  it('gives what passes every filter, page by page, and nothing else', async () => {
    const filters = fc.record(
      {
        until: fc.nat(moments.length - 1),
        actor: fc.constantFrom('admin:a', 'user:b', 'admin:nobody'),
        aggregate: fc.constantFrom('GROUP', 'ROLE', 'USER'),
        types: fc.subarray(['GroupCreated', 'GroupUpdated'], { minLength: 1 }),
      },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(
        streams,
        fc.array(fc.boolean(), { minLength: 6, maxLength: 6 }),
        fc.integer({ min: 1, max: 5 }),
        filters,
        async (made, coins, limit, { until, ...filter }) => {
          fc.pre(!filter.types || !filter.aggregate || filter.aggregate === 'GROUP');
          const events = made.flatMap((stream, n) => {
            const times = stream.map(([at]) => at).sort();
            return stream.map(([, eventId], index) =>
              eventOf(`g${n}`, index + 1, moments[times[index]!]!, eventId, {
                aggregate: coins[n] ? 'group' : 'role',
                actor: coins[(n + index) % coins.length] ? 'admin:a' : 'user:b',
              }),
            );
          });
          const { page } = portsOver(events.map(itemOf));
          const found: string[] = [];
          let nextToken: string | null = null;
          do {
            const next: Awaited<ReturnType<typeof page>> = await page({
              timestamp: new Date(0).toISOString(),
              ...(until !== undefined && { until: new Date(moments[until]!).toISOString() }),
              ...filter,
              limit,
              nextToken,
            });
            found.push(...next.items.map(({ eventId }) => eventId));
            nextToken = next.nextToken;
          } while (nextToken !== null);
          const wanted = events.filter(
            ({ timestamp, actor, aggregate, type }) =>
              timestamp <= (until === undefined ? now : moments[until]!) &&
              (!filter.actor || actor === filter.actor) &&
              (!filter.aggregate || aggregate.toUpperCase() === filter.aggregate) &&
              (!filter.types || filter.types.includes(type)),
          );
          expect([...found].sort()).toEqual(wanted.map(({ eventId }) => eventId).sort());
        },
      ),
      { numRuns: 200 },
    );
  });

  it.each([
    ['one type', { types: ['RoleCreated'] }],
    ['one kind of aggregate', { aggregate: 'ROLE' }],
    ['one actor', { actor: 'admin:rare' }],
    ['one actor and type', { actor: 'admin:rare', types: ['RoleCreated'] }],
  ])('reads about a page to find a few of very many: %s', async (_what, filter) => {
    const many = Array.from({ length: 2000 }, (_, n) => eventOf(`g${n}`, 1, moments[1]! + n, `many ${n}`));
    const few = Array.from({ length: 5 }, (_, n) =>
      eventOf(`r${n}`, 1, moments[2]! + n, `few ${n}`, { aggregate: 'role', actor: 'admin:rare' }),
    );
    const { page, looks } = portsOver([...many, ...few].map(itemOf));
    const { items } = await page({ timestamp: '1970-01-01T00:00:00Z', limit: 3, ...filter });
    expect(items.map(({ eventId }) => eventId)).toEqual(['few 0', 'few 1', 'few 2']);
    expect(looks()).toBeLessThanOrEqual(5);
  });

  it('goes on by pages through very much of one actor that is of other types', async () => {
    const many = Array.from({ length: 7_000 }, (_, n) => eventOf(`g${n}`, 1, moments[1]! + n, `many ${n}`));
    const last = eventOf('r', 1, moments[1]! + 7_000, 'last', { aggregate: 'role' });
    const { page, looks } = portsOver([...many, last].map(itemOf));
    const asked = { timestamp: '1970-01-01T00:00:00Z', actor: 'admin:a', types: ['RoleCreated'], limit: 3 };
    const first = await page(asked);
    expect(first.items).toEqual([]);
    expect(looks()).toBe(3_000);
    const second = await page({ ...asked, nextToken: first.nextToken });
    expect(await page({ ...asked, nextToken: second.nextToken })).toMatchObject({
      items: [{ eventId: 'last' }],
      nextToken: null,
    });
  });

  it.each([
    ['until', { until: '2019-12-31T23:59:59Z' }, 'must not be before timestamp'],
    ['types', { types: [] }, 'must name one type of events or more'],
    ['types', { types: ['UserExploded'] }, 'UserExploded is not a type of events'],
    ['types', { types: ['UserCreated'], aggregate: 'ROLE' }, 'UserCreated is not an event of ROLE'],
    ['actor', { actor: '' }, expect.stringContaining('must be 1 to')],
    ['actor', { actor: 'x'.repeat(3000) }, expect.stringContaining('must be 1 to')],
  ])('names the filter that is wrong: %s of %j', async (field, given, rule) => {
    const { ask } = portsOver([]);
    expect(await ask('eventsSince', { timestamp: '2020-01-01T00:00:00Z', ...given })).toEqual({
      invalid: { field, rule },
    });
  });

  it('leaves out what is no event, and says so in the log', async () => {
    const events = [
      eventOf('g1', 1, moments[1]!, 'a'),
      eventOf('g2', 1, moments[2]!, 'b'),
      eventOf('g3', 1, moments[3]!, 'c'),
    ].map(itemOf);
    events[1] = { ...events[1], payload: undefined };
    const { page, warnings } = portsOver(events);
    const first = await page({ timestamp: '1970-01-01T00:00:00Z', limit: 2 });
    expect(first.items.map(({ eventId }) => eventId)).toEqual(['a']);
    expect(
      (await page({ timestamp: '1970-01-01T00:00:00Z', limit: 2, nextToken: first.nextToken })).items.map(
        ({ eventId }) => eventId,
      ),
    ).toEqual(['c']);
    expect(warnings.map(({ message }) => message)).toEqual([expect.stringContaining('Version 1 of stream group#g2')]);
  });

  it('of one aggregate passes what is no event by, page by page, and says so in the log', async () => {
    const events = [1, 2, 3, 4, 5, 6].map((version) =>
      itemOf(eventOf('g1', version, moments[version % 5]!, `e${version}`)),
    );
    for (const damaged of [1, 3]) events[damaged] = { ...events[damaged], payload: 'x' };
    const { ask, warnings } = portsOver(events);
    const versions: number[][] = [];
    let nextToken: string | null = null;
    do {
      const { result } = (await ask('events', { aggregate: 'GROUP', aggregateId: 'g1', limit: 2, nextToken })) as {
        result: { items: { version: number }[]; nextToken: string | null };
      };
      versions.push(result.items.map(({ version }) => version));
      ({ nextToken } = result);
    } while (nextToken !== null);
    expect(versions).toEqual([[1], [3], [5, 6]]);
    expect(warnings.map(({ message }) => /Version \d/.exec(message)?.[0])).toEqual(['Version 2', 'Version 4']);
  });

  it('of one aggregate comes the latest first, where that is asked for, whatever is no event among it', async () => {
    const events = [1, 2, 3, 4, 5, 6, 7].map((version) => itemOf(eventOf('g1', version, moments[1]!, `e${version}`)));
    const versionsOf = async (items: Record<string, unknown>[], limit: number) => {
      const { ask } = portsOver(items);
      const versions: number[][] = [];
      let nextToken: string | null = null;
      do {
        const given = { aggregate: 'GROUP', aggregateId: 'g1', direction: 'DESC', limit, nextToken };
        const { result } = (await ask('events', given)) as {
          result: { items: { version: number }[]; nextToken: string | null };
        };
        versions.push(result.items.map(({ version }) => version));
        ({ nextToken } = result);
      } while (nextToken !== null);
      return versions;
    };
    expect(await versionsOf(events, 3)).toEqual([[7, 6, 5], [4, 3, 2], [1]]);
    expect(await versionsOf(events, 7)).toEqual([[7, 6, 5, 4, 3, 2, 1]]);
    expect(await versionsOf([], 3)).toEqual([[]]);
    const damaged = events.map((each, n) => (n === 6 || n === 3 ? { ...each, payload: 'x' } : each));
    expect(await versionsOf(damaged, 3)).toEqual([[6, 5], [3, 2], [1]]);
  });

  it('of one aggregate begins at a version, where one is named, in either direction', async () => {
    const { ask } = portsOver([1, 2, 3, 4, 5, 6, 7].map((v) => itemOf(eventOf('g1', v, moments[1]!, `e${v}`))));
    const pages = async (direction: string, fromVersion: number) => {
      const versions: number[][] = [];
      for (let nextToken: string | null = null, first = true; first || nextToken !== null; first = false) {
        const given = { aggregate: 'GROUP', aggregateId: 'g1', direction, fromVersion, limit: 2, nextToken };
        const { result } = (await ask('events', given)) as {
          result: { items: { version: number }[]; nextToken: string | null };
        };
        versions.push(result.items.map(({ version }) => version));
        ({ nextToken } = result);
      }
      return versions;
    };
    expect(await pages('ASC', 4)).toEqual([
      [4, 5],
      [6, 7],
    ]);
    expect(await pages('ASC', 8)).toEqual([[]]);
    expect(await pages('DESC', 4)).toEqual([
      [4, 3],
      [2, 1],
    ]);
    // Beyond the end there is the end.
    expect(await pages('DESC', 1_000)).toEqual([[7, 6], [5, 4], [3, 2], [1]]);
    for (const fromVersion of [0, -1, 1.5])
      expect(await ask('events', { aggregate: 'GROUP', aggregateId: 'g1', fromVersion })).toMatchObject({
        invalid: { field: 'fromVersion' },
      });
  });

  it('takes no token but its own', async () => {
    const { ask } = portsOver([]);
    const since = { timestamp: '1970-01-01T00:00:00Z' };
    const forged = (position: unknown) => Buffer.from(JSON.stringify(position)).toString('base64url');
    for (const [field, given, position] of [
      ['events', { aggregate: 'GROUP', aggregateId: 'g' }, ['events group#g', { version: 1e20 }]],
      ['events', { aggregate: 'GROUP', aggregateId: 'g' }, ['events group#h', { version: 1 }]],
      ['events', { aggregate: 'GROUP', aggregateId: 'g' }, { version: 1 }],
      ['events', { aggregate: 'GROUP', aggregateId: 'g', direction: 'DESC' }, ['events group#g', { version: 1 }]],
      ['eventsSince', since, ['eventsSince {"since":1}', { timestamp: 1, first: '', version: 1 }]],
      ['eventsSince', since, ['eventsSince {"since":0}', { timestamp: 1, first: '', version: 1e20 }]],
      ['eventsSince', { ...since, actor: 'a' }, ['eventsSince {"since":0}', { timestamp: 1, first: '', version: 1 }]],
    ] as const)
      expect(await ask(field, { ...given, nextToken: forged(position) }), JSON.stringify(position)).toMatchObject({
        invalid: { field: 'nextToken' },
      });
  });
});

describe('a stream that is damaged', () => {
  it('is called so, by its name, and not something to try again', async () => {
    const { ask } = portsOver([
      itemOf(eventOf('gap', 1, moments[1]!, 'a')),
      itemOf(eventOf('gap', 3, moments[2]!, 'b')),
      { ...itemOf(eventOf('odd', 1, moments[1]!, 'c')), type: 'GroupExploded' },
    ]);
    expect(await ask('groupAt', { id: 'gap', timestamp: new Date(now).toISOString() })).toEqual({
      damaged: expect.stringContaining('group#gap'),
    });
    expect(await ask('groupAt', { id: 'odd', timestamp: new Date(now).toISOString() })).toEqual({
      damaged: expect.stringContaining('group#odd'),
    });
    expect(await ask('events', { aggregate: 'GROUP', aggregateId: 'gap' })).toMatchObject({
      result: { items: [{ version: 1 }, { version: 3 }] },
    });
  });
});
