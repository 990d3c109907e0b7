import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aggregates } from '../../../../domain/operations.ts';
import {
  beginnings,
  live,
  pastSystem,
  type PastSystem,
  step,
  uuid,
  type Wish,
} from '../../../support/models/pastSystem.ts';

const start = Date.UTC(2026, 2, 31, 23, 59, 59, 990);
const iso = (moment: number) => new Date(moment).toISOString();
const person = { firstName: 'Ann', lastName: 'Lee', birthDate: '1990-01-01', roleId: uuid(1), groupId: uuid(5) };

type Row = Record<string, unknown>;

/** What differs between what asking for each aggregate gives at two moments. */
const plainDifferences = async (system: PastSystem, from: number, to: number): Promise<Row[]> => {
  const rows = await Promise.all(
    system.streams().map(async ([aggregate, id]) => {
      const [before, after] = await Promise.all(
        [from, to].map((moment) => system.ask<Row | null>(`${aggregate}At`, { id, timestamp: iso(moment) })),
      );
      return Object.keys(aggregates[aggregate].columns).map((attribute) => ({
        aggregate: aggregate.toUpperCase(),
        aggregateId: id,
        attribute,
        before: before?.[attribute] ?? null,
        after: after?.[attribute] ?? null,
      }));
    }),
  );
  return rows.flat().filter(({ before, after }) => JSON.stringify(before) !== JSON.stringify(after));
};

const sorted = (rows: Row[]) => rows.map((row) => JSON.stringify(row)).sort();

describe('changes between two moments', () => {
  it('are what differs between the aggregates as they were at the one and at the other', async () => {
    let changes = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 8, maxLength: 30, size: 'max' }),
        fc.integer({ min: 1, max: 9 }),
        fc.nat(1000),
        fc.nat(1000),
        async (steps, limit, one, other) => {
          const system = pastSystem(start);
          const moments = await live(system, steps);
          system.pass(1);
          const [from, to] = [one, other].map((n) => moments[n % moments.length]!).sort((a, b) => a - b) as [
            number,
            number,
          ];
          const found = await system.pages<Row>('changesBetween', { from: iso(from), to: iso(to), limit });
          const expected = await plainDifferences(system, from, to);
          changes += expected.length;
          expect(sorted(found.map(({ actor: _actor, ...change }) => change))).toEqual(sorted(expected));
          for (const [aggregate, id] of system.streams()) {
            const asked = { from: iso(from), to: iso(to), aggregate: aggregate.toUpperCase(), limit };
            const ofKind = await system.pages<Row>('changesBetween', asked);
            expect(sorted(ofKind)).toEqual(sorted(found.filter((change) => change['aggregate'] === asked.aggregate)));
            const ofOne = await system.pages<Row>('changesBetween', { ...asked, aggregateId: id });
            expect(ofOne).toEqual(found.filter(({ aggregateId }) => aggregateId === id));
          }
        },
      ),
      { numRuns: 30 },
    );
    // Not about nothing; how much it is about is for chance to say.
    expect(changes).toBeGreaterThan(10);
  });

  const system = async (...wishes: Wish[]) => {
    const made = pastSystem(start);
    for (const wish of beginnings) await made.run(wish);
    made.pass(1);
    await made.run({
      operation: 'createUser',
      input: { id: 'ann', ...person, email: 'ann@example.com' },
      actor: 'admin:first',
    });
    for (const wish of wishes) {
      made.pass(10);
      expect(await made.run(wish)).toMatchObject({ status: 'APPLIED' });
    }
    made.pass(1000);
    return made;
  };
  const created = start + 1;
  const changesOf = async (past: PastSystem, from: number, to = past.now()) =>
    (
      await past.pages<Row>('changesBetween', { from: iso(from), to: iso(to), aggregate: 'USER', aggregateId: 'ann' })
    ).map(({ attribute, before, after, actor }) => [attribute, before, after, actor]);
  const update = (input: Row, actor: string): Wish => ({
    operation: 'updateUser',
    input: { id: 'ann', ...input },
    actor,
  });

  it('name who made each attribute what it became', async () => {
    const past = await system(
      update({ firstName: 'Bo', lastName: 'Ray' }, 'admin:second'),
      update({ firstName: 'Cy' }, 'admin:third'),
    );
    expect(await changesOf(past, created)).toEqual([
      ['firstName', 'Ann', 'Cy', 'admin:third'],
      ['lastName', 'Lee', 'Ray', 'admin:second'],
    ]);
    expect((await changesOf(past, created - 1)).filter(([attribute]) => attribute === 'email')).toEqual([
      ['email', null, 'ann@example.com', 'admin:first'],
    ]);
  });

  it('name who corrected an event, and not whose it was', async () => {
    const past = await system(update({ firstName: 'Bo' }, 'admin:second'), {
      operation: 'correctEvent',
      input: { aggregate: 'USER', aggregateId: 'ann', kind: 'REPLACE', version: 2, payload: { firstName: 'Di' } },
      actor: 'admin:corrector',
    });
    expect(await changesOf(past, created)).toEqual([['firstName', 'Ann', 'Di', 'admin:corrector']]);
  });

  it('are none where everything came back, and of a deletion everything', async () => {
    const past = await system(
      { operation: 'deleteUser', input: { id: 'ann' } },
      { operation: 'restoreUser', input: { id: 'ann' } },
    );
    expect(await changesOf(past, created)).toEqual([]);
    expect(await changesOf(past, created, created + 10)).toContainEqual(['firstName', 'Ann', null, 'admin:a']);
  });

  it('tell of a suspension that ended by itself, by nobody', async () => {
    const until = start + 500;
    const past = await system({ operation: 'suspendUser', input: { id: 'ann', reason: 'late', until: iso(until) } });
    const ended = ['status', 'SUSPENDED', 'ACTIVE', null];
    expect(await changesOf(past, until - 1, until)).toContainEqual(ended);
    const all = await past.pages<Row>('changesBetween', { from: iso(until - 1), to: iso(until) });
    expect(all.map(({ attribute, before, after, actor }) => [attribute, before, after, actor])).toContainEqual(ended);
    expect(await changesOf(past, until, until + 100)).toEqual([]);
  });

  it('tell nothing of who was erased', async () => {
    const past = await system(update({ firstName: 'Bo' }, 'admin:second'), {
      operation: 'eraseUser',
      input: { id: 'ann' },
    });
    expect(await changesOf(past, created - 1)).toEqual([]);
    expect(JSON.stringify(await past.pages('changesBetween', { from: iso(0), to: iso(past.now()) }))).not.toContain(
      'Ann',
    );
  });

  it('show the later pages as they were known at the first', async () => {
    const past = await system(update({ firstName: 'Bo', lastName: 'Ray' }, 'admin:second'));
    const asked = { from: iso(created), to: iso(past.now() + 5000), limit: 1 };
    const first = await past.ask('changesBetween', asked);
    past.pass(1);
    await past.run(update({ firstName: 'Late', email: 'late@example.com' }, 'admin:third'));
    const rest = await past.pages<Row>('changesBetween', { ...asked, nextToken: first.nextToken });
    expect([...first.items, ...rest].map(({ attribute, after }) => [attribute, after])).toEqual([
      ['firstName', 'Bo'],
      ['lastName', 'Ray'],
    ]);
  });

  it('are refused where the moments or the aggregate make no sense', async () => {
    const past = await system();
    const refusal = (given: Row) => past.refusal('changesBetween', { from: iso(start), to: iso(start + 1), ...given });
    expect(await refusal({ to: iso(start - 1) })).toEqual({
      invalid: { field: 'to', rule: 'must not be before from' },
    });
    expect(await refusal({ aggregateId: 'ann' })).toEqual({
      invalid: { field: 'aggregate', rule: 'is required with aggregateId' },
    });
    expect(await refusal({ limit: 0 })).toMatchObject({ invalid: { field: 'limit' } });
    expect(await refusal({ nextToken: 'foreign' })).toMatchObject({ invalid: { field: 'nextToken' } });
  });
});
