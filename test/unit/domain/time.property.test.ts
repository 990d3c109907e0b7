import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AggregateName } from '../../../domain/kernel/aggregate.ts';
import { decide } from '../../../domain/kernel/command/decide.ts';
import type { DomainEvent } from '../../../domain/kernel/stream/event.ts';
import { fold, foldAt } from '../../../domain/kernel/stream/fold.ts';
import { resumed, snapshotOf } from '../../../domain/kernel/stream/snapshot.ts';
import { streamOf } from '../../../domain/kernel/stream/stream.ts';
import { claimChanges, claimsOf } from '../../../domain/kernel/stream/unique.ts';
import { now, uuid } from './scenario.ts';
import { happenings, ImpossibleHere, plainState, type Said } from './timeModel.ts';

/** Values of each kind of event; of two, the first is of a creation that says all. */
const pick = <T>(...values: T[]) => fc.constantFrom(...values);
const named = { name: pick('a', 'b', 'c'), description: pick('d', 'e') };
const person = {
  firstName: pick('Ann', 'Bo'),
  lastName: pick('Lee', 'Ray'),
  birthDate: pick('1990-01-01', '1991-02-03'),
  email: pick('a@example.com', 'b@example.com', 'A@example.com'),
  roleId: pick(uuid(2), uuid(3)),
  groupId: pick(uuid(2), uuid(3)),
};
const granted = { authorizationId: pick(uuid(4), uuid(5)) };
const suspended = { reason: pick('late', 'rude'), until: pick('2040-01-01T00:00:00.000Z', null) };

type Values = Record<string, fc.Arbitrary<unknown>>;
const kinds: Record<string, { attributes: Values; own: Record<string, { operation: string; input: Values }> }> = {
  user: {
    attributes: person,
    own: {
      UserSuspended: { operation: 'suspendUser', input: suspended },
      UserReinstated: { operation: 'reinstateUser', input: {} },
    },
  },
  role: {
    attributes: { ...named, authorizationIds: pick([], [uuid(4)], [uuid(4), uuid(6)]) },
    own: {
      AuthorizationGranted: { operation: 'grantAuthorization', input: granted },
      AuthorizationRevoked: { operation: 'revokeAuthorization', input: granted },
    },
  },
  group: { attributes: named, own: {} },
};

describe.each(Object.keys(kinds) as AggregateName[])(
  'random histories of a %s, with lives and corrections',
  (aggregate) => {
    const { attributes, own } = kinds[aggregate]!;
    const typeName = aggregate.charAt(0).toUpperCase() + aggregate.slice(1);
    const whole = fc.record(attributes, { noNullPrototype: true });
    const some = fc.record(attributes, { requiredKeys: [], noNullPrototype: true });
    const payloads: Record<string, fc.Arbitrary<Record<string, unknown>>> = {
      [`${typeName}Created`]: whole,
      [`${typeName}Updated`]: some,
      [`${typeName}Deleted`]: fc.constant({}),
      [`${typeName}Restored`]: fc.constant({}),
      ...Object.fromEntries(
        Object.entries(own).map(([type, { input }]) => [type, fc.record(input, { noNullPrototype: true })]),
      ),
    };
    const types = Object.keys(payloads);
    const operationOf = (type: string) =>
      own[type]?.operation ??
      `${{ Created: 'create', Updated: 'update', Deleted: 'delete', Restored: 'restore' }[type.slice(typeName.length)]}${typeName}`;

    const step = fc.record({
      what: fc.oneof(
        { weight: 5, arbitrary: fc.constantFrom(...types) },
        { weight: 5, arbitrary: fc.constantFrom('REPLACE', 'CANCEL', 'MOVE', 'INSERT') },
      ),
      target: fc.nat({ max: 20 }),
      insert: fc.constantFrom(...types),
      values: fc.record(payloads),
      gap: fc.constantFrom(-3, 0, 1, 4),
      back: fc.integer({ min: 0, max: 20 }),
      early: fc.boolean(),
    });

    it('agree with a plain model for every moment, as known at every moment', () => {
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
          for (const [index, { what, target, insert, values, gap, back, early }] of steps.entries()) {
            clock += gap;
            const at = Math.max(clock, said.at(-1)?.at ?? 0);
            const type = history.length === 0 ? types[0]! : what;
            const next = { n: said.length + 1, at };
            const corrects = !types.includes(type);
            const version = (target % Math.max(1, said.length)) + 1;
            const effectiveAt = at - back;
            let input: Record<string, unknown>;
            let addition: Said;
            if (!corrects) {
              input = values[type]!;
              addition = { ...next, type, payload: input };
            } else if (type === 'INSERT') {
              input = {
                kind: type,
                type: insert,
                payload: values[insert],
                effectiveAt: new Date(effectiveAt).toISOString(),
              };
              addition = { ...next, correction: 'INSERT', type: insert, payload: values[insert]!, effectiveAt };
            } else {
              // The right payload is one of the type that is corrected in the end.
              let root = said[version - 1]!;
              while (root.correction && root.correction !== 'INSERT') root = said[root.of! - 1]!;
              const payload = values[root.type!]!;
              input = {
                kind: type,
                version,
                ...(type === 'REPLACE' && { payload }),
                ...(type === 'MOVE' && { effectiveAt: new Date(effectiveAt).toISOString() }),
              };
              addition = {
                ...next,
                correction: type as Said['correction'],
                of: version,
                ...(type === 'REPLACE' && { payload }),
                ...(type === 'MOVE' && { effectiveAt }),
              };
            }
            const decision = decide(
              {
                commandId: uuid(1),
                operation: corrects ? 'correctEvent' : operationOf(type),
                aggregate,
                aggregateId: uuid(1),
                actor: 'admin:a',
                input: type.endsWith('Deleted') || type.endsWith('Restored') ? {} : input,
                sentAt: early ? now - 1 : at + 1,
              },
              streamOf(history),
              { now: clock, eventId: uuid(index) },
            );

            const before = fold(history);
            if (corrects) {
              const expected = outcomeOf(aggregate, said, addition);
              count(`${type}: ${expected === 'applied' || expected === 'nothing' ? expected : 'impossible'}`);
              if (typeof expected === 'number')
                expect(decision).toMatchObject({
                  rejection: { code: 'INVALID', message: expect.stringContaining(`version ${expected},`) },
                });
              if (expected === 'nothing')
                expect(decision).toMatchObject({
                  rejection: { code: 'INVALID', message: expect.stringContaining('changes nothing') },
                });
              if (expected === 'applied') expect(decision).toHaveProperty('events.length', 1);
            }
            if (!('after' in decision)) continue;
            const [event] = decision.events;
            if (!corrects) count(before.status === 'deleted' ? `${type} after a deletion` : type);
            history.push(event);
            said.push(corrects ? addition : { ...addition, payload: event.payload });
            expect(fold(history)).toEqual(decision.after.state);
            const { takes, releases } = claimChanges(aggregate, before, decision.after.state);
            held = new Set([
              ...[...held].filter((key) => !releases.some((claim) => claim.key === key)),
              ...takes.map(({ key }) => key),
            ]);
            expect(held).toEqual(new Set(claimsOf(aggregate, decision.after.state).map(({ key }) => key)));
          }
          expect(fold(history)).toEqual(plainState(aggregate, said, Infinity, Infinity));
          // Whatever a snapshot was taken of, it leads to the same; or says that all of the stream has to be seen.
          for (const version of history.keys()) {
            const [before, behind] = [history.slice(0, version), history.slice(version)];
            if (version === 0) continue;
            const kept = structuredClone(snapshotOf(streamOf(before), before.at(-1)!));
            const stream = resumed(kept, behind);
            expect(stream !== undefined).toBe(said.slice(version).every(({ correction }) => correction === undefined));
            count(stream ? 'resumed' : 'to be seen as a whole');
            if (stream) expect({ ...stream, events: history }).toEqual(streamOf(history));
          }
          const moments = [
            ...new Set(said.flatMap(({ at, effectiveAt = at }) => [at - 1, at, effectiveAt - 1, effectiveAt])),
          ];
          for (const t of moments)
            for (const knownAt of [...moments, Infinity]) {
              const [state, expected] = [foldAt(history, t, knownAt), plainState(aggregate, said, t, knownAt)];
              if (!isDeepStrictEqual(state, expected))
                expect(state, `at ${t} as known at ${knownAt}`).toEqual(expected);
            }
        }),
        { numRuns: 300 },
      );
      for (const what of [
        ...['REPLACE', 'CANCEL', 'MOVE', 'INSERT'].flatMap((kind) => [
          `${kind}: applied`,
          `${kind}: nothing`,
          `${kind}: impossible`,
        ]),
        ...types,
        'resumed',
        'to be seen as a whole',
        `${typeName}Created after a deletion`,
        `${typeName}Restored after a deletion`,
      ].filter((what) => !['REPLACE: impossible', 'INSERT: nothing', `${typeName}Restored`].includes(what)))
        expect(seen[what] ?? 0, `${what} of ${JSON.stringify(seen)}`).toBeGreaterThan(3);
    });
  },
);

/** What becomes of a correction: the version that could then not have happened, if one could not. */
const outcomeOf = (aggregate: AggregateName, said: Said[], addition: Said): 'applied' | 'nothing' | number => {
  const [before, after] = [happenings(said), happenings([...said, addition])];
  if (isDeepStrictEqual(before, after)) return 'nothing';
  try {
    plainState(aggregate, [...said, addition], Infinity, Infinity);
  } catch (error) {
    if (error instanceof ImpossibleHere) return insertedNothing(aggregate, said, addition) ? 'nothing' : error.n;
    throw error;
  }
  return insertedNothing(aggregate, said, addition) ? 'nothing' : 'applied';
};

/** Whether an insertion leaves what was so at its moment. */
const insertedNothing = (aggregate: AggregateName, said: Said[], addition: Said): boolean => {
  if (addition.correction !== 'INSERT') return false;
  const order = happenings([...said, addition]);
  const place = order.findIndex(({ n }) => n === addition.n);
  const plain = (until: number): unknown => {
    try {
      const state = plainState(aggregate, order.slice(0, until), Infinity, Infinity);
      return state.status === 'live' ? state.attributes : until;
    } catch {
      return until;
    }
  };
  return isDeepStrictEqual(plain(place), plain(place + 1));
};
