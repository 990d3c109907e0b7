import { memoryDirectory } from '../../../functions/ports/directory/memory.ts';
import { randomUUID } from 'node:crypto';
import type { AggregateName } from '../../../domain/kernel/aggregate.ts';
import type { Command } from '../../../domain/kernel/command/command.ts';
import type { DomainEvent } from '../../../domain/kernel/stream/event.ts';
import { decide } from '../../../domain/kernel/command/decide.ts';
import { streamOf } from '../../../domain/kernel/stream/stream.ts';
import { streamIdOf } from '../../../domain/kernel/stream/event.ts';
import { fold } from '../../../domain/kernel/stream/fold.ts';
import { entriesOf } from '../../../domain/kernel/view/directory.ts';
import { aggregates, operations } from '../../../domain/operations.ts';
import { claimChanges, claimsOf } from '../../../domain/kernel/stream/unique.ts';
import { rowOf, type ViewRow } from '../../../domain/kernel/view/view.ts';
import { replay } from '../../../functions/rebuild/chunk.ts';
import { parseExecutionMessage } from '../../../functions/messages.ts';
import { memoryClaims } from '../../../functions/ports/claims/memory.ts';
import { memoryEventIndex } from '../../../functions/ports/eventIndex/memory.ts';
import { storedClaims } from '../../../functions/ports/claims/stored.ts';
import { readableEventsOf } from '../../../functions/ports/eventStore/sealing.ts';
import { groupBy } from '../../../functions/runtime/concurrency.ts';
import { memoryEventStore } from '../../../functions/ports/eventStore/memory.ts';
import { memoryLedger } from '../../../functions/ports/ledger/memory.ts';
import type { Recovery } from '../../../functions/ports/ledger/port.ts';
import type { Queues } from '../../../functions/ports/queues/port.ts';
import { memorySnapshots } from '../../../functions/ports/snapshots/memory.ts';
import { memoryRows } from '../../../functions/ports/rows/memory.ts';
import { handle, type RecoveryPorts, recoveryQueue, TakenOver } from '../../../functions/recovery/handleSteps.ts';

import { recordedTelemetry } from '../telemetry.ts';

export class Crash extends Error {}

export const uuid = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

/** One call that an invocation of the recovery function made: `remaining`, or a port's method such as `ledger.find`. */
export interface Call {
  name: string;
  given: unknown[];
  /** Milliseconds that the invocation had left. */
  left: number;
}

interface Message {
  messageId: string;
  queue: string;
  body: string;
  attempt: number;
}

/**
 * The recovery and execute functions over the twins in memory, with queues that deliver again what was not
 * acknowledged.
 */
export const recoveryModel = () => {
  let clock = Date.UTC(2026, 0, 15);
  let calls = 0;
  let crashAt = Infinity;
  let lookedInto = 0;
  let time = { invocation: 60_000, call: 0 };
  let left = 0;
  let invocation: Call[] | undefined;
  const now = () => clock;
  const store = memoryEventStore();
  const rows = memoryRows();
  const directory = memoryDirectory();
  const ledger = memoryLedger(now);
  const messages: Message[] = [];
  const telemetry = recordedTelemetry();
  const published: Recovery[] = [];
  const changedRows: { aggregate: AggregateName; aggregateId: string }[] = [];
  const invocations: Call[][] = [];

  const queues: Queues = {
    send: async (queue, sent) => {
      messages.push(...sent.map(({ body }) => ({ messageId: randomUUID(), queue, body, attempt: 0 })));
      return [];
    },
  };

  const called = (name: string, ...given: unknown[]): void => {
    invocation?.push({ name, given, left });
  };

  /** Every call of a port is a point to crash at: before it takes effect, or after. */
  const crashing = <Port extends object>(portName: string, port: Port): Port =>
    new Proxy(port, {
      get: (target, name) => {
        const method = Reflect.get(target, name) as unknown;
        if (typeof method !== 'function') return method;
        return async (...parameters: unknown[]) => {
          // Looking for the first occupied partition is hundreds of reads alike: one point is as good as all.
          if ((parameters[1] as { limit?: number } | undefined)?.limit === 1) {
            lookedInto += 1;
            return Reflect.apply(method, target, parameters) as unknown;
          }
          called(`${portName}.${String(name)}`, ...parameters);
          left -= time.call;
          calls += 1;
          if (calls === crashAt) throw new Crash('before');
          const result = (await Reflect.apply(method, target, parameters)) as unknown;
          calls += 1;
          if (calls === crashAt) throw new Crash('after');
          return result;
        };
      },
    });

  const views = {
    getMany: async (keys: { aggregate: AggregateName; id: string }[]) =>
      keys.flatMap((key) => {
        const row = rows.table.get(streamIdOf(key.aggregate, key.id)) as ViewRow | undefined;
        return row ? [{ key, row }] : [];
      }),
  };
  const snapshots = crashing('snapshots', memorySnapshots(store.keys));
  const ports: RecoveryPorts = {
    eventStore: crashing('eventStore', store),
    eventIndex: crashing('eventIndex', memoryEventIndex(store)),
    directory: crashing('directory', directory),
    rows: crashing('rows', rows),
    claims: crashing('claims', memoryClaims(store)),
    ledger: crashing('ledger', ledger),
    queues: crashing('queues', queues),
    views: crashing('views', views),
    notifier: crashing('notifier', {
      publish: async (publications) => {
        published.push(...publications.flatMap(({ recovery }) => (recovery ? [recovery as unknown as Recovery] : [])));
        return [];
      },
    }),
    telemetry,
    sleep: async (milliseconds) => {
      clock += milliseconds;
      left -= milliseconds;
    },
    remaining: () => {
      called('remaining');
      return left;
    },
    now,
  };

  const invoke = async (messageId: string, body: string, attempt: number): Promise<void> => {
    invocation = [];
    invocations.push(invocation);
    left = time.invocation;
    try {
      await handle({ messageId, body }, attempt, ports);
    } finally {
      invocation = undefined;
    }
  };

  const deliver = async ({ messageId, queue, body, attempt }: Message): Promise<void> => {
    if (queue === recoveryQueue) return invoke(messageId, body, attempt);
    const message = parseExecutionMessage(body);
    if (message.kind !== 'replay') throw new Error(`Unexpected ${message.kind}`);
    const { changed, result } = await replay(message, attempt > 1, { ...ports, snapshots });
    changedRows.push(...changed);
    await ports.ledger.complete(message.recoveryId, [result]);
  };

  const streamsOf = async (): Promise<{ aggregate: AggregateName; aggregateId: string; events: DomainEvent[] }[]> => {
    const events = await readableEventsOf(structuredClone(store.items), store.keys);
    const streams = groupBy(events, ({ aggregate, aggregateId }) => streamIdOf(aggregate, aggregateId));
    return [...streams.values()].map((ofStream) => ({
      aggregate: ofStream[0]!.aggregate,
      aggregateId: ofStream[0]!.aggregateId,
      events: ofStream,
    }));
  };

  /** Decides, appends and projects one command at once. @returns why it was rejected, if it was */
  const attempt = async (
    operation: string,
    aggregate: AggregateName,
    aggregateId: string,
    input: Record<string, unknown>,
    commandId = uuid(store.items.length + 5000),
  ): Promise<string | undefined> => {
    clock += 1000;
    const command: Command = {
      commandId: operations[operation]!.idFrom === 'command' ? aggregateId : commandId,
      operation,
      aggregate,
      aggregateId,
      actor: 'admin:a',
      input,
    };
    const stream = streamOf(await store.load(aggregate, aggregateId));
    const decision = decide(command, stream, { now: clock, eventId: uuid(store.items.length + 9000) });
    if ('rejection' in decision) return decision.rejection.message;
    if ('after' in decision) {
      const [event] = decision.events;
      const appended = await store.append(event, claimChanges(aggregate, stream.state, decision.after.state));
      if (appended.kind !== 'appended') return appended.kind;
      const row = rowOf(aggregate, aggregateId, decision.after.state);
      rows.table.set(streamIdOf(aggregate, aggregateId), { ...row });
      await directory.settle(streamIdOf(aggregate, aggregateId), entriesOf(aggregates[aggregate], row));
    }
    return undefined;
  };

  return {
    store,
    directory,
    rows,
    ledger,
    ports,
    messages,
    published,
    changedRows,
    invocations,
    telemetry,
    now,
    /** How many milliseconds every invocation of the recovery function has, and every call of a port takes of them. */
    timing: (each: typeof time) => {
      time = each;
    },
    tick: (milliseconds: number) => {
      clock += milliseconds;
    },
    crashAtCall: (call: number) => {
      calls = 0;
      lookedInto = 0;
      crashAt = call;
    },
    callsMade: () => calls,
    partitionsLookedInto: () => lookedInto,

    /** One command on the live path, in short. @throws when it is rejected */
    command: async (
      operation: string,
      aggregateId: string,
      input: Record<string, unknown> = {},
      commandId?: string,
    ): Promise<void> => {
      const rejection = await attempt(operation, operations[operation]!.aggregate!, aggregateId, input, commandId);
      if (rejection !== undefined) throw new Error(rejection);
    },
    attempt,

    start: (recoveryId: string, from: number): void => {
      clock += 1000;
      messages.push({
        messageId: randomUUID(),
        queue: recoveryQueue,
        body: JSON.stringify({ kind: 'start', recoveryId, timestamp: new Date(from).toISOString(), actor: 'admin:a' }),
        attempt: 0,
      });
    },

    /** Delivers until the queues are empty. @param times how often each message comes @param pick which comes next */
    run: async ({
      times = 1,
      pick = () => 0,
      between = async () => {},
    }: { times?: number; pick?: (waiting: number) => number; between?: () => Promise<void> } = {}): Promise<void> => {
      for (let deliveries = 0; messages.length > 0; deliveries += 1) {
        if (deliveries > 5000) throw new Error('The queues do not run empty');
        const [message] = messages.splice(pick(messages.length), 1);
        clock += 1000;
        for (let time = 0; time < times; time += 1) {
          try {
            await deliver({ ...message!, attempt: message!.attempt + 1 });
          } catch (error) {
            if (!(error instanceof Crash) && !(error instanceof TakenOver)) throw error;
            messages.push({ ...message!, attempt: message!.attempt + 1 });
          }
        }
        await between();
      }
    },

    /** Rows and claims as the streams say they must be. */
    expected: async () => {
      const streams = await streamsOf();
      const held = streams.map(({ aggregate, events }) => storedClaims(claimsOf(aggregate, fold(events)), store.keys));
      const claims = await Promise.all(held);
      return {
        rows: new Map(
          streams.map(({ aggregate, aggregateId, events }) => [
            streamIdOf(aggregate, aggregateId),
            { ...rowOf(aggregate, aggregateId, fold(events)) },
          ]),
        ),
        claims: new Map(
          streams.flatMap(({ aggregate, aggregateId }, index) =>
            claims[index]!.map(({ key }) => [key, streamIdOf(aggregate, aggregateId)] as const),
          ),
        ),
      };
    },
    streams: streamsOf,
  };
};

export type RecoveryModel = ReturnType<typeof recoveryModel>;
