import type { AggregateName } from '../../domain/kernel/aggregate.ts';
import { type Change, changesIn } from '../../domain/kernel/stream/changes.ts';
import { type DomainEvent, effectiveAtOf } from '../../domain/kernel/stream/event.ts';
import { ImpossibleEvent } from '../../domain/kernel/stream/fold.ts';
import { aggregateNames, aggregates, eventTypeOf } from '../../domain/operations.ts';
import { apiNameOf } from '../api.ts';
import type { EventIndex, TimeEntry } from '../ports/eventIndex/port.ts';
import { isStreamName } from '../ports/ledger/port.ts';
import type { EventReader } from '../ports/eventStore/port.ts';
import { mapBounded } from '../runtime/concurrency.ts';
import { type Given, givenAggregate, givenMoment, InvalidArgument, isGiven, limitOf, tokenOf } from './arguments.ts';
import { foundIn, isPlace, type Place, stretchesOf, typesOf } from './audit.ts';
import { concurrentLoads, DamagedStream, leavingOutDamaged, type Warn } from './shown.ts';
import { decode, encode, isShaped } from './token.ts';

interface ChangePorts {
  eventStore: EventReader;
  eventIndex: EventIndex;
  now(): number;
  warn: Warn;
}

/** What is asked: milliseconds since the epoch, and of which aggregates. */
interface Asked {
  from: number;
  to: number;
  /** When the first page was asked for: what is stored meanwhile moves nothing. */
  knownAt: number;
  kinds: AggregateName[];
}

/**
 * A way in which streams come to differ, and where the entries stand by which they are found. A stream is found once in
 * each part, by its first such entry, and belongs to the first part that finds it.
 */
interface Part {
  types?: string[];
  from: number;
  to: number;
  isWanted(entry: TimeEntry): boolean;
  /** Whether an event is such an entry: that of the lowest version is the stream's place. */
  finds(event: DomainEvent): boolean;
}

const partsOf = ({ from, to, knownAt, kinds }: Asked): Part[] => {
  const within = (moment: number) => moment > from && moment <= to;
  const corrections = kinds.map((kind) => eventTypeOf(kind, 'correct'));
  const ending = kinds
    .filter((kind) => lapsingTypesOf(kind).length > 0)
    .flatMap((kind) => [...lapsingTypesOf(kind), eventTypeOf(kind, 'correct')]);
  return [
    // Something was stored in between.
    {
      ...(kinds.length < aggregateNames.length && { types: kinds.flatMap(typesOf) }),
      from: from + 1,
      to: Math.min(to, knownAt),
      isWanted: ({ version, previousTimestamp = -Infinity }) => version === 1 || previousTimestamp <= from,
      finds: ({ timestamp }) => within(timestamp),
    },
    // Something was stored later, by a correction, and took effect in between.
    {
      types: corrections,
      from: to + 1,
      to: knownAt,
      isWanted: ({ effectiveAt = Infinity }) => within(effectiveAt),
      finds: (event) => corrections.includes(event.type) && event.timestamp > to && within(effectiveAtOf(event)),
    },
    // Nothing happened, but a condition ended by itself.
    {
      types: ending,
      from: 0,
      to: ending.length > 0 ? knownAt : -1,
      isWanted: ({ timestamp }) => !within(timestamp),
      finds: ({ type }) => ending.includes(type),
    },
  ];
};

/** The own events of an aggregate that say until when something holds. */
const lapsingTypesOf = (kind: AggregateName): string[] =>
  aggregates[kind].lapse === undefined
    ? []
    : Object.entries(aggregates[kind].events)
        .filter(
          ([, { action, payload }]) =>
            action === 'own' && Object.values(payload).some((each) => each.kind === 'moment'),
        )
        .map(([type]) => type);

/** Where a page begins: behind an entry of a part, and so many changes into the stream of the next. */
interface Begin extends Place {
  part: number;
  skip: number;
  knownAt: number;
}

const isBegin = (value: unknown): value is Begin =>
  isShaped(value, { part: 'integer', skip: 'integer', knownAt: 'number' }) && isPlace(value);

/** Streams looked at for one page, at the most; then it ends as it is. */
const mostLoads = 200;
const loadsAtOnce = 25;

interface ChangePage {
  items: (Change & { aggregate: string; aggregateId: string })[];
  nextToken: string | null;
}

/** One page of what differs between two moments, aggregate by aggregate. @throws InvalidArgument */
export const changesBetween = async (given: Given, ports: ChangePorts): Promise<ChangePage> => {
  const [from, to] = [givenMoment('from', given), givenMoment('to', given)];
  if (to < from) throw new InvalidArgument('to', 'must not be before from');
  const kind = isGiven(given['aggregate']) ? givenAggregate(given['aggregate']) : undefined;
  const kinds = kind ? [kind] : aggregateNames;
  const aggregateId = isGiven(given['aggregateId']) ? String(given['aggregateId']) : undefined;
  if (aggregateId !== undefined && !kind) throw new InvalidArgument('aggregate', 'is required with aggregateId');
  const limit = limitOf(given);
  const name = `changesBetween ${JSON.stringify([from, to, given['aggregate'] ?? null, aggregateId ?? null])}`;
  const token = tokenOf(given);
  const begin = token === undefined ? undefined : decode(token, name, isBegin);
  const asked: Asked = { from, to, kinds, knownAt: begin?.knownAt ?? ports.now() };
  const { items, next } = await (kind && aggregateId !== undefined
    ? oneOf(kind, aggregateId, asked, limit, begin, ports)
    : allOf(asked, limit, begin, ports));
  return { items, nextToken: next ? encode(name, { ...next, knownAt: asked.knownAt }) : null };
};

type Found = Promise<{ items: ChangePage['items']; next?: Omit<Begin, 'knownAt'> }>;

const nowhere: Place = { timestamp: 0, first: '', version: 0 };

const oneOf = async (
  kind: AggregateName,
  id: string,
  asked: Asked,
  limit: number,
  begin: Begin | undefined,
  { eventStore }: ChangePorts,
): Found => {
  const skip = begin?.skip ?? 0;
  const events = knownOf(await eventStore.load(kind, id), asked);
  const changes = changesOf(kind, id, events, asked);
  const end = skip + limit;
  return { items: changes.slice(skip, end), ...(changes.length > end && { next: { ...nowhere, part: 0, skip: end } }) };
};

const allOf = async (
  asked: Asked,
  limit: number,
  begin: Begin | undefined,
  { eventStore, eventIndex, warn }: ChangePorts,
): Found => {
  const parts = partsOf(asked);
  const items: ChangePage['items'] = [];
  let place = begin ?? { part: 0, skip: 0, ...nowhere };
  let loads = 0;
  while (place.part < parts.length) {
    const part = parts[place.part]!;
    const reading = {
      after: { ...place, timestamp: Math.max(place.timestamp, part.from) },
      to: part.to,
      wanted: loadsAtOnce + 1,
      isWanted: part.isWanted,
    };
    const { found, complete } = await foundIn(eventIndex, stretchesOf(part, reading), reading);
    const entries = found.slice(0, loadsAtOnce);
    loads += entries.length;
    const { part: number } = place;
    const ofEntries = await mapBounded(entries, concurrentLoads, (entry) =>
      leavingOutDamaged(warn, async () => {
        // What somebody else wrote there is of no stream.
        if (!isStreamName(entry)) return [];
        const { aggregate, aggregateId } = entry;
        const events = knownOf(await eventStore.load(aggregate, aggregateId), asked);
        return isPlaceOf(entry, events, parts, number) ? changesOf(aggregate, aggregateId, events, asked) : [];
      }),
    );
    for (const [index, { timestamp, first, version }] of entries.entries()) {
      const changes = (ofEntries[index] ?? []).slice(place.skip);
      const room = limit - items.length;
      items.push(...changes.slice(0, room));
      if (changes.length > room) return { items, next: { ...place, skip: place.skip + room } };
      place = { part: number, skip: 0, timestamp, first, version };
    }
    if (found.length <= loadsAtOnce)
      place =
        complete === Infinity
          ? { part: number + 1, skip: 0, ...nowhere }
          : { part: number, skip: 0, timestamp: complete + 1, first: '', version: 0 };
    const enough = items.length === limit || loads >= mostLoads || complete < Infinity;
    if (enough && place.part < parts.length) return { items, next: place };
  }
  return { items };
};

/** Whether a stream stands where this entry stands: each has one place. */
const isPlaceOf = ({ version }: TimeEntry, events: DomainEvent[], parts: Part[], number: number): boolean =>
  parts.slice(0, number).every(({ finds }) => !events.some(finds)) &&
  events.find(parts[number]!.finds)?.version === version;

const knownOf = (events: DomainEvent[], { knownAt }: Asked): DomainEvent[] =>
  events.filter(({ timestamp }) => timestamp <= knownAt);

/** @throws DamagedStream */
const changesOf = (
  kind: AggregateName,
  id: string,
  events: DomainEvent[],
  { from, to }: Asked,
): ChangePage['items'] => {
  try {
    return changesIn(kind, events, from, to).map((change) => ({
      aggregate: apiNameOf(kind),
      aggregateId: id,
      ...change,
    }));
  } catch (error) {
    if (error instanceof ImpossibleEvent) throw new DamagedStream(kind, id, error);
    throw error;
  }
};
