import type { AggregateName } from '../../../domain/kernel/aggregate.ts';
import type { Stretch } from '../../../domain/kernel/stream/line.ts';
import type { Snapshot } from '../../../domain/kernel/stream/snapshot.ts';

/** A place in a stream: that of an event. */
export type Point = Pick<Snapshot, 'version' | 'timestamp'>;

/** A command and the event that it left. */
export interface Mark {
  actor: string;
  commandId: string;
  version: number;
}

/**
 * Snapshots of streams, to read: a help, and never the truth. One that cannot be read, was made otherwise than they are
 * made now, or stands where it does not belong, is as good as none.
 */
export interface SnapshotReader {
  /** The last one at or before a point, if it can be read; eventually consistent. */
  latest(aggregate: AggregateName, aggregateId: string, upTo: Point): Promise<Snapshot | undefined>;
  /** The version that a command of a stream left, if it is marked; consistently read. */
  marked(
    aggregate: AggregateName,
    aggregateId: string,
    command: Pick<Mark, 'actor' | 'commandId'>,
  ): Promise<number | undefined>;
  /**
   * The part of a time line in which a moment is, if it is kept and can be read; eventually consistent.
   * @param known the version of the correction with which it was known
   * @param moment milliseconds since the epoch
   */
  stretch(aggregate: AggregateName, aggregateId: string, known: number, moment: number): Promise<Stretch | undefined>;
}

/** Which time lines of a stream: by the versions of their corrections, the first included, the last not. */
export interface Lines {
  from: number;
  before: number;
}

/** One that stands in the table: what it says, if it can be read. */
export interface Standing {
  point: Point;
  snapshot?: Snapshot;
}

/** Snapshots of streams. */
export interface Snapshots extends SnapshotReader {
  /**
   * Keeps one, in the place of what stands at its point; not, where it says something of a person whose keys are gone.
   * @param marks of the commands that can be found in no index yet, for a day; they stand before the snapshot does
   */
  keep(aggregate: AggregateName, aggregateId: string, snapshot: Snapshot, marks?: Mark[]): Promise<void>;
  /** A stream's snapshots after a point, in order. */
  after(aggregate: AggregateName, aggregateId: string, point: Point): Promise<Standing[]>;
  remove(aggregate: AggregateName, aggregateId: string, point: Point): Promise<void>;
  /** Keeps a time line; not, where it says something of a person whose keys are gone. */
  keepLine(aggregate: AggregateName, aggregateId: string, line: Stretch[]): Promise<void>;
  /** The stretches of all time lines of a stream that stand: by the version of the correction, in order. */
  lines(aggregate: AggregateName, aggregateId: string): Promise<Map<number, (Stretch | undefined)[]>>;
  dropLines(aggregate: AggregateName, aggregateId: string, which: Lines): Promise<void>;
}

/** How late index byCommand of the event store may be: commands of events that are older are found there. */
export const indexLag = 15 * 60_000;
/** How long a mark stands, in seconds. */
export const markSeconds = 24 * 3600;

/** No version is higher. */
export const lastVersion = 2 ** 31 - 1;
