import type { AggregateName } from '../../domain/kernel/aggregate.ts';
import { type DomainEvent, effectiveAtOf } from '../../domain/kernel/stream/event.ts';
import { actionOf, aggregates, eventTypeOf } from '../../domain/operations.ts';
import type { EventIndex, TimeEntry } from '../ports/eventIndex/port.ts';
import { behind } from '../ports/eventIndex/port.ts';
import { mapBounded } from '../runtime/concurrency.ts';
import type { Moment, PastPorts } from '../streams/past.ts';
import { type Given, givenMoment, limitOf, optionalMoment, tokenOf } from './arguments.ts';
import { concurrentLoads, leavingOutDamaged, type Shown, showAt, type Warn } from './shown.ts';
import { decode, encode, isShaped } from './token.ts';

interface ListPorts extends PastPorts {
  eventIndex: EventIndex;
  now(): number;
  warn: Warn;
}

/** Streams loaded for one page, and corrections looked through, at the most; then the page ends as it is. */
const mostLoads = 200;
const mostLooks = 3_000;

/**
 * Where a page begins. First come those whose creation was stored by the moment, in the order of their creations; then
 * those that are there by a correction alone, stored later and effective by the moment, in the order of these.
 */
interface Place {
  part: 'created' | 'corrected';
  /** That of the first page: what is stored meanwhile moves nothing. */
  knownAt: number;
  after?: Pick<TimeEntry, 'timestamp' | 'aggregateId' | 'version'>;
}

/** One page of all of a kind that were there at a moment. @throws InvalidArgument */
export const listAt = async (
  aggregate: AggregateName,
  given: Given,
  ports: ListPorts,
): Promise<{ items: NonNullable<Shown>[]; nextToken: string | null }> => {
  const { eventStore, eventIndex, now, warn } = ports;
  const limit = limitOf(given);
  const timestamp = givenMoment('timestamp', given);
  const wanted = optionalMoment('knownAt', given);
  const asked = `${aggregates[aggregate].plural}At ${timestamp} ${wanted ?? 'now'}`;
  const token = tokenOf(given);
  const first: Place = { part: 'created', knownAt: Math.min(wanted ?? Infinity, now()) };
  let place = token === undefined ? first : placeOf(decode(token, asked, isStoredPlace));
  const moment: Moment = { timestamp, knownAt: place.knownAt };
  const show = showAt(ports, moment, { nested: given['nested'] !== false, warn });

  const items: NonNullable<Shown>[] = [];
  let loads = 0;
  let looks = 0;
  while (items.length < limit && loads < mostLoads && looks < mostLooks) {
    const step = await read(aggregate, place, moment, limit - items.length, eventIndex);
    looks += step.looks;
    loads += step.entries.length;
    const rows = await mapBounded(step.entries, concurrentLoads, (entry) =>
      leavingOutDamaged(warn, async () => {
        const { aggregateId } = entry;
        const isHere =
          place.part === 'created' || isFirst(entry, await eventStore.load(aggregate, aggregateId), timestamp);
        return isHere ? show(aggregate, aggregateId) : null;
      }),
    );
    items.push(...rows.filter((row) => row !== null));
    if (!step.next) return { items, nextToken: null };
    place = step.next;
  }
  return { items, nextToken: encode(asked, { ...place, ...place.after, after: undefined }) };
};

/** Entries of streams that may have begun by the moment, and where to go on; nowhere, if that was all. */
const read = async (
  aggregate: AggregateName,
  place: Place,
  { timestamp, knownAt }: Moment,
  wanted: number,
  eventIndex: EventIndex,
): Promise<{ entries: TimeEntry[]; looks: number; next?: Place }> => {
  const { part, after } = place;
  const partition = { type: eventTypeOf(aggregate, part === 'created' ? 'create' : 'correct') };
  const range =
    part === 'created' ? { from: 0, to: Math.min(timestamp, knownAt) } : { from: timestamp + 1, to: knownAt };
  const { entries, next } = await eventIndex.page(partition, {
    ...range,
    limit: part === 'created' ? wanted : 100,
    ...(after && { after: behind(partition, { aggregate, ...after }) }),
  });
  // A later creation begins another life of a stream that has had its entry.
  const found = entries.filter(({ version, effectiveAt = Infinity }) =>
    part === 'created' ? version === 1 : effectiveAt <= timestamp,
  );
  const taken = found.slice(0, wanted);
  const last = found.length > wanted ? taken.at(-1) : entries.at(-1);
  if (last && (next !== undefined || found.length > wanted))
    return { entries: taken, looks: entries.length, next: { ...place, after: last } };
  return {
    entries: taken,
    looks: entries.length,
    ...(part === 'created' && { next: { ...place, part: 'corrected', after: undefined } }),
  };
};

/** Whether a stream that is there by corrections has its place in the list where this one stands: each has one. */
const isFirst = (entry: TimeEntry, events: DomainEvent[], timestamp: number): boolean => {
  const early = events.find((event) => actionOf(event) === 'correct' && effectiveAtOf(event) <= timestamp);
  return events[0]!.timestamp > timestamp && early?.version === entry.version;
};

type StoredPlace = Pick<Place, 'part' | 'knownAt'> & Partial<NonNullable<Place['after']>>;

const isStoredPlace = (value: unknown): value is StoredPlace =>
  isShaped(value, { part: 'string', knownAt: 'number' }) &&
  (value.part === 'created' || value.part === 'corrected') &&
  (!('aggregateId' in value) || isShaped(value, { timestamp: 'integer', aggregateId: 'string', version: 'integer' }));

const placeOf = ({ part, knownAt, timestamp, aggregateId, version }: StoredPlace): Place => ({
  part,
  knownAt,
  ...(timestamp !== undefined &&
    aggregateId !== undefined &&
    version !== undefined && { after: { timestamp, aggregateId, version } }),
});
