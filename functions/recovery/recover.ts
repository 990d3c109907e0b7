import { aggregateNames, replayQueueOf } from '../../domain/operations.ts';
import { monthsBetween, shardsOf } from '../../domain/kernel/view/timeShard.ts';
import { chunksOf } from '../runtime/concurrency.ts';
import { bodyOfReplay } from '../messages.ts';
import {
  type Chunk,
  isStreamName,
  type Ledger,
  nameOf,
  type Recovery,
  type Step,
  type StreamName,
} from '../ports/ledger/port.ts';
import type { Queues } from '../ports/queues/port.ts';
import type { Telemetry } from '../runtime/telemetry.ts';
import type { TimeEntry } from '../ports/eventIndex/port.ts';
import { type Cursor, formatCursor, parseCursor, withPace } from './cursor.ts';
import { firstPace, paceAfter, pauseOf } from './pace.ts';
import { sweepClaims, sweepDirectory, sweepRows, type SweepPorts } from './sweep.ts';

export interface RecoverPorts extends SweepPorts {
  telemetry: Telemetry;
  ledger: Ledger;
  queues: Queues;
}

/** Streams per message: ten messages of them are rebuilt well within the execute function's time. */
export const chunkSize = 10;
/** Index entries per step; their chunks fit one transaction, and the room that a full pace leaves. */
const pageSize = 200;
/** How long no chunk may finish before the unfinished ones are sent again, milliseconds. */
export const stallMs = 10 * 60_000;
const maximumResends = 3;

type Found = Extract<Cursor, { phase: 'streams' }>;

/**
 * What follows a step: another at once, a look soon or later, or nothing. `lost`: it did not count, as the recovery had
 * moved on meanwhile.
 */
export type Next =
  | { kind: 'again' }
  | { kind: 'soon'; milliseconds: number }
  | { kind: 'later'; seconds: number }
  | { kind: 'end' }
  | { kind: 'lost' };

/**
 * Takes a running recovery one step on. Whoever calls it, however often, at whatever point it died before: chunks are
 * written with the cursor that knows of them, sent by the next step, and counted once.
 */
export const takeStep = async (recovery: Recovery, ports: RecoverPorts): Promise<Next> => {
  const from = Date.parse(recovery.timestamp);
  const cursor =
    recovery.cursor === undefined ? await firstCursor(from, recovery, ports) : parseCursor(recovery.cursor);
  await sendAgain(recovery, cursor, ports);
  const step = await stepFrom(cursor, recovery, from, ports);
  if (step.kind !== 'step') return step;
  return advance(recovery, step.step, { kind: 'again' } as const, ports);
};

const advance = async <Then extends Next>(
  { recoveryId, cursor }: Recovery,
  step: Step,
  next: Then,
  { ledger }: RecoverPorts,
): Promise<Then | { kind: 'lost' }> => ((await ledger.advance(recoveryId, cursor, step)) ? next : { kind: 'lost' });

type Outcome = { kind: 'step'; step: Step } | Exclude<Next, { kind: 'again' }>;

const stepFrom = async (cursor: Cursor, recovery: Recovery, from: number, ports: RecoverPorts): Promise<Outcome> => {
  switch (cursor.phase) {
    case 'streams':
      return paced(cursor, recovery, ports, () => findStreams(cursor, recovery, from, ports));
    case 'rows': {
      const { removed, damaged = [], next } = await sweepRows(cursor.aggregate, cursor.after, ports);
      return {
        kind: 'step',
        step: {
          chunks: [],
          changed: removed,
          ...foundDamaged(damaged.length, damaged.at(-1)?.message, recovery),
          cursor: formatCursor(next ? { ...cursor, after: next } : afterRows(cursor)),
        },
      };
    }
    case 'directory': {
      const { complete, chunks } = cursor;
      const { removed, next } = await sweepDirectory(cursor.after, ports);
      const after: Cursor = next ? { ...cursor, after: next } : { complete, chunks, unsent: [], phase: 'claims' };
      return { kind: 'step', step: { chunks: [], changed: removed, cursor: formatCursor(after) } };
    }
    case 'claims': {
      if (cursor.done) return end(recovery, ports);
      const { removed, next } = await sweepClaims(cursor.after, ports);
      return {
        kind: 'step',
        step: {
          chunks: [],
          changed: removed,
          cursor: formatCursor({ ...cursor, after: next, done: next === undefined }),
        },
      };
    }
    case 'wait':
      return wait(cursor, recovery, ports);
    default:
      return cursor satisfies never;
  }
};

const end = async ({ recoveryId }: Recovery, { ledger }: RecoverPorts): Promise<Outcome> => {
  await ledger.end(recoveryId, 'COMPLETED');
  return { kind: 'end' };
};

const partitionsOf = (from: number, to: number): string[] => monthsBetween(from, to).flatMap(shardsOf);

/** Partitions looked into side by side. */
const lookahead = 32;

/** The first of these partitions that holds an event between two moments. */
const firstOccupied = async (
  partitions: string[],
  range: { from: number; to: number },
  { eventIndex }: RecoverPorts,
): Promise<string | undefined> => {
  for (const some of chunksOf(partitions, lookahead)) {
    const pages = await Promise.all(some.map((partition) => eventIndex.page(partition, { ...range, limit: 1 })));
    const found = some.find((_, index) => pages[index]?.entries.length);
    if (found) return found;
  }
  return undefined;
};

/** Most partitions that one step looks into: from 1970 on there are thousands, and what a step found is kept. */
const mostInOneStep = 8 * lookahead;

/** Where to go on: the first of these partitions that holds an event, or the first that was not looked into. */
const nextPartition = async (
  partitions: string[],
  range: { from: number; to: number },
  ports: RecoverPorts,
): Promise<string | undefined> =>
  (await firstOccupied(partitions.slice(0, mostInOneStep), range, ports)) ?? partitions[mostInOneStep];

/** A recovery is complete when no event is older than its moment. */
const firstCursor = async (from: number, recovery: Recovery, ports: RecoverPorts): Promise<Cursor> => {
  const to = Date.parse(recovery.startedAt);
  const earlier = { from: 0, to: Math.min(from - 1, to) };
  const older = await firstOccupied(partitionsOf(earlier.from, earlier.to).reverse(), earlier, ports);
  const partition = await nextPartition(partitionsOf(from, to), { from, to }, ports);
  const common = { complete: older === undefined, chunks: 0, unsent: [] };
  return partition === undefined ? waiting(common, ports.now()) : { ...common, phase: 'streams', partition };
};

/**
 * The first event of a stream at or after the moment stands for the stream: each is found exactly once, without
 * remembering any. Events that were taken over without their predecessor's time are found each, but for a rebuild from
 * the beginning.
 */
const isFirstSince =
  (from: number, { complete }: Cursor) =>
  ({ version, previousTimestamp }: TimeEntry): boolean =>
    version === 1 || (!complete && (previousTimestamp === undefined || previousTimestamp < from));

/**
 * Finds more streams where the pace leaves room for their chunks. Where it does not, their coming back widens it, and
 * their staying away narrows it.
 */
const paced = async (
  cursor: Found,
  recovery: Recovery,
  ports: RecoverPorts,
  find: () => Promise<Step>,
): Promise<Outcome> => {
  const now = ports.now();
  const done = recovery.chunksDone ?? 0;
  const pace = paceAfter(cursor.pace ?? firstPace(now), done, now);
  if (cursor.chunks - done < pace.window) {
    const step = await find();
    return { kind: 'step', step: { ...step, cursor: withPace(step.cursor, pace) } };
  }
  if (now - pace.moved >= stallMs)
    return resend(recovery, pace.resent, ports, () =>
      formatCursor({ ...cursor, unsent: [], pace: { ...pace, moved: now, resent: pace.resent + 1 } }),
    );
  if (pace === cursor.pace && cursor.unsent.length === 0) return { kind: 'soon', milliseconds: pauseOf(pace) };
  const step = { chunks: [], cursor: formatCursor({ ...cursor, unsent: [], pace }) };
  return advance(recovery, step, { kind: 'soon', milliseconds: pauseOf(pace) } as const, ports);
};

const findStreams = async (cursor: Found, recovery: Recovery, from: number, ports: RecoverPorts): Promise<Step> => {
  // What comes after the start goes the live way; without this bound, live traffic could keep the search going for
  // ever.
  const to = Date.parse(recovery.startedAt);
  const partitions = partitionsOf(from, to);
  const { entries, next } = await ports.eventIndex.page(cursor.partition, {
    from,
    to,
    limit: pageSize,
    after: cursor.after,
  });
  const first = entries.filter(isFirstSince(from, cursor));
  const found = first.filter(isStreamName);
  const strangers = first.filter((entry) => !isStreamName(entry));
  const chunks = chunksFrom(found, cursor);
  const common = {
    complete: cursor.complete,
    chunks: cursor.chunks + chunks.length,
    unsent: chunks.map(({ chunkId }) => chunkId),
  };
  const discovered = first.length;
  const failed =
    strangers.length > 0
      ? { failed: strangers.length, lastError: `${nameOf(strangers.at(-1)!).slice(0, 200)}: is the name of no stream` }
      : {};
  if (next)
    return {
      chunks,
      discovered,
      ...failed,
      cursor: formatCursor({ ...common, phase: 'streams', partition: cursor.partition, after: next }),
    };
  const partition = await nextPartition(
    partitions.slice(partitions.indexOf(cursor.partition) + 1),
    { from, to },
    ports,
  );
  if (partition)
    return { chunks, discovered, ...failed, cursor: formatCursor({ ...common, phase: 'streams', partition }) };
  return {
    chunks,
    discovered,
    ...failed,
    total: recovery.discovered + discovered,
    cursor: formatCursor(waiting(common, ports.now())),
  };
};

/** Streams without a beginning, which the time index did not show: they are discovered, and given up, at once. */
const foundDamaged = (count: number, lastError: string | undefined, { total = 0 }: Recovery): Partial<Step> =>
  count > 0 ? { discovered: count, failed: count, lastError, total: total + count } : {};

const afterRows = ({ complete, chunks, aggregate }: Extract<Cursor, { phase: 'rows' }>): Cursor => {
  const next = aggregateNames[aggregateNames.indexOf(aggregate) + 1];
  return { complete, chunks, unsent: [], ...(next ? { phase: 'rows', aggregate: next } : { phase: 'directory' }) };
};

const waiting = (
  { complete, chunks, unsent }: Pick<Cursor, 'complete' | 'chunks' | 'unsent'>,
  now: number,
): Cursor => ({
  complete,
  chunks,
  unsent,
  phase: 'wait',
  progress: 0,
  since: now,
  resent: 0,
});

const chunksFrom = (found: StreamName[], cursor: Found): Chunk[] => {
  const byAggregate = aggregateNames.map((aggregate) => found.filter((each) => each.aggregate === aggregate));
  const slices = byAggregate.flatMap((streams) => chunksOf(streams, chunkSize));
  return slices.map((streams, n) => ({
    chunkId: String(cursor.chunks + n + 1).padStart(8, '0'),
    streams: streams.map(({ aggregate, aggregateId }) => ({ aggregate, aggregateId })),
    claims: cursor.complete,
  }));
};

const sendAgain = async (recovery: Recovery, cursor: Cursor, ports: RecoverPorts): Promise<void> => {
  if (cursor.unsent.length > 0)
    await send(recovery, await ports.ledger.chunks(recovery.recoveryId, cursor.unsent), ports);
};

/** A recovery's chunks share the execution queues with live events: as one sender among those. */
export const senderOf = (recoveryId: string): string => `recovery:${recoveryId}`;

/** @throws when a queue did not take a chunk; the step is then taken again */
const send = async ({ recoveryId, timestamp }: Recovery, chunks: Chunk[], { queues }: RecoverPorts): Promise<void> => {
  for (const aggregate of aggregateNames) {
    const messages = chunks
      .filter(({ streams }) => streams[0]?.aggregate === aggregate)
      .map((chunk) => ({
        body: bodyOfReplay({ recoveryId, ...chunk, ...(!chunk.claims && { since: Date.parse(timestamp) }) }),
        sender: senderOf(recoveryId),
      }));
    const [failure] = messages.length > 0 ? await queues.send(replayQueueOf(aggregate), messages) : [];
    if (failure) throw failure.error;
  }
};

const wait = async (
  cursor: Extract<Cursor, { phase: 'wait' }>,
  recovery: Recovery,
  ports: RecoverPorts,
): Promise<Outcome> => {
  const { now } = ports;
  if (recovery.total === undefined)
    return {
      kind: 'step',
      step: { chunks: [], total: recovery.discovered, cursor: formatCursor({ ...cursor, unsent: [] }) },
    };
  const progress = recovery.rebuilt + recovery.failed;
  if (progress >= recovery.total) {
    // Rows, entries and claims are swept after the rebuild: what remains wrong then has no stream.
    if (cursor.complete)
      return {
        kind: 'step',
        step: {
          chunks: [],
          cursor: formatCursor({
            complete: true,
            chunks: cursor.chunks,
            unsent: [],
            phase: 'rows',
            aggregate: aggregateNames[0]!,
          }),
        },
      };
    return end(recovery, ports);
  }
  const moved = progress > cursor.progress;
  if (moved || cursor.unsent.length > 0) {
    const step = {
      chunks: [],
      cursor: formatCursor({ ...cursor, unsent: [], progress, ...(moved && { since: now(), resent: 0 }) }),
    };
    return advance(recovery, step, { kind: 'later', seconds: 1 } as const, ports);
  }
  if (now() - cursor.since < stallMs) return { kind: 'later', seconds: now() - cursor.since < 10_000 ? 1 : 10 };
  return resend(recovery, cursor.resent, ports, () =>
    formatCursor({ ...cursor, since: now(), resent: cursor.resent + 1 }),
  );
};

/** Sends again the chunks that did not come back; gives the recovery up where that was done often enough. */
const resend = async (
  recovery: Recovery,
  resent: number,
  ports: RecoverPorts,
  next: () => string,
): Promise<Outcome> => {
  const { recoveryId, discovered, rebuilt, failed } = recovery;
  if (resent >= maximumResends) {
    const missing = discovered - rebuilt - failed;
    const lastError = `${missing} streams were not rebuilt: see the dead-letter queues of the execution queues`;
    await ports.ledger.end(recoveryId, 'FAILED', lastError);
    ports.telemetry.count('RecoveriesFailed');
    return { kind: 'end' };
  }
  await send(recovery, await ports.ledger.unfinished(recoveryId, 1000), ports);
  return advance(recovery, { chunks: [], cursor: next() }, { kind: 'later', seconds: 10 } as const, ports);
};
