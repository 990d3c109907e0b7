import type { AggregateName } from '../../domain/kernel/aggregate.ts';
import type { DomainEvent } from '../../domain/kernel/event.ts';
import { streamIdOf } from '../../domain/kernel/event.ts';
import { monthsBetween, shardsOf } from '../../domain/kernel/timeShard.ts';
import { groupBy } from '../runtime/concurrency.ts';
import type { EventIndex, TimeEntry } from '../ports/eventIndex/port.ts';
import { UnreadableEvent } from '../ports/eventStore/item.ts';
import type { EventReader } from '../ports/eventStore/port.ts';

/** A caller's mistake, told in the API's form. */
export class InvalidArgument extends Error {
  constructor(
    readonly field: string,
    readonly rule: string,
  ) {
    super(`${field}: ${rule}`);
  }
}

export interface Page {
  items: DomainEvent[];
  nextToken: string | null;
  /** What stood on the page and is no event. */
  unreadable?: UnreadableEvent[];
}

const encode = (position: unknown): string => Buffer.from(JSON.stringify(position)).toString('base64url');

const decode = <Position>(token: string, isPosition: (value: unknown) => value is Position): Position => {
  try {
    const position: unknown = JSON.parse(Buffer.from(token, 'base64url').toString());
    if (isPosition(position)) return position;
  } catch {
    // Not one of ours, as any other text that cannot be read.
  }
  throw new InvalidArgument('nextToken', 'must be the nextToken of the page before');
};

interface StreamPosition {
  stream: string;
  version: number;
}

const isStreamPosition = (value: unknown): value is StreamPosition =>
  typeof value === 'object' &&
  value !== null &&
  typeof (value as StreamPosition).stream === 'string' &&
  Number.isSafeInteger((value as StreamPosition).version);

/** One page of one stream, in order of version. @throws InvalidArgument for a token of another list */
export const eventsOfStream = async (
  eventStore: EventReader,
  aggregate: AggregateName,
  aggregateId: string,
  limit: number,
  nextToken?: string,
): Promise<Page> => {
  const stream = `${aggregate}#${aggregateId}`;
  const after = nextToken === undefined ? { stream, version: 0 } : decode(nextToken, isStreamPosition);
  if (after.stream !== stream) throw new InvalidArgument('nextToken', 'must be the nextToken of the page before');
  const events = await eventStore.loadAfter(aggregate, aggregateId, after.version, limit + 1);
  const items = events.slice(0, limit);
  return { items, nextToken: events.length > limit ? encode({ stream, version: items.at(-1)?.version }) : null };
};

interface TimePosition {
  since: number;
  timestamp: number;
  first: string;
  version: number;
}

const isTimePosition = (value: unknown): value is TimePosition => {
  const position = value as TimePosition | null;
  return (
    typeof position === 'object' &&
    position !== null &&
    Number.isFinite(position.since) &&
    Number.isFinite(position.timestamp) &&
    typeof position.first === 'string' &&
    Number.isSafeInteger(position.version)
  );
};

/** An entry with its place among all: `first` is the least id of its stream's events of the same millisecond, so that these stay together. */
type Placed = TimeEntry & { first: string };

/** The order across streams: timestamp, then event id; in a stream: the version. */
const byTime = (one: Omit<TimePosition, 'since'>, other: Omit<TimePosition, 'since'>): number =>
  one.timestamp - other.timestamp ||
  (one.first < other.first ? -1 : one.first > other.first ? 1 : one.version - other.version);

/** @param entries all that there are of each millisecond */
const placed = (entries: TimeEntry[]): Placed[] => {
  const tieOf = ({ aggregate, aggregateId, timestamp }: TimeEntry) =>
    `${timestamp} ${streamIdOf(aggregate, aggregateId)}`;
  const ties = groupBy(entries, tieOf);
  return entries.map((entry) => ({
    ...entry,
    first: ties
      .get(tieOf(entry))!
      .map(({ eventId }) => eventId)
      .reduce((least, id) => (id < least ? id : least)),
  }));
};

/** Months looked into side by side, at the most, where nothing is found. */
const lookahead = 16;

/** One page of all events stored at or after a moment (milliseconds), in order of time. @throws InvalidArgument for a token of another list */
export const eventsSince = async (
  eventIndex: EventIndex,
  since: number,
  now: number,
  limit: number,
  nextToken?: string,
): Promise<Page> => {
  const after =
    nextToken === undefined ? { since, timestamp: since, first: '', version: 0 } : decode(nextToken, isTimePosition);
  if (after.since !== since) throw new InvalidArgument('nextToken', 'must be the nextToken of the page before');
  const months = monthsBetween(after.timestamp, now);
  const found: Placed[] = [];
  for (
    let done = 0, together = 1;
    done < months.length && found.length <= limit;
    done += together, together = found.length > 0 ? 1 : Math.min(2 * together, lookahead)
  ) {
    const ofMonths = await Promise.all(
      months
        .slice(done, done + together)
        .flatMap(shardsOf)
        .map((partition) => firstOf(eventIndex, partition, after, now, limit + 1)),
    );
    found.push(...ofMonths.flat().sort(byTime));
  }
  const entries = found.slice(0, limit);
  const last = entries.at(-1);
  const read = await eventIndex.events(entries);
  return {
    items: read.flatMap((event) => (event instanceof UnreadableEvent ? [] : [event])),
    unreadable: read.filter((event) => event instanceof UnreadableEvent),
    nextToken:
      found.length > limit && last
        ? encode({ since, timestamp: last.timestamp, first: last.first, version: last.version })
        : null,
  };
};

/** At least the first `wanted` entries of a partition behind a position; the index knows no order among events of one millisecond, so ties are read to their end. */
const firstOf = async (
  eventIndex: EventIndex,
  partition: string,
  after: TimePosition,
  now: number,
  wanted: number,
): Promise<Placed[]> => {
  const all: TimeEntry[] = [];
  let found: Placed[];
  let page: string | undefined;
  do {
    const { entries, next } = await eventIndex.page(partition, {
      from: after.timestamp,
      to: now,
      limit: wanted,
      after: page,
    });
    all.push(...entries);
    found = placed(all).filter((entry) => byTime(entry, after) > 0);
    page = next;
  } while (page !== undefined && !(found.length > wanted && found.at(-1)!.timestamp > found[wanted - 1]!.timestamp));
  return found;
};
