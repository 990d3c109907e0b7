import type { AggregateName, DomainEvent } from '../../domain/aggregate.ts';
import { monthsBetween, shardsOf } from '../../domain/timeShard.ts';
import type { EventIndex, TimeEntry } from '../ports/eventIndex.ts';
import type { EventReader } from '../ports/eventStore.ts';

/** A caller's mistake, told in the API's form. */
export class InvalidArgument extends Error {
  constructor(readonly field: string, readonly rule: string) {
    super(`${field}: ${rule}`);
  }
}

export interface Page {
  items: DomainEvent[];
  nextToken: string | null;
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
  typeof value === 'object' && value !== null && typeof (value as StreamPosition).stream === 'string' && Number.isInteger((value as StreamPosition).version);

/** One page of one stream, in order of version. @throws InvalidArgument for a token of another list */
export const eventsOfStream = async (eventStore: EventReader, aggregate: AggregateName, aggregateId: string, limit: number, nextToken?: string): Promise<Page> => {
  const stream = `${aggregate}#${aggregateId}`;
  const after = nextToken === undefined ? { stream, version: 0 } : decode(nextToken, isStreamPosition);
  if (after.stream !== stream) throw new InvalidArgument('nextToken', 'must be the nextToken of the page before');
  const events = await eventStore.loadAfter(aggregate, aggregateId, after.version);
  const items = events.slice(0, limit);
  return { items, nextToken: events.length > limit ? encode({ stream, version: items.at(-1)?.version }) : null };
};

interface TimePosition {
  since: number;
  timestamp: number;
  eventId: string;
}

const isTimePosition = (value: unknown): value is TimePosition => {
  const position = value as TimePosition | null;
  return typeof position === 'object' && position !== null && Number.isFinite(position.since) && Number.isFinite(position.timestamp) && typeof position.eventId === 'string';
};

/** The order across streams: timestamp, then event id. */
const byTime = (one: TimeEntry, other: TimeEntry): number => one.timestamp - other.timestamp || (one.eventId < other.eventId ? -1 : one.eventId > other.eventId ? 1 : 0);

/** One page of all events stored at or after a moment (milliseconds), in order of time. @throws InvalidArgument for a token of another list */
export const eventsSince = async (eventIndex: EventIndex, since: number, now: number, limit: number, nextToken?: string): Promise<Page> => {
  const after = nextToken === undefined ? { since, timestamp: since, eventId: '' } : decode(nextToken, isTimePosition);
  if (after.since !== since) throw new InvalidArgument('nextToken', 'must be the nextToken of the page before');
  const found: TimeEntry[] = [];
  for (const month of monthsBetween(after.timestamp, now)) {
    const ofMonth = await Promise.all(shardsOf(month).map((partition) => firstOf(eventIndex, partition, after, now, limit + 1)));
    found.push(...ofMonth.flat().sort(byTime));
    if (found.length > limit) break;
  }
  const entries = found.slice(0, limit);
  const last = entries.at(-1);
  return { items: await eventIndex.events(entries), nextToken: found.length > limit && last ? encode({ since, timestamp: last.timestamp, eventId: last.eventId }) : null };
};

/** At least the first `wanted` entries of a partition behind a position; the index knows no order among events of one millisecond, so ties are read to their end. */
const firstOf = async (eventIndex: EventIndex, partition: string, after: TimePosition, now: number, wanted: number): Promise<TimeEntry[]> => {
  const found: TimeEntry[] = [];
  let page: string | undefined;
  do {
    const { entries, next } = await eventIndex.page(partition, { from: after.timestamp, to: now, limit: wanted, after: page });
    found.push(...entries.filter(({ timestamp, eventId }) => timestamp > after.timestamp || eventId > after.eventId));
    page = next;
  } while (page !== undefined && !(found.length > wanted && found.at(-1)!.timestamp > found[wanted - 1]!.timestamp));
  return found;
};
