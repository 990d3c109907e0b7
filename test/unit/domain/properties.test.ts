import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Command, DomainEvent } from '../../../domain/aggregate.ts';
import { brokenRule } from '../../../domain/attributes.ts';
import { decide } from '../../../domain/decide.ts';
import { fold, foldAt } from '../../../domain/fold.ts';
import { aggregates, operations } from '../../../domain/operations.ts';
import { claimChanges, claimsOf } from '../../../domain/unique.ts';
import { rowOf, stateOf } from '../../../domain/view.ts';
import { now, uuid } from './scenario.ts';

const value = fc.oneof(
  fc.constantFrom('Ann', 'Bo', ' x ', '', null, 'ann@example.com', 'ANN@example.com', '1990-01-01', '1990-13-01', uuid(2), uuid(3)),
  fc.array(fc.constantFrom(uuid(4), uuid(5)), { maxLength: 3 }),
  fc.string({ maxLength: 5 }),
);
const command = (aggregate: string) =>
  fc.record({
    operation: fc.constantFrom(...Object.values(operations).filter((operation) => operation.aggregate === aggregate).map(({ name }) => name)),
    values: fc.array(value, { minLength: 6, maxLength: 6 }),
    skip: fc.integer({ min: 0, max: 63 }),
    valid: fc.boolean(),
    expectedVersion: fc.option(fc.integer({ min: 1, max: 5 }), { nil: undefined }),
    clock: fc.integer({ min: -5000, max: 5000 }),
  });

const sound: Record<string, unknown[]> = {
  firstName: ['Ann', 'Bo'], lastName: ['Lee', 'Ray'], birthDate: ['1990-01-01', '1991-01-01'], email: ['a@example.com', 'B@example.com'], roleId: [uuid(2), uuid(3)],
  groupId: [uuid(2), uuid(3)], name: ['n', 'm'], description: ['d', 'e'], authorizationIds: [[uuid(4)], []],
};

describe.each(Object.keys(aggregates))('any sequence of commands to a %s', (aggregate) => {
  it('leaves states that satisfy the rules; deciding the same again changes nothing', () => {
    let applied = 0;
    fc.assert(
      fc.property(fc.array(command(aggregate), { maxLength: 12 }), (commands) => {
        const history: DomainEvent[] = [];
        for (const [index, { operation: name, values, skip, valid, expectedVersion, clock }] of commands.entries()) {
          const operation = operations[name]!;
          const given = operation.attributes.map((attribute, n) => [attribute, valid ? sound[attribute]![skip % 2] : values[n]] as const);
          const input = Object.fromEntries(operation.action === 'update' ? given.filter((_, n) => skip & (1 << n)) : given);
          const wish: Command = { commandId: operation.action === 'create' ? uuid(1) : uuid(100 + index), operation: name, aggregate: aggregate as 'user', aggregateId: uuid(1), actor: `${operation.caller}:a`, input, expectedVersion };
          const before = fold(history);
          const facts = { now: now + clock, eventId: uuid(index), missing: [], inUse: false };
          const decision = decide(wish, history, facts);
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
          const held = [...claimsOf(wish.aggregate, before).filter(({ key }) => !releases.some((each) => each.key === key)), ...takes].map(({ key }) => key);
          expect(new Set(held)).toEqual(new Set(claimsOf(wish.aggregate, state).map(({ key }) => key)));
          if (operation.action !== 'create' && expectedVersion === undefined) expect(decide({ ...wish, commandId: uuid(99) }, history, facts)).toEqual({ events: [] });
          if (decision.events.length > 0) applied += 1;
        }
        for (const [index, event] of history.entries()) {
          expect(event.version).toBe(index + 1);
          expect(event.timestamp).toBeGreaterThanOrEqual(history[index - 1]?.timestamp ?? 0);
        }
        const row = rowOf(aggregate as 'user', uuid(1), fold(history));
        if (row) expect(stateOf(Object.keys(aggregates[aggregate as 'user'].attributes), row)).toEqual(fold(history));
      }),
      { numRuns: 150 },
    );
    expect(applied).toBeGreaterThan(20);
  });
});

describe('random histories with random corrections', () => {
  it('agree with a plain model at every moment, on both timelines', () => {
    const step = fc.record({
      action: fc.oneof({ weight: 5, arbitrary: fc.constant('update' as const) }, { weight: 5, arbitrary: fc.constant('correct' as const) }, { weight: 1, arbitrary: fc.constant('delete' as const) }),
      target: fc.nat({ max: 20 }), name: fc.constantFrom('a', 'b', 'c', 'd'), description: fc.option(fc.constantFrom('x', 'y')), wait: fc.integer({ min: 0, max: 2 }),
    });
    let [deletions, corrections] = [0, 0];
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 15 }), (steps) => {
        const history: DomainEvent[] = [];
        // The model: for every version its kind, the payload that was said, and when.
        const said: { root: number; payload: Record<string, unknown>; at: number; correction: boolean; deletion: boolean }[] = [];
        let clock = now;
        for (const [index, { action, target, name, description, wait }] of steps.entries()) {
          clock += wait;
          const version = (target % Math.max(1, history.length)) + 1;
          const isCorrection = action === 'correct' && history.length > 0;
          const isDeletion = action === 'delete' && history.length > 0;
          const operation = isCorrection ? 'correctEvent' : isDeletion ? 'deleteGroup' : history.length === 0 ? 'createGroup' : 'updateGroup';
          const input = { name: `${name}${index}`, ...((description || history.length === 0 || (isCorrection && said[version - 1]!.root === 1)) && { description: description ?? 'z' }) };
          const decision = decide(
            { commandId: history.length === 0 ? uuid(1) : uuid(100 + index), operation, aggregate: 'group', aggregateId: uuid(1), actor: 'admin:a', input: isCorrection ? { version, payload: input } : isDeletion ? {} : input },
            history, { now: clock, eventId: uuid(index), missing: [], inUse: false },
          );
          if ('rejection' in decision) {
            // What is deleted takes no changes, and a deletion says nothing that could be corrected.
            expect(said.some(({ deletion }) => deletion)).toBe(true);
            continue;
          }
          for (const event of decision.events) {
            history.push(event);
            said.push({ root: isCorrection ? said[version - 1]!.root : history.length, payload: isCorrection ? input : event.payload, at: event.timestamp, correction: isCorrection, deletion: isDeletion });
            if (isDeletion) deletions += 1;
            if (isCorrection) corrections += 1;
          }
        }
        for (let t = now - 1; t <= clock + 1; t += 1) {
          for (let knownAt = now; knownAt <= clock + 1; knownAt += 1) {
            let attributes: Record<string, unknown> | undefined;
            for (const [index, { at, correction, deletion, payload }] of said.entries()) {
              if (at > t || correction) continue;
              if (deletion) {
                attributes = undefined;
                break;
              }
              const latest = said.filter((each) => each.correction && each.root === index + 1 && each.at <= knownAt).at(-1);
              attributes = { ...attributes, ...(latest?.payload ?? payload) };
            }
            const state = foldAt(history, t, knownAt);
            expect(state.status === 'live' ? state.attributes : undefined).toEqual(attributes);
          }
        }
      }),
      { numRuns: 200 },
    );
    expect(Math.min(deletions, corrections)).toBeGreaterThan(20);
  });
});
