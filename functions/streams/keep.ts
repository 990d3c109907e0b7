import type { DomainEvent } from '../../domain/kernel/stream/event.ts';
import { isCorrection } from '../../domain/kernel/stream/correction.ts';
import { lineOf, linesKept } from '../../domain/kernel/stream/line.ts';
import { isDue, snapshotEvery, snapshotOf } from '../../domain/kernel/stream/snapshot.ts';
import type { Stream } from '../../domain/kernel/stream/stream.ts';
import { indexLag, type Snapshots } from '../ports/snapshots/port.ts';
import type { Loaded } from './load.ts';

/** Marks that are made for one snapshot, at the most. */
const mostMarks = 100;

/**
 * Keeps a snapshot of a stream to which an event was appended, if one is due: one that comes twice or late is the same,
 * and stands in its own place. Commands that the index may not show yet are marked first: whoever goes by the snapshot
 * does not see their events. Where there are too many of them, a later command keeps one.
 * @param loaded what was appended to
 * @param now milliseconds since the epoch
 */
export const keepSnapshot = async (
  { since }: Loaded,
  after: Stream,
  event: DomainEvent,
  { snapshots, now }: { snapshots: Snapshots; now: number },
): Promise<void> => {
  if (!isDue(event.version, since?.version ?? 0)) return;
  let fresh = after.events.filter(({ timestamp }) => timestamp > now - indexLag);
  if (fresh.length > snapshotEvery) {
    const marked = await lastOf(after.events.slice(0, -1), snapshots);
    fresh = fresh.filter(({ version }) => version > marked);
  }
  if (fresh.length > mostMarks) return;
  const marks = fresh.map(({ actor, commandId, version }) => ({ actor, commandId, version }));
  await snapshots.keep(event.aggregate, event.aggregateId, snapshotOf(after, event), marks);
};

/** The version of the last snapshot of events, up to which all have their marks. */
const lastOf = async (events: DomainEvent[], snapshots: Snapshots): Promise<number> => {
  const last = events.at(-1);
  const standing = last && (await snapshots.latest(last.aggregate, last.aggregateId, last));
  return events.some(({ eventId }) => eventId === standing?.eventId) ? standing!.version : 0;
};

/**
 * Keeps the time line of a stream as it is known with the correction that was appended, which has seen all of the
 * stream; those that are known with the oldest corrections go.
 */
export const keepLine = async (after: Stream, event: DomainEvent, snapshots: Snapshots): Promise<void> => {
  if (!isCorrection(event)) return;
  const { aggregate, aggregateId } = event;
  const kept = linesKept(after.events);
  if (kept.at(-1) !== event) return;
  await snapshots.keepLine(aggregate, aggregateId, lineOf(after.events));
  await snapshots.dropLines(aggregate, aggregateId, { from: 0, before: kept[0]!.version });
};
