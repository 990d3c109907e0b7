import { isDeepStrictEqual } from 'node:util';
import type { AggregateName } from '../../domain/kernel/aggregate.ts';
import type { DomainEvent } from '../../domain/kernel/stream/event.ts';
import { lineOf, linesKept, type Stretch } from '../../domain/kernel/stream/line.ts';
import { type Snapshot, snapshotEvery, snapshotsOf } from '../../domain/kernel/stream/snapshot.ts';
import { momentRule } from '../../domain/kernel/values/moment.ts';
import { mapBounded } from '../runtime/concurrency.ts';
import { indexLag, type Point, type Snapshots } from '../ports/snapshots/port.ts';

const beginning: Point = { version: 0, timestamp: momentRule.earliest };
const concurrency = 5;

interface Read {
  aggregate: AggregateName;
  aggregateId: string;
  /** All events, or those behind a snapshot. */
  events: DomainEvent[];
  since?: Snapshot;
}

/**
 * Makes the snapshots of a stream what its events say: what is wrong, or of an erased life, goes; what is missing
 * comes. Of the last minutes nothing is made: the commands that snapshots hide have to be found, and those who store
 * them see to it.
 * @param now milliseconds since the epoch
 */
export const mendSnapshots = async (
  { aggregate, aggregateId, events, since }: Read,
  { snapshots, now }: { snapshots: Snapshots; now: number },
): Promise<void> => {
  const last = events.at(-1);
  if (!last || last.version < snapshotEvery) return;
  const standing = await snapshots.after(aggregate, aggregateId, since ?? beginning);
  const erasure = events.findLast(({ erased }) => erased)?.version ?? 0;
  const right = new Map(
    snapshotsOf(events, since).flatMap((each) => (each && each.version > erasure ? [[each.version, each]] : [])),
  );
  const kept = new Set<number>();
  const wrong: Point[] = [];
  for (const { point, snapshot } of standing) {
    // What came meanwhile is not among the events.
    if (point.version > last.version) continue;
    if (snapshot && isDeepStrictEqual(snapshot, right.get(point.version))) kept.add(point.version);
    else wrong.push(point);
  }
  const missing = [...right.values()].filter(
    ({ version, timestamp }) => version % snapshotEvery === 0 && !kept.has(version) && timestamp <= now - indexLag,
  );
  await mapBounded(wrong, concurrency, (point) => snapshots.remove(aggregate, aggregateId, point));
  await mapBounded(missing, concurrency, (snapshot) => snapshots.keep(aggregate, aggregateId, snapshot));
  // Who trusts what is before a snapshot has met no correction behind it.
  if (!since) await mendLines({ aggregate, aggregateId, events }, snapshots);
};

/** Makes the time lines of a stream what its events say. */
const mendLines = async ({ aggregate, aggregateId, events }: Read, snapshots: Snapshots): Promise<void> => {
  const standing = await snapshots.lines(aggregate, aggregateId);
  const right = new Map(linesKept(events).map(({ version }) => [version, lineUpTo(events, version)]));
  const last = events.at(-1)!.version;
  for (const version of new Set([...standing.keys(), ...right.keys()])) {
    const line = right.get(version) ?? [];
    // What came meanwhile is not among the events.
    if (version > last || isDeepStrictEqual(standing.get(version) ?? [], line)) continue;
    await snapshots.dropLines(aggregate, aggregateId, { from: version, before: version + 1 });
    await snapshots.keepLine(aggregate, aggregateId, line);
  }
};

/** None, where the stream was damaged and is mended by a later correction. */
const lineUpTo = (events: DomainEvent[], version: number): Stretch[] => {
  try {
    return lineOf(events.slice(0, version));
  } catch {
    return [];
  }
};
