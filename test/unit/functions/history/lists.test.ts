import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aggregates } from '../../../../domain/operations.ts';
import { beginnings, everyAggregate, live, pastSystem, step, uuid } from '../../../support/models/pastSystem.ts';
import { runs } from '../../../support/runs.ts';

const start = Date.UTC(2026, 2, 31, 23, 59, 59, 990);
const iso = (moment: number) => new Date(moment).toISOString();
const person = { firstName: 'Ann', lastName: 'Lee', birthDate: '1990-01-01', roleId: uuid(1), groupId: uuid(5) };

describe('lists as of a moment', () => {
  it('show what asking for each would, whatever was created, deleted, restored, corrected and erased', async () => {
    let rows = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 5, maxLength: 25, size: 'max' }),
        fc.integer({ min: 1, max: 4 }),
        fc.nat(100),
        fc.nat(100),
        async (steps, limit, t, k) => {
          const system = pastSystem(start);
          const moments = await live(system, steps);
          system.pass(1);
          const timestamp = iso(moments[t % moments.length]!);
          const knownAt = k % 3 === 0 ? undefined : iso(moments[k % moments.length]!);
          for (const aggregate of everyAggregate) {
            const expected = (
              await Promise.all(
                system
                  .streams()
                  .filter(([name]) => name === aggregate)
                  .map(([, id]) => system.ask(`${aggregate}At`, { id, timestamp, knownAt })),
              )
            ).filter((each) => each !== null);
            const found = await system.pages<{ id: string }>(`${aggregates[aggregate].plural}At`, {
              timestamp,
              knownAt,
              limit,
            });
            rows += found.length;
            const byId = (list: { id: string }[]) => [...list].sort((one, other) => (one.id < other.id ? -1 : 1));
            expect(byId(found)).toEqual(byId(expected));
          }
        },
      ),
      { numRuns: runs(40, 500) },
    );
    expect(rows).toBeGreaterThan(10);
  });

  const filled = async (users: number) => {
    const system = pastSystem(start);
    for (const wish of beginnings) await system.run(wish);
    for (let n = 0; n < users; n += 1) {
      system.pass(1);
      await system.run({ operation: 'createUser', input: { id: `u${n}`, ...person, email: `u${n}@example.com` } });
    }
    return system;
  };

  it('keep their order while more is stored, and show the later pages as they were known at the first', async () => {
    const system = await filled(9);
    const asked = { timestamp: iso(system.now()), limit: 4 };
    const first = await system.ask('usersAt', asked);
    system.pass(1);
    const early = { aggregate: 'USER', kind: 'INSERT', type: 'UserUpdated', payload: { firstName: 'Changed' } };
    await system.run({ operation: 'deleteUser', input: { id: 'u1' } });
    await system.run({
      operation: 'correctEvent',
      input: { ...early, aggregateId: 'u5', effectiveAt: iso(start + 8) },
    });
    const rest = await system.pages('usersAt', { ...asked, nextToken: first.nextToken });
    expect([...first.items, ...rest].map(({ id }) => id)).toEqual(Array.from({ length: 9 }, (_, n) => `u${n}`));
    expect(new Set([...first.items, ...rest].map(({ firstName }) => firstName))).toEqual(new Set(['Ann']));
    expect((await system.pages('usersAt', asked)).find(({ id }) => id === 'u5')).toMatchObject({
      firstName: 'Changed',
    });
  });

  it('show somebody whose creation was moved to before the moment, once, behind the others', async () => {
    const system = await filled(3);
    const then = system.now() - 1;
    system.pass(1000);
    await system.run({ operation: 'createUser', input: { id: 'late', ...person, email: 'late@example.com' } });
    const move = {
      operation: 'correctEvent',
      input: { aggregate: 'USER', aggregateId: 'late', kind: 'MOVE', version: 1 },
    };
    for (const back of [1, 2]) await system.run({ ...move, input: { ...move.input, effectiveAt: iso(then - back) } });
    for (const limit of [1, 100])
      expect((await system.pages('usersAt', { timestamp: iso(then), limit })).map(({ id }) => id)).toEqual([
        'u0',
        'u1',
        'late',
      ]);
  });

  it('cost by what there was then, not by what there is now', async () => {
    const costs = [];
    for (const more of [0, 150]) {
      const system = await filled(10);
      const timestamp = iso(system.now());
      for (let n = 0; n < more; n += 1) {
        system.pass(1);
        await system.run({ operation: 'createUser', input: { id: `more${n}`, ...person, email: `m${n}@example.com` } });
      }
      Object.assign(system.cost, { entries: 0, loads: 0 });
      expect((await system.ask('usersAt', { timestamp, limit: 5 })).items).toHaveLength(5);
      costs.push({ ...system.cost });
    }
    expect(costs[1]).toEqual(costs[0]);
    // Five users, their role, its two authorizations, and their group.
    expect(costs[0]).toEqual({ entries: 5, loads: 9 });
  });

  it('end a page where too many were deleted to fill it, and go on from there', async () => {
    const system = await filled(450);
    for (let n = 0; n < 449; n += 1) await system.run({ operation: 'deleteUser', input: { id: `u${n}` } });
    system.pass(1);
    system.cost.loads = 0;
    const asked = { timestamp: iso(system.now()), limit: 100 };
    const first = await system.ask('usersAt', asked);
    expect(first.items).toEqual([]);
    expect(system.cost.loads).toBeLessThanOrEqual(300);
    expect((await system.pages('usersAt', { ...asked, nextToken: first.nextToken })).map(({ id }) => id)).toEqual([
      'u449',
    ]);
  });

  it('leave out what cannot be read, and say so in the log', async () => {
    const system = await filled(3);
    const broken = system.eventStore.items.find((item) => item['streamId'] === 'user#u1')!;
    broken['type'] = 'UserCreated';
    system.eventStore.items.push({ ...broken, version: 3, type: 'UserUpdated' });
    expect((await system.pages('usersAt', { timestamp: iso(system.now()) })).map(({ id }) => id)).toEqual(['u0', 'u2']);
    expect(system.warnings.map(({ message }) => message)).toEqual([expect.stringContaining('stream user#u1')]);
  });

  it('show a user whose role is damaged, without it', async () => {
    const system = await filled(1);
    const role = system.eventStore.items.find((item) => item['streamId'] === `role#${uuid(1)}`)!;
    system.eventStore.items.push({ ...role, version: 3 });
    expect(await system.ask('userAt', { id: 'u0', timestamp: iso(system.now()) })).toMatchObject({
      id: 'u0',
      roleId: uuid(1),
      role: null,
      group: { id: uuid(5) },
    });
    expect(system.warnings).toHaveLength(1);
  });

  it('take no token but their own', async () => {
    const system = await filled(3);
    const timestamp = iso(system.now());
    const { nextToken } = await system.ask('usersAt', { timestamp, limit: 1 });
    const refused = { invalid: { field: 'nextToken', rule: expect.stringContaining('must be the nextToken') } };
    for (const [field, given] of [
      ['groupsAt', { timestamp }],
      ['usersAt', { timestamp: iso(system.now() + 1) }],
      ['usersAt', { timestamp, knownAt: timestamp }],
      ['eventsSince', { timestamp }],
    ] as const)
      expect(await system.refusal(field, { ...given, nextToken })).toEqual(refused);
    const forged = (place: unknown) =>
      Buffer.from(JSON.stringify([`usersAt ${system.now()} now`, place])).toString('base64url');
    for (const place of [null, {}, { part: 'x', knownAt: 1 }, { part: 'created', knownAt: 1, aggregateId: 7 }])
      expect(await system.refusal('usersAt', { timestamp, nextToken: forged(place) })).toEqual(refused);
  });
});
