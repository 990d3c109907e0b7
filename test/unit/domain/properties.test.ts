import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AggregateName } from '../../../domain/kernel/aggregate.ts';
import type { Command } from '../../../domain/kernel/command.ts';
import type { DomainEvent } from '../../../domain/kernel/event.ts';
import type { State } from '../../../domain/kernel/state.ts';
import { brokenRule } from '../../../domain/kernel/attributes.ts';
import { decide } from '../../../domain/kernel/decide.ts';
import { fold, foldAt, streamOf } from '../../../domain/kernel/fold.ts';
import { aggregates, operations } from '../../../domain/operations.ts';
import { claimChanges, claimsOf } from '../../../domain/kernel/unique.ts';
import { rowOf, stateOf } from '../../../domain/kernel/view.ts';
import { now, uuid } from './scenario.ts';

const value = fc.oneof(
  fc.constantFrom(
    'Ann',
    'Bo',
    ' x ',
    '',
    null,
    'ann@example.com',
    'ANN@example.com',
    '1990-01-01',
    '1990-13-01',
    uuid(2),
    uuid(3),
  ),
  fc.array(fc.constantFrom(uuid(4), uuid(5)), { maxLength: 3 }),
  fc.string({ maxLength: 5 }),
);
const command = (aggregate: string) =>
  fc.record({
    operation: fc.constantFrom(
      ...Object.values(operations)
        .filter((operation) => operation.aggregate === aggregate)
        .map(({ name }) => name),
    ),
    values: fc.array(value, { minLength: 6, maxLength: 6 }),
    skip: fc.integer({ min: 0, max: 63 }),
    valid: fc.boolean(),
    expectedVersion: fc.option(fc.integer({ min: 1, max: 5 }), { nil: undefined }),
    clock: fc.integer({ min: -5000, max: 5000 }),
  });

const sound: Record<string, unknown[]> = {
  firstName: ['Ann', 'Bo'],
  lastName: ['Lee', 'Ray'],
  birthDate: ['1990-01-01', '1991-01-01'],
  email: ['a@example.com', 'B@example.com'],
  roleId: [uuid(2), uuid(3)],
  groupId: [uuid(2), uuid(3)],
  name: ['n', 'm'],
  description: ['d', 'e'],
  authorizationIds: [[uuid(4)], []],
};

describe.each(Object.keys(aggregates))('any sequence of commands to a %s', (aggregate) => {
  it('leaves states that satisfy the rules; deciding the same again changes nothing', () => {
    let applied = 0;
    fc.assert(
      fc.property(fc.array(command(aggregate), { maxLength: 12 }), (commands) => {
        const history: DomainEvent[] = [];
        for (const [index, { operation: name, values, skip, valid, expectedVersion, clock }] of commands.entries()) {
          const operation = operations[name]!;
          const given = Object.keys(operation.input).map(
            (attribute, n) => [attribute, valid ? sound[attribute]![skip % 2] : values[n]] as const,
          );
          const input = Object.fromEntries(
            operation.action === 'update' ? given.filter((_, n) => skip & (1 << n)) : given,
          );
          const wish: Command = {
            commandId: operation.action === 'create' ? uuid(1) : uuid(100 + index),
            operation: name,
            aggregate: aggregate as 'user',
            aggregateId: uuid(1),
            actor: `${operation.caller}:a`,
            input,
            expectedVersion,
          };
          const before = fold(history);
          const facts = { now: now + clock, eventId: uuid(index) };
          const decision = decide(wish, streamOf(history), facts);
          if ('rejection' in decision) continue;
          history.push(...decision.events);
          const state = fold(history);
          expect(state.version).toBe(history.length);
          if (state.status === 'live') {
            for (const [attribute, rules] of Object.entries(aggregates[wish.aggregate].attributes)) {
              expect(brokenRule(rules, state.attributes[attribute], now + 5000), attribute).toBeUndefined();
            }
          }
          const { takes, releases } = claimChanges(wish.aggregate, before, state);
          const held = [
            ...claimsOf(wish.aggregate, before).filter(({ key }) => !releases.some((each) => each.key === key)),
            ...takes,
          ].map(({ key }) => key);
          expect(new Set(held)).toEqual(new Set(claimsOf(wish.aggregate, state).map(({ key }) => key)));
          if (operation.action !== 'create' && expectedVersion === undefined)
            expect(decide({ ...wish, commandId: uuid(99) }, streamOf(history), facts)).toEqual({ events: [] });
          if (decision.events.length > 0) applied += 1;
        }
        for (const [index, event] of history.entries()) {
          expect(event.version).toBe(index + 1);
          expect(event.timestamp).toBeGreaterThanOrEqual(history[index - 1]?.timestamp ?? 0);
        }
        const row = rowOf(aggregate as 'user', uuid(1), fold(history));
        const { status, version } = fold(history);
        if (row)
          expect(stateOf(aggregate as 'user', row)).toMatchObject({
            status: status === 'erased' ? 'deleted' : status,
            version,
          });
        if (row && status === 'live') expect(stateOf(aggregate as 'user', row)).toEqual(fold(history));
      }),
      { numRuns: 150 },
    );
    expect(applied).toBeGreaterThan(20);
  });
});

type Kind = 'create' | 'update' | 'delete' | 'correct';

/** What was said, in the order in which it was: the plain model of a stream. */
interface Said {
  kind: Kind;
  /** The version of what it says: its own, or for a correction that of what it corrects in the end. */
  root: number;
  payload: Record<string, unknown>;
  at: number;
}

const latestCorrection = (said: Said[], root: number, knownAt: number) =>
  said.filter((each) => each.kind === 'correct' && each.root === root && each.at <= knownAt).at(-1);

/** What was the case at a moment, as it was known at another. */
const plainState = (aggregate: AggregateName, said: Said[], t: number, knownAt: number): State => {
  const until = said.filter(({ at }) => at <= t && at <= knownAt);
  if (until.length === 0) return { status: 'absent', version: 0, updatedAt: 0 };
  const now = { version: until.length, updatedAt: until.at(-1)!.at };
  const deletion = until.find(({ kind }) => kind === 'delete');
  const attributes = Object.fromEntries(Object.keys(aggregates[aggregate].attributes).map((name) => [name, null]));
  for (const { kind, root, payload } of until)
    if (kind !== 'correct') Object.assign(attributes, latestCorrection(said, root, knownAt)?.payload ?? payload);
  const life = { attributes, createdAt: said[0]!.at };
  return deletion
    ? { status: 'deleted', deletedAt: deletion.at, last: life, ...now }
    : { status: 'live', ...life, ...now };
};

interface Wish {
  kind: Kind;
  /** Which version a correction is of. */
  version: number;
  /** As it is stored. */
  values: Record<string, unknown>;
}

/** What a command adds to what was said; `rejected`, or nothing if it would change nothing. */
const plainDecision = (
  aggregate: AggregateName,
  said: Said[],
  { kind, version, values }: Wish,
  clock: number,
): Said | 'rejected' | undefined => {
  const state = plainState(aggregate, said, Infinity, Infinity);
  const next = { kind, root: said.length + 1, at: Math.max(clock, said.at(-1)?.at ?? 0) };
  if (kind === 'correct') {
    const { root } = said[version - 1]!;
    const target = said[root - 1]!;
    if (target.kind === 'delete') return Object.keys(values).length === 0 ? undefined : 'rejected';
    return isDeepStrictEqual(latestCorrection(said, root, Infinity)?.payload ?? target.payload, values)
      ? undefined
      : { ...next, root, payload: values };
  }
  if (kind === 'create') return { ...next, payload: values };
  if (state.status !== 'live') return kind === 'delete' ? undefined : 'rejected';
  if (kind === 'delete') return { ...next, payload: {} };
  const payload = Object.fromEntries(
    Object.entries(values).filter(([name, each]) => !isDeepStrictEqual(state.attributes[name], each)),
  );
  return Object.keys(payload).length === 0 ? undefined : { ...next, payload };
};

/** The unique value that a state holds. */
const plainClaims = (aggregate: AggregateName, state: State): string[] => {
  if (state.status !== 'live') return [];
  return [
    aggregate === 'user'
      ? `user#email#${String(state.attributes['email']).toLowerCase()}`
      : `${aggregate}#name#${String(state.attributes['name'])}`,
  ];
};

/** Values as they are given, and as they are stored. */
const texts = [
  ['Ann', 'Ann'],
  [' Bo ', 'Bo'],
  ['Cafe\u0301', 'Caf\u00e9'],
  ['bo', 'bo'],
];
const ids = (...which: number[]) => which.map((n) => uuid(n));
const given: Record<string, unknown[][]> = {
  firstName: texts,
  lastName: texts,
  birthDate: [
    ['1990-01-01', '1990-01-01'],
    [' 1991-02-03', '1991-02-03'],
  ],
  email: [
    ['a@example.com', 'a@example.com'],
    ['A@Example.com ', 'A@Example.com'],
    ['b@example.com', 'b@example.com'],
  ],
  roleId: [
    [uuid(2), uuid(2)],
    [uuid(3), uuid(3)],
    [null, null],
  ],
  groupId: [
    [uuid(2), uuid(2)],
    [null, null],
  ],
  name: texts,
  description: [
    ['d', 'd'],
    ['e\nf ', 'e\nf'],
  ],
  authorizationIds: [[], ids(4), ids(4, 5), ids(5, 4)].map((list) => [list, list]),
};

describe.each(Object.keys(aggregates) as AggregateName[])(
  'random histories with random corrections: %s',
  (aggregate) => {
    const { attributes, typeName } = aggregates[aggregate];
    const names = Object.keys(attributes);
    const step = fc.record({
      kind: fc.oneof(
        { weight: 5, arbitrary: fc.constant('update' as const) },
        { weight: 6, arbitrary: fc.constant('correct' as const) },
        { weight: 1, arbitrary: fc.constant('delete' as const) },
      ),
      target: fc.nat({ max: 20 }),
      values: fc.record(Object.fromEntries(names.map((name) => [name, fc.constantFrom(...given[name]!)]))),
      parts: fc.subarray(names),
      gap: fc.constantFrom(-3, 0, 1, 4),
    });

    it('agree with a plain model at every moment, on both timelines', () => {
      const seen: Record<string, number> = {};
      const count = (what: string) => {
        seen[what] = (seen[what] ?? 0) + 1;
      };
      fc.assert(
        fc.property(fc.array(step, { minLength: 4, maxLength: 14, size: 'max' }), (steps) => {
          const history: DomainEvent[] = [];
          const said: Said[] = [];
          let held = new Set<string>();
          let clock = now;
          for (const [index, { kind: wanted, target, values, parts, gap }] of steps.entries()) {
            clock += gap;
            const kind = history.length === 0 ? 'create' : wanted;
            const version = (target % Math.max(1, history.length)) + 1;
            // A creation says all but what may be empty, which the right payload may leave out; a correction of one too.
            const creates =
              kind === 'create' || (kind === 'correct' && said[said[version - 1]!.root - 1]!.kind === 'create');
            const chosen =
              kind === 'delete'
                ? []
                : names.filter((name) =>
                    creates
                      ? kind === 'create' || !attributes[name]!.nullable || parts.includes(name)
                      : parts.includes(name),
                  );
            const pairs = chosen.map(
              (name) =>
                [name, kind === 'create' && values[name]![0] === null ? given[name]![0]! : values[name]!] as const,
            );
            const input = Object.fromEntries(pairs.map(([name, [asGiven]]) => [name, asGiven]));
            const wish: Wish = {
              kind,
              version,
              values: Object.fromEntries(pairs.map(([name, [, asStored]]) => [name, asStored])),
            };

            const expected = plainDecision(aggregate, said, wish, clock);
            const decision = decide(
              {
                commandId: kind === 'create' ? uuid(1) : uuid(100 + index),
                operation: kind === 'correct' ? 'correctEvent' : `${kind}${typeName}`,
                aggregate,
                aggregateId: uuid(1),
                actor: 'admin:a',
                input: kind === 'correct' ? { version, payload: input } : input,
              },
              streamOf(history),
              { now: clock, eventId: uuid(index) },
            );
            if (kind === 'correct') count(`correction of ${said[version - 1]!.kind}`);
            if (expected === 'rejected') {
              expect(decision).toMatchObject({ rejection: { code: kind === 'correct' ? 'INVALID' : 'NOT_FOUND' } });
              count('rejection');
              continue;
            }
            const before = fold(history);
            const events = 'events' in decision ? decision.events : [];
            const payload = kind === 'correct' ? { version, payload: expected?.payload } : expected?.payload;
            expect(events.map((event) => [event.version, event.timestamp, event.payload])).toEqual(
              expected ? [[said.length + 1, expected.at, payload]] : [],
            );
            if (!expected) {
              expect(decision).toEqual({ events: [] });
              count('no change');
              continue;
            }
            history.push(...events);
            said.push(expected);
            if (kind === 'correct' && said.some((each) => each.kind === 'delete')) count('correction after a deletion');
            if (kind === 'update' && Object.values(expected.payload).includes(null)) count('clearing');
            if (kind === 'delete') count('deletion');

            const after = fold(history);
            const { takes, releases } = claimChanges(aggregate, before, after);
            held = new Set([
              ...[...held].filter((key) => !releases.some((claim) => claim.key === key)),
              ...takes.map(({ key }) => key),
            ]);
            expect([...held]).toEqual(plainClaims(aggregate, plainState(aggregate, said, Infinity, Infinity)));
          }
          const moments = [...new Set(said.flatMap(({ at }) => [at - 1, at, at + 1]))];
          for (const t of moments) {
            expect(foldAt(history, t)).toEqual(plainState(aggregate, said, t, Infinity));
            for (const knownAt of moments) {
              const [state, expected] = [foldAt(history, t, knownAt), plainState(aggregate, said, t, knownAt)];
              if (!isDeepStrictEqual(state, expected))
                expect(state, `at ${t} as known at ${knownAt}`).toEqual(expected);
            }
          }
        }),
        { numRuns: 300 },
      );
      const nullable = names.some((name) => attributes[name]!.nullable);
      for (const what of [
        'correction of create',
        'correction of update',
        'correction of delete',
        'correction of correct',
        'correction after a deletion',
        'deletion',
        'rejection',
        'no change',
        ...(nullable ? ['clearing'] : []),
      ]) {
        expect(seen[what] ?? 0, what).toBeGreaterThan(5);
      }
    });
  },
);
