import { expect } from 'vitest';
import type { Command, Facts } from '../../../domain/kernel/command/command.ts';
import type { DomainEvent } from '../../../domain/kernel/stream/event.ts';
import type { State } from '../../../domain/kernel/stream/state.ts';
import { decide, refused } from '../../../domain/kernel/command/decide.ts';
import { fold } from '../../../domain/kernel/stream/fold.ts';
import { streamOf } from '../../../domain/kernel/stream/stream.ts';
import { eventTypeOf, operations } from '../../../domain/operations.ts';
import type { RejectionCode } from '../../../domain/kernel/rejection.ts';

export const now = Date.UTC(2026, 0, 2, 3, 4, 5);
export const uuid = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

/** The id that a test's commands are for, unless they say another. */
export const subjectId = uuid(1);

type Past = { operation: string; payload: Record<string, unknown>; type?: string };

/**
 * A past event: the operation that made it, its payload, and its type where that does not follow from the operation.
 */
export const was = (operation: string, payload: Record<string, unknown> = {}, type?: string): Past => ({
  operation,
  payload,
  type,
});

export const historyOf = (past: Past[]): DomainEvent[] =>
  past.map(({ operation, payload, type }, index) => {
    const known = operations[operation];
    const { action = 'own', executionQueue = 'executeQueue' } = known ?? {};
    const aggregate = known?.aggregate ?? operations[past[0]!.operation]!.aggregate!;
    const timestamp = now - 1000 * (past.length - index);
    return {
      eventId: uuid(500 + index),
      aggregate,
      aggregateId: subjectId,
      version: index + 1,
      type: type ?? eventTypeOf(aggregate, action as Exclude<typeof action, 'own'>),
      payload,
      executionQueue,
      timestamp,
      ...(index > 0 && { previousTimestamp: timestamp - 1000 }),
      commandId: uuid(700 + index),
      operation,
      actor: 'admin:auth0|admin',
      schemaVersion: 1,
    };
  });

/** given(past).when(operation, input).then…: one decision, in the words of the domain. */
export const given = (...past: Past[]) => ({
  when: (
    operation: string,
    input: Record<string, unknown> = {},
    more: Partial<Command> & { facts?: Partial<Facts & Parameters<typeof refused>[1]> } = {},
  ) => {
    const { facts, ...overrides } = more;
    const history = historyOf(past);
    const { aggregate, caller } = operations[operation]!;
    const command: Command = {
      commandId: subjectId,
      operation,
      aggregate: aggregate ?? history[0]?.aggregate ?? 'user',
      aggregateId: subjectId,
      actor: `${caller}:auth0|tester`,
      input,
      ...overrides,
    };
    const { missing = [], inUse = false, ...known } = facts ?? {};
    const decided = decide(command, streamOf(history), { now, eventId: uuid(9), ...known });
    const decision = ('after' in decided && refused(command, { missing, inUse, clear: false })) || decided;
    const events = 'events' in decision ? decision.events : undefined;
    return {
      decision,
      thenEvent: (type: string, payload: Record<string, unknown>): State => {
        expect(events?.map((event) => ({ type: event.type, payload: event.payload, version: event.version }))).toEqual([
          { type, payload, version: history.length + 1 },
        ]);
        return fold([...history, ...(events ?? [])]);
      },
      thenNothing: () => expect(events).toEqual([]),
      thenRejected: (code: RejectionCode, words?: RegExp) => {
        expect(decision).toMatchObject({ rejection: { code } });
        if (words) expect('rejection' in decision && decision.rejection.message).toMatch(words);
      },
    };
  },
});
