import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Command } from '../../../domain/kernel/command/command.ts';
import type { DomainEvent } from '../../../domain/kernel/stream/event.ts';
import { brokenRule } from '../../../domain/kernel/values/attributes.ts';
import { decide } from '../../../domain/kernel/command/decide.ts';
import { fold } from '../../../domain/kernel/stream/fold.ts';
import { streamOf } from '../../../domain/kernel/stream/stream.ts';
import { aggregates, operations } from '../../../domain/operations.ts';
import { claimChanges, claimsOf } from '../../../domain/kernel/stream/unique.ts';
import { rowOf, stateOf } from '../../../domain/kernel/view/view.ts';
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
  authorizationId: [uuid(4), uuid(5)],
  reason: ['r', 's'],
  until: ['2040-01-01T00:00:00Z', null],
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
            actor: `${operation.caller}:${uuid(1)}`,
            input,
            expectedVersion,
            sentAt: now + 2 * clock,
          };
          const before = fold(history);
          const facts = { now: now + clock, eventId: uuid(index) };
          const decision = decide(wish, streamOf(history), facts);
          if ('rejection' in decision) continue;
          history.push(...decision.events);
          const state = fold(history);
          expect(state.version).toBe(history.length);
          if (state.status === 'live') {
            for (const [attribute, rules] of Object.entries(aggregates[wish.aggregate].columns)) {
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
