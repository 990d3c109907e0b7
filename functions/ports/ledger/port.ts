import type { AggregateName } from '../../../domain/kernel/aggregate.ts';
import { streamIdOf } from '../../../domain/kernel/stream/event.ts';
import { aggregateNames } from '../../../domain/operations.ts';

/** A recovery and how far it is; attributes as in the API's type Recovery. */
export interface Recovery {
  recoveryId: string;
  /** The moment to recover from, ISO 8601. */
  timestamp: string;
  status: 'RUNNING' | 'COMPLETED' | 'FAILED' | 'CANCELLED';
  /** Absent until all streams are found. */
  total?: number;
  discovered: number;
  rebuilt: number;
  changed: number;
  failed: number;
  /** Where the recovery function goes on, as JSON; absent before its first step. */
  cursor?: string;
  /** The number of the message that the recovery is at. */
  step?: number;
  /** How many of its chunks are done. */
  chunksDone?: number;
  lastError?: string;
  actor: string;
  startedAt: string;
  updatedAt: string;
  completedAt?: string;
}

export interface StreamName {
  aggregate: AggregateName;
  aggregateId: string;
}

/** What an id says whose stream it is. Tables may hold what somebody else wrote: there may be no such aggregate. */
export interface FoundName {
  aggregate: string;
  aggregateId: string;
}

export const nameOf = ({ aggregate, aggregateId }: FoundName): string => streamIdOf(aggregate, aggregateId);

/** Far more than any id has, and so little that every key made of it is one. */
const longestId = 1024;

/** Whether a stream of this system can have the name. */
export const isStreamName = <Found extends FoundName>(found: Found): found is Found & StreamName => {
  const { aggregate, aggregateId } = found;
  return (
    aggregateNames.some((name) => name === aggregate) &&
    aggregateId !== '' &&
    Buffer.byteLength(aggregateId) <= longestId
  );
};

/** Streams of one aggregate that are rebuilt by one message. */
export interface Chunk {
  chunkId: string;
  streams: StreamName[];
  claims: boolean;
}

/** What one step of the recovery function adds to the ledger. */
export interface Step {
  cursor: string;
  /** New chunks, written with the cursor so that a crash before they are sent loses none. */
  chunks: Chunk[];
  discovered?: number;
  changed?: number;
  /** Streams that will not be rebuilt; counted as discovered too. */
  failed?: number;
  lastError?: string;
  total?: number;
}

/** What became of a chunk. */
export interface ChunkResult {
  chunkId: string;
  rebuilt: number;
  changed: number;
  failed: number;
  lastError?: string;
}

/** Results without repeats: a batch may hold one chunk twice. */
export const eachOnce = (results: ChunkResult[]): ChunkResult[] => [
  ...new Map(results.map((result) => [result.chunkId, result])).values(),
];

/** What several chunks add to the ledger together. */
export const sumOf = (results: ChunkResult[]): Omit<ChunkResult, 'chunkId'> => {
  const total = (name: 'rebuilt' | 'changed' | 'failed') => results.reduce((sum, result) => sum + result[name], 0);
  const lastError = results.findLast((result) => result.lastError !== undefined)?.lastError;
  return {
    rebuilt: total('rebuilt'),
    changed: total('changed'),
    failed: total('failed'),
    ...(lastError !== undefined && { lastError }),
  };
};

/** The recoveries, their progress and their chunks. */
export interface Ledger {
  /** Creates the recovery unless it is there. @returns the one that stands */
  create(recovery: Recovery): Promise<Recovery>;
  find(recoveryId: string): Promise<Recovery | undefined>;
  /**
   * Notes that a message takes a running recovery on: the first of the recovery's messages with this number, or that
   * same message again. @returns false for any other: the recovery is further, or not running
   */
  begin(recoveryId: string, step: number, messageId: string): Promise<boolean>;
  /**
   * Takes a running recovery one step on, all or nothing. @returns false when it is not at cursor `from` or no longer
   * running: another has taken over
   */
  advance(recoveryId: string, from: string | undefined, step: Step): Promise<boolean>;
  /** The chunks of these ids, or the first `limit` that are not done. */
  chunks(recoveryId: string, chunkIds: string[]): Promise<Chunk[]>;
  unfinished(recoveryId: string, limit: number): Promise<Chunk[]>;
  /** Adds what became of chunks, at most 50 at once; each counts once however often it is given. */
  complete(recoveryId: string, results: ChunkResult[]): Promise<void>;
  /** Ends a running recovery. @returns the recovery as it now is */
  end(recoveryId: string, status: 'COMPLETED' | 'FAILED', lastError?: string): Promise<Recovery | undefined>;
}
