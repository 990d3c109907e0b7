import type { AggregateName } from '../../domain/kernel/aggregate.ts';
import { subjectRule } from '../../domain/kernel/values/ids.ts';
import { monthsBetween, shardsOf } from '../../domain/kernel/view/timeShard.ts';
import { aggregateNames, aggregates } from '../../domain/operations.ts';
import { apiNameOf } from '../api.ts';
import type { EventIndex, Partition, TimeEntry } from '../ports/eventIndex/port.ts';
import { nameOf } from '../ports/ledger/port.ts';
import { UnreadableEvent } from '../ports/eventStore/item.ts';
import { groupBy } from '../runtime/concurrency.ts';
import {
  type Given,
  givenAggregate,
  givenMoment,
  InvalidArgument,
  isGiven,
  limitOf,
  optionalMoment,
  tokenOf,
} from './arguments.ts';
import type { Page } from './page.ts';
import { decode, encode, isShaped } from './token.ts';

/** What an audit is narrowed to; all conditions hold. */
export interface Filter {
  /** Milliseconds since the epoch, both included. */
  since: number;
  until?: number;
  actor?: string;
  types?: string[];
}

const longestActor = 'admin:'.length + subjectRule.maxLength;

/** @throws InvalidArgument */
export const filterOf = (given: Given): Filter => {
  const since = givenMoment('timestamp', given);
  const until = optionalMoment('until', given);
  if (until !== undefined && until < since) throw new InvalidArgument('until', 'must not be before timestamp');
  const { actor } = given;
  if (isGiven(actor) && (typeof actor !== 'string' || actor.length < 1 || actor.length > longestActor))
    throw new InvalidArgument(
      'actor',
      `must be 1 to ${longestActor} characters, as events say who sent their commands`,
    );
  const aggregate = isGiven(given['aggregate']) ? givenAggregate(given['aggregate']) : undefined;
  const types = isGiven(given['types']) ? givenTypes(given['types'], aggregate) : aggregate && typesOf(aggregate);
  return { since, until, ...(isGiven(actor) && { actor: String(actor) }), ...(types && { types }) };
};

export const typesOf = (aggregate: AggregateName): string[] => Object.keys(aggregates[aggregate].events);

const givenTypes = (types: unknown, aggregate?: AggregateName): string[] => {
  const known = (aggregate ? [aggregate] : aggregateNames).flatMap(typesOf);
  if (!Array.isArray(types) || types.length === 0)
    throw new InvalidArgument('types', 'must name one type of events or more');
  const unknown = types.find((type) => !known.includes(String(type)));
  if (unknown !== undefined) {
    const whose = aggregate ? `an event of ${apiNameOf(aggregate)}` : 'a type of events';
    throw new InvalidArgument('types', `${String(unknown).slice(0, 100)} is not ${whose}`);
  }
  return known.filter((type) => types.includes(type));
};

/**
 * An entry with its place among all: `first` is the least id of its stream's events of the same millisecond, so that
 * these stay together.
 */
type Placed = TimeEntry & { first: string };
export type Place = Pick<Placed, 'timestamp' | 'first' | 'version'>;

export const isPlace = (value: unknown): value is Place =>
  isShaped(value, { timestamp: 'number', first: 'string', version: 'integer' });

/** The order across streams: timestamp, then event id; in a stream: the version. */
const byTime = (one: Place, other: Place): number =>
  one.timestamp - other.timestamp ||
  (one.first < other.first ? -1 : one.first > other.first ? 1 : one.version - other.version);

/** @param entries all that there are of each millisecond */
const placed = (entries: TimeEntry[]): Placed[] => {
  const tieOf = (entry: TimeEntry) => `${entry.timestamp} ${nameOf(entry)}`;
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
/**
 * Entries of one actor looked through for one page, if some are of other types than are wanted; and how many at once.
 */
const mostLooks = 3_000;
const looksAtOnce = 300;

/** One page of all events that pass a filter, in order of time. @throws InvalidArgument */
export const eventsSince = async (eventIndex: EventIndex, given: Given, now: number): Promise<Page> => {
  const filter = filterOf(given);
  const { since, until = Infinity, types } = filter;
  const limit = limitOf(given);
  const token = tokenOf(given);
  const asked = `eventsSince ${JSON.stringify(filter)}`;
  const after = token === undefined ? { timestamp: since, first: '', version: 0 } : decode(token, asked, isPlace);
  const reading: Reading = {
    after,
    to: Math.min(until, now),
    wanted: limit + 1,
    ...(filter.actor !== undefined && types && { isWanted: ({ type = '' }) => types.includes(type) }),
  };
  const { found, complete } = await foundIn(eventIndex, stretchesOf(filter, reading), reading);

  const entries = found.slice(0, limit);
  const read = await eventIndex.events(entries);
  const last = entries.at(-1);
  const next =
    found.length > limit && last
      ? { timestamp: last.timestamp, first: last.first, version: last.version }
      : Number.isFinite(complete) && { timestamp: complete + 1, first: '', version: 0 };
  return {
    items: read.flatMap((event) => (event instanceof UnreadableEvent ? [] : [event])),
    unreadable: read.filter((event) => event instanceof UnreadableEvent),
    nextToken: next ? encode(asked, next) : null,
  };
};

export interface Reading {
  after: Place;
  /** Milliseconds since the epoch, included. */
  to: number;
  wanted: number;
  /** Which entries count, where the partition holds others too. */
  isWanted?: (entry: TimeEntry) => boolean;
}

/** Partitions that together hold what passes a filter, in stretches that follow each other in time. */
export const stretchesOf = (
  { actor, types }: Pick<Filter, 'actor' | 'types'>,
  { after, to }: Pick<Reading, 'after' | 'to'>,
): Partition[][] => {
  if (actor !== undefined) return [[{ actor }]];
  if (types) return [types.map((type) => ({ type }))];
  return monthsBetween(after.timestamp, to).map(shardsOf);
};

interface Found {
  found: Placed[];
  /**
   * The moment up to which everything is among them; without end, but where too much would have had to be looked
   * through.
   */
  complete: number;
}

/** At least the first `wanted` entries behind a place, in their order. */
export const foundIn = async (eventIndex: EventIndex, stretches: Partition[][], reading: Reading): Promise<Found> => {
  const found: Placed[] = [];
  let complete = Infinity;
  for (
    let done = 0, together = 1;
    done < stretches.length && found.length < reading.wanted && complete === Infinity;
    done += together, together = found.length > 0 ? 1 : Math.min(2 * together, lookahead)
  ) {
    const partitions = stretches.slice(done, done + together).flat();
    const parts = await Promise.all(partitions.map((partition) => firstOf(eventIndex, partition, reading)));
    complete = Math.min(...parts.map((part) => part.complete));
    found.push(
      ...parts
        .flatMap((part) => part.found)
        .filter(({ timestamp }) => timestamp <= complete)
        .sort(byTime),
    );
  }
  return { found, complete };
};

/**
 * At least the first `wanted` entries of a partition behind a place; the index knows no order among events of one
 * millisecond, so ties are read to their end.
 */
const firstOf = async (
  eventIndex: EventIndex,
  partition: Partition,
  { after, to, wanted, isWanted }: Reading,
): Promise<Found> => {
  const limit = isWanted ? Math.max(wanted, looksAtOnce) : wanted;
  const all: TimeEntry[] = [];
  let looks = 0;
  let page: string | undefined;
  for (;;) {
    const { entries, next } = await eventIndex.page(partition, { from: after.timestamp, to, limit, after: page });
    all.push(...(isWanted ? entries.filter(isWanted) : entries));
    looks += entries.length;
    page = next;
    const found = placed(all).filter((entry) => byTime(entry, after) > 0);
    const reached = entries.at(-1)?.timestamp ?? after.timestamp;
    const enough = found.length >= wanted && reached > found[wanted - 1]!.timestamp;
    if (page === undefined || enough) return { found, complete: Infinity };
    if (isWanted && looks >= mostLooks && reached > after.timestamp) return { found, complete: reached - 1 };
  }
};
