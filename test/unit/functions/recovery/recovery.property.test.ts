import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AggregateName } from '../../../../domain/kernel/aggregate.ts';
import { aggregateNames, aggregates } from '../../../../domain/operations.ts';
import type { FoundRow } from '../../../../functions/ports/rows/port.ts';
import { recoveryModel, type RecoveryModel, uuid } from '../../../support/models/recoveryModel.ts';
import { runs } from '../../../support/runs.ts';

/** Two of every kind: enough for them to contend for values. A made id is that of the command that creates it. */
const idsOf: Record<AggregateName, string[]> = {
  user: ['ann', 'bob'],
  role: [uuid(11), uuid(12)],
  authorization: [uuid(21), uuid(22)],
  group: [uuid(31), uuid(32)],
};
const streams = aggregateNames.flatMap((aggregate) => idsOf[aggregate].map((id) => ({ aggregate, id })));

const values: Record<AggregateName, Record<string, (string | string[] | null)[]>> = {
  user: {
    firstName: ['A', 'B'],
    lastName: ['C', 'D'],
    birthDate: ['1990-01-01', '1991-01-01'],
    email: ['a@example.com', 'B@example.com', 'c@example.com'],
    roleId: [idsOf.role[0]!, idsOf.role[1]!, null],
    groupId: [idsOf.group[0]!, null],
  },
  role: {
    name: ['m', 'n', 'o'],
    description: ['d', 'e'],
    authorizationIds: [[], idsOf.authorization, [idsOf.authorization[1]!]],
  },
  authorization: { name: ['m', 'n', 'o'], description: ['d', 'e'] },
  group: { name: ['m', 'n', 'o'], description: ['d', 'e'] },
};

const inputOf = (aggregate: AggregateName) => {
  const attributes = Object.fromEntries(
    Object.entries(values[aggregate]).map(([name, some]) => [name, fc.constantFrom(...some)]),
  );
  const required = Object.fromEntries(
    Object.entries(values[aggregate]).map(([name, some]) => [
      name,
      fc.constantFrom(...some.filter((value) => value !== null)),
    ]),
  );
  return { whole: fc.record(required), part: fc.record(attributes, { requiredKeys: [] }) };
};

const day = 86_400_000;
/** What happens next to one of them; and how long after the thing before, in milliseconds. */
const step = fc.constantFrom(...streams).chain(({ aggregate, id }) => {
  const { typeName } = aggregates[aggregate];
  const { whole, part } = inputOf(aggregate);
  return fc.record({
    aggregate: fc.constant(aggregate),
    id: fc.constant(id),
    gap: fc.constantFrom(0, 1, 1000, 20 * day),
    wish: fc.oneof(
      {
        weight: 3,
        arbitrary: part.map((input) => ({ operation: `update${typeName}`, input: input as Record<string, unknown> })),
      },
      {
        weight: 2,
        arbitrary: fc
          .record({ version: fc.integer({ min: 1, max: 4 }), payload: fc.oneof(whole, part) })
          .map((input) => ({ operation: 'correctEvent', input: { ...input } })),
      },
      { weight: 2, arbitrary: fc.constant({ operation: `delete${typeName}`, input: {} }) },
    ),
    whole,
  });
});
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

/**
 * Does them all; the first that happens to each is that it is created. @returns how often what kind of thing happened
 */
const live = async (model: RecoveryModel, steps: Step[], seen: Record<string, number>): Promise<void> => {
  for (const { aggregate, id, gap, wish, whole } of steps) {
    // A command takes a second of the model's; here, its gap alone.
    model.tick(gap - 1000);
    const { operation, input } = model.rows.table.has(`${aggregate}#${id}`)
      ? wish
      : { operation: `create${aggregates[aggregate].typeName}`, input: whole };
    const before = model.store.items.length;
    await model.attempt(operation, aggregate, id, input);
    if (model.store.items.length > before) count(seen, operation);
  }
};

const count = (seen: Record<string, number>, what: string): void => {
  seen[what] = (seen[what] ?? 0) + 1;
};

/** Everything that may have become of a row; undefined: it is gone. */
const harms: Record<string, (row: FoundRow, aggregate: AggregateName) => FoundRow | undefined> = {
  changed: (row) => ({ ...row, firstName: 'Wrong', name: 'wrong', nameKey: 'm', emailKey: 'a@example.com' }),
  emptied: ({ id, version }) => ({ id, version }),
  raised: (row) => ({ ...row, version: Number(row['version']) + 1 }),
  farRaised: (row) => ({ ...row, version: 999, description: 'Wrong' }),
  lowered: (row) => ({ ...row, version: Number(row['version']) - 1, lastName: 'Wrong' }),
  unversioned: ({ version: _version, ...row }) => row,
  misversioned: (row) => ({ ...row, version: String(row['version']) }),
  removed: () => undefined,
  dead: ({ id, version }) => ({ id, version, deletedAt: '2026-01-01T00:00:00.000Z', expiresAt: 1_800_000_000 }),
  live: ({ id, version }, aggregate) => ({
    id,
    version,
    createdAt: '2026-01-01T00:00:00.000Z',
    updatedAt: '2026-01-01T00:00:00.000Z',
    ...values[aggregate],
    name: 'undead',
    nameKey: 'undead',
  }),
  kept: (row) => row,
};
const harm = fc.constantFrom(...Object.keys(harms));

const placeOf = ({ aggregate, aggregateId }: { aggregate: AggregateName; aggregateId: string }): string =>
  `${aggregate}#${aggregateId}`;

const corrupt = (
  { rows: { table } }: RecoveryModel,
  touched: { aggregate: AggregateName; aggregateId: string }[],
  how: string[],
  seen: Record<string, number>,
): void => {
  for (const [index, stream] of touched.entries()) {
    const name = how[index % how.length]!;
    const place = placeOf(stream);
    const row = table.get(place)!;
    const wrong = harms[name]!(row, stream.aggregate);
    count(seen, `${'deletedAt' in row ? 'tombstone' : 'row'} ${name}`);
    if (wrong) table.set(place, wrong);
    else table.delete(place);
  }
};

/** The live views; a tombstone past its time need not have come back. */
const expectLiveViews = ({ rows: { table }, now }: RecoveryModel, views: Map<string, FoundRow>): void => {
  const due = [...views].filter(
    ([place, row]) => table.has(place) || !(typeof row['expiresAt'] === 'number' && row['expiresAt'] * 1000 < now()),
  );
  expect(table).toEqual(new Map(due));
};

const history = fc.array(step, { minLength: 1, maxLength: 40, size: 'max' });
const howToHarm = fc.array(harm, { minLength: 8, maxLength: 8 });

/** The tests must not pass because something never happened; how often it does is chance. */
const expectSeen = (seen: Record<string, number>, ...names: string[]): void => {
  for (const name of names) expect(seen[name] ?? 0, name).toBeGreaterThan(0);
};
const operationNames = [
  ...aggregateNames.flatMap((aggregate) =>
    ['create', 'update', 'delete'].map((action) => `${action}${aggregates[aggregate].typeName}`),
  ),
  'correctEvent',
];
const harmNames = Object.keys(harms).flatMap((name) => [`row ${name}`, `tombstone ${name}`]);

describe('whatever happened, and whatever became of the rows', () => {
  it('a recovery from any moment gives the live views, if only rows of streams touched since are wrong', async () => {
    const seen: Record<string, number> = {};
    await fc.assert(
      fc.asyncProperty(history, fc.nat(), fc.constantFrom(-1, 0, 1), howToHarm, async (steps, at, beside, how) => {
        const model = recoveryModel();
        await live(model, steps, seen);
        const [views, claims] = [structuredClone(model.rows.table), new Map(model.store.claims)];
        const events = (await model.streams()).flatMap((stream) => stream.events);
        const moment = events[at % events.length]!.timestamp + beside;
        const touched = (await model.streams()).filter((stream) =>
          stream.events.some(({ timestamp }) => timestamp >= moment),
        );
        corrupt(model, touched, how, seen);
        model.start(uuid(1), moment);
        await model.run();
        expectLiveViews(model, views);
        expect(model.store.claims).toEqual(claims);
        const recovery = await model.ledger.find(uuid(1));
        expect(recovery).toMatchObject({
          status: 'COMPLETED',
          total: touched.length,
          rebuilt: touched.length,
          failed: 0,
        });
        count(seen, touched.length < (await model.streams()).length ? 'partial' : 'whole');
      }),
      { numRuns: runs(80, 1000) },
    );
    expectSeen(seen, ...operationNames, ...harmNames, 'partial', 'whole');
  });

  it('a complete rebuild gives the live views and claims, though every row and claim be wrong and there be some of nobody', async () => {
    const seen: Record<string, number> = {};
    const invented = fc.record({
      aggregate: fc.constantFrom(...aggregateNames),
      // One that there is none of, or one of another kind.
      id: fc.constantFrom('nobody', 'ann', uuid(11), uuid(31)),
      row: fc.constantFrom<FoundRow[]>(
        { version: 1, firstName: 'Nobody', emailKey: 'a@example.com' },
        { version: 3, name: 'm', nameKey: 'm', createdAt: 'x' },
        {},
        { version: 'x' },
        { version: 2, deletedAt: '2026-01-01T00:00:00.000Z', expiresAt: 1_800_000_000 },
      ),
    });
    const claim = fc.record({
      key: fc.constantFrom(
        'user#email#a@example.com',
        'user#email#b@example.com',
        'user#email#c@example.com',
        'user#email#x@example.com',
        'role#name#m',
        'role#name#n',
        'group#name#o',
        'group#name#ghost',
        'authorization#name#m',
        'planet#name#m',
        'nonsense',
      ),
      owner: fc.constantFrom(
        ...streams.map(({ aggregate, id }) => `${aggregate}#${id}`),
        'user#nobody',
        'planet#earth',
        'nonsense',
        '',
      ),
    });
    await fc.assert(
      fc.asyncProperty(
        history,
        howToHarm,
        fc.array(invented, { maxLength: 5 }),
        fc.array(claim, { maxLength: 6 }),
        fc.array(fc.nat({ max: 9 }), { maxLength: 4 }),
        async (steps, how, rows, claims, lost) => {
          const model = recoveryModel();
          await live(model, steps, seen);
          const [views, held] = [structuredClone(model.rows.table), new Map(model.store.claims)];
          corrupt(model, await model.streams(), how, seen);
          for (const { aggregate, id, row } of rows) {
            if (views.has(`${aggregate}#${id}`)) continue;
            model.rows.table.set(`${aggregate}#${id}`, { id, ...row });
            count(seen, 'invented row');
          }
          for (const key of [...held.keys()].filter((_, index) => lost.includes(index))) {
            model.store.claims.delete(key);
            count(seen, 'lost claim');
          }
          for (const { key, owner } of claims) {
            count(
              seen,
              held.has(key) ? (held.get(key) === owner ? 'same claim' : 'claim in wrong hands') : 'invented claim',
            );
            model.store.claims.set(key, owner);
          }
          model.start(uuid(1), 0);
          await model.run();
          expectLiveViews(model, views);
          expect(model.store.claims).toEqual(held);
          expect(await model.ledger.find(uuid(1))).toMatchObject({
            status: 'COMPLETED',
            total: (await model.streams()).length,
            rebuilt: (await model.streams()).length,
            failed: 0,
          });
        },
      ),
      { numRuns: runs(80, 1000) },
    );
    expectSeen(
      seen,
      ...operationNames,
      ...harmNames,
      'invented row',
      'lost claim',
      'claim in wrong hands',
      'invented claim',
    );
  });
});
