import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import type { AggregateName } from '../../../domain/kernel/aggregate.ts';
import { entriesOf } from '../../../domain/kernel/view/directory.ts';
import { streamIdOf } from '../../../domain/kernel/stream/event.ts';
import { fold } from '../../../domain/kernel/stream/fold.ts';
import { rowOf } from '../../../domain/kernel/view/view.ts';
import { aggregateNames, aggregates, eventDefinitionOf, operations } from '../../../domain/operations.ts';
import { apiOutcomeOf, appliedBy } from '../../../functions/api.ts';
import { handleCommand } from '../../../functions/command/decideCommand.ts';
import { answer, type HistoryPorts } from '../../../functions/history/answer.ts';
import { memoryClaimReader } from '../../../functions/ports/claims/memory.ts';
import { memoryDirectory } from '../../../functions/ports/directory/memory.ts';
import { memoryViews } from '../../../functions/ports/views/memory.ts';
import { memoryEventIndex } from '../../../functions/ports/eventIndex/memory.ts';
import { memoryEventStore } from '../../../functions/ports/eventStore/memory.ts';
import { memoryOutcomes } from '../../../functions/ports/outcomes/memory.ts';
import { memorySnapshots } from '../../../functions/ports/snapshots/memory.ts';
import { referencesBy } from '../../../functions/ports/references/stores.ts';
import type { CommandOutcome } from '../../../generated/schema.ts';

export const uuid = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

/** Said to a system, at a moment of its clock. */
export interface Wish {
  operation: string;
  input: Record<string, unknown>;
  commandId?: string;
  actor?: string;
}

/** The write path and the history of a system in memory, with a clock that stands still between wishes. */
export const pastSystem = (start: number) => {
  const eventStore = memoryEventStore();
  const streams = { eventStore, snapshots: memorySnapshots(eventStore.keys) };
  const directory = memoryDirectory();
  const outcomes = memoryOutcomes();
  let clock = start;
  const warnings: Error[] = [];
  const eventIndex = memoryEventIndex(eventStore);
  const cost = { entries: 0, loads: 0 };
  const views = memoryViews();
  const history: HistoryPorts = {
    views,
    eventStore: {
      ...eventStore,
      load: (...asked) => {
        cost.loads += 1;
        return eventStore.load(...asked);
      },
      loadLast: (...asked) => {
        cost.loads += 1;
        return eventStore.loadLast(...asked);
      },
    },
    snapshots: streams.snapshots,
    eventIndex: {
      ...eventIndex,
      page: async (...asked) => {
        const page = await eventIndex.page(...asked);
        cost.entries += page.entries.length;
        return page;
      },
    },
    outcomes,
    directory,
    claims: memoryClaimReader(eventStore),
    now: () => clock,
    warn: (_message, error) => warnings.push(error),
  };

  const run = async ({
    operation,
    input,
    commandId = randomUUID(),
    actor = 'admin:a',
  }: Wish): Promise<CommandOutcome> => {
    const { aggregate, caller, idFrom, idField } = operations[operation]!;
    const { expectedVersion, ...said } = input;
    const kind = aggregate ?? (String(said['aggregate']).toLowerCase() as AggregateName);
    const aggregateId = idFrom === 'command' ? commandId : String(said[idFrom === 'self' ? 'id' : idField]);
    delete said[idFrom === 'self' ? 'id' : idField];
    if (aggregate === null) delete said['aggregate'];
    const handled = await handleCommand(
      {
        commandId,
        operation,
        aggregate: kind,
        aggregateId,
        actor: caller === 'user' ? `user:${aggregateId}` : actor,
        input: said,
        ...(expectedVersion !== undefined && { expectedVersion: Number(expectedVersion) }),
        sentAt: clock + 1,
      },
      {
        ...streams,
        outcomes,
        references: referencesBy(streams, directory),
        now: () => clock,
        newId: randomUUID,
      },
    );
    const row = rowOf(kind, aggregateId, fold(await eventStore.load(kind, aggregateId)));
    await directory.settle(streamIdOf(kind, aggregateId), entriesOf(aggregates[kind], row));
    return handled.kind === 'settled' ? apiOutcomeOf(handled.outcome) : appliedBy(handled.event);
  };

  const ask = async <Result = any>(field: string, given: Record<string, unknown>): Promise<Result> => {
    const said = await answer({ field, arguments: given }, history);
    if (!('result' in said)) throw new Error(JSON.stringify(said));
    return said.result as Result;
  };

  return {
    eventStore,
    history,
    warnings,
    cost,
    run,
    ask,
    /** What is wrong with a question. */
    refusal: async (field: string, given: Record<string, unknown>) => answer({ field, arguments: given }, history),
    pages: async <Item = any>(field: string, given: Record<string, unknown>): Promise<Item[]> => {
      const found: Item[] = [];
      let nextToken = (given['nextToken'] ?? null) as string | null;
      do {
        const page: { items: Item[]; nextToken: string | null } = await ask(field, { ...given, nextToken });
        found.push(...page.items);
        nextToken = page.nextToken;
      } while (nextToken !== null);
      return found;
    },
    now: () => clock,
    pass: (milliseconds: number) => {
      clock += milliseconds;
    },
    /** Every stream that has begun. */
    streams: (): [AggregateName, string][] => [
      ...new Map(
        eventStore.items.map(({ aggregate, aggregateId }): [string, [AggregateName, string]] => [
          `${String(aggregate)}#${String(aggregateId)}`,
          [aggregate as AggregateName, String(aggregateId)],
        ]),
      ).values(),
    ],
  };
};

export type PastSystem = ReturnType<typeof pastSystem>;

const ids: Record<AggregateName, string[]> = {
  user: ['ann', 'bob', 'cy'],
  role: [uuid(1), uuid(2)],
  authorization: [uuid(3), uuid(4)],
  group: [uuid(5), uuid(6)],
};

const pick = <T>(...values: T[]) => fc.constantFrom(...values);
const values = fc.record({
  name: pick('a', 'b', 'c'),
  description: pick('d', 'e'),
  authorizationIds: fc.subarray(ids.authorization),
  authorizationId: pick(...ids.authorization),
  firstName: pick('Ann', 'Bo'),
  lastName: pick('Lee', 'Ray'),
  birthDate: pick('1990-01-01', '1991-02-03'),
  email: pick('a@example.com', 'b@example.com', 'A@example.com'),
  roleId: pick(...ids.role),
  groupId: pick(...ids.group),
  reason: pick('late', 'rude'),
});

/** One thing that is said to a system; what it is about is settled when it is said. */
export const step = fc.record({
  aggregate: fc.constantFrom<AggregateName>('user', 'user', 'user', 'role', 'group', 'authorization'),
  n: fc.nat(2),
  /** Of the aggregate's operations; beyond these, a correction. */
  what: fc.nat(14),
  values,
  names: fc.subarray(['name', 'description', 'firstName', 'email', 'roleId', 'groupId'], { minLength: 1 }),
  until: fc.option(fc.integer({ min: 1, max: 30 }), { nil: undefined }),
  kind: pick('REPLACE', 'CANCEL', 'MOVE', 'INSERT'),
  target: fc.nat(8),
  back: fc.integer({ min: 0, max: 40 }),
  gap: fc.constantFrom(0, 1, 5),
});
export type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

/** A whole organisation first, so that most of what follows can be applied. */
export const beginnings: Wish[] = [
  ...ids.authorization.map((id, n) => ({
    operation: 'createAuthorization',
    input: { name: `${n}`, description: 'd' },
    commandId: id,
  })),
  ...ids.role.map((id, n) => ({
    operation: 'createRole',
    input: { name: `${n}`, description: 'd', authorizationIds: ids.authorization },
    commandId: id,
  })),
  ...ids.group.map((id, n) => ({ operation: 'createGroup', input: { name: `${n}`, description: 'd' }, commandId: id })),
];

/** What a step says to a system as it stands. */
export const wishOf = async (system: PastSystem, each: Step): Promise<Wish> => {
  const { aggregate, n, what, kind, target, back } = each;
  const id = ids[aggregate][n % ids[aggregate].length]!;
  const own = Object.values(operations).filter((operation) => operation.aggregate === aggregate);
  const operation = own[what];
  if (operation && operation.action === 'create' && operation.idFrom === 'command')
    return { operation: operation.name, input: inputOf(operation.name, each, system), commandId: id };
  if (operation) {
    const idField = operation.idFrom === 'self' ? 'id' : operation.idField;
    return { operation: operation.name, input: { ...inputOf(operation.name, each, system), [idField]: id } };
  }
  const events = await system.eventStore.load(aggregate, id);
  const event = events[target % Math.max(1, events.length)];
  const effectiveAt = new Date(system.now() - back).toISOString();
  const types = Object.keys(aggregates[aggregate].events);
  const inserted = types[target % types.length]!;
  const type = event && eventDefinitionOf(event).action === 'correct' ? inserted : (event?.type ?? inserted);
  return {
    operation: 'correctEvent',
    input: {
      aggregate: aggregate.toUpperCase(),
      aggregateId: id,
      kind,
      ...(kind === 'INSERT' ? { type: inserted } : { version: event?.version ?? 1 }),
      ...(kind === 'REPLACE' && { payload: payloadOf(aggregate, type, each, system) }),
      ...(kind === 'INSERT' && { payload: payloadOf(aggregate, inserted, each, system) }),
      ...((kind === 'MOVE' || kind === 'INSERT') && { effectiveAt }),
    },
  };
};

const inputOf = (name: string, { values: given, names, until }: Step, system: PastSystem): Record<string, unknown> => {
  const { input, action } = operations[name]!;
  const fields = Object.keys(input).filter((field) => action !== 'update' || names.includes(field));
  return Object.fromEntries(
    fields.flatMap((field) => {
      if (field === 'until') return until === undefined ? [] : [[field, momentAfter(system, until)]];
      return [[field, (given as Record<string, unknown>)[field]]];
    }),
  );
};

const payloadOf = (aggregate: AggregateName, type: string, each: Step, system: PastSystem): Record<string, unknown> => {
  const { payload, action } = eventDefinitionOf({ aggregate, type });
  return Object.fromEntries(
    Object.keys(payload)
      .filter((field) => action !== 'update' || each.names.includes(field))
      .flatMap((field) => {
        if (field === 'until') return [[field, each.until === undefined ? null : momentAfter(system, each.until)]];
        return [[field, (each.values as Record<string, unknown>)[field]]];
      }),
  );
};

const momentAfter = (system: PastSystem, milliseconds: number): string =>
  new Date(system.now() + milliseconds).toISOString();

/** Says it all, one after the other. @returns every moment at which something may have changed, and those beside */
export const live = async (system: PastSystem, steps: Step[]): Promise<number[]> => {
  for (const wish of beginnings) await system.run(wish);
  const moments = new Set([system.now()]);
  for (const each of steps) {
    system.pass(each.gap);
    await system.run(await wishOf(system, each));
    for (const moment of [system.now(), system.now() - each.back, system.now() + (each.until ?? 0)])
      moments.add(moment);
  }
  return [...new Set([...moments].flatMap((moment) => [moment - 1, moment]))].sort((one, other) => one - other);
};

export const everyAggregate = aggregateNames;
