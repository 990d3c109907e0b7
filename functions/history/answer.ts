import * as z from 'zod/mini';
import type { AggregateName } from '../../domain/kernel/aggregate.ts';
import type { DomainEvent } from '../../domain/kernel/event.ts';
import type { State } from '../../domain/kernel/state.ts';
import { streamIdOf } from '../../domain/kernel/event.ts';
import { foldAt, ImpossibleEvent } from '../../domain/kernel/fold.ts';
import { momentOf, momentRule } from '../../domain/kernel/moment.ts';
import { aggregateNames, aggregates } from '../../domain/operations.ts';
import { nestedFieldOf, shownAt } from '../../domain/kernel/view.ts';
import { effectiveAuthorizations } from '../../domain/user.ts';
import type { Attributes } from '../../domain/kernel/attributes.ts';
import { apiNameOf } from '../api.ts';
import { mapBounded } from '../runtime/concurrency.ts';
import type { EventIndex } from '../ports/eventIndex/port.ts';
import { UnreadableEvent } from '../ports/eventStore/item.ts';
import type { EventReader } from '../ports/eventStore/port.ts';
import { eventsOfStream, eventsSince, InvalidArgument } from './page.ts';
import { personalData, type PersonalPorts } from './personal.ts';
import { Failure } from '../runtime/failure.ts';

export interface HistoryPorts extends PersonalPorts {
  eventStore: EventReader;
  eventIndex: EventIndex;
  /** Milliseconds since the epoch. */
  now(): number;
  /** Told of what an answer leaves out. */
  warn(message: string, error: Error): void;
}

/** What the API's resolver asks: a field of Query and its arguments. */
const question = z.object({ field: z.string(), arguments: z.record(z.string(), z.unknown()) });

/** What it gets: a result, the argument that is wrong, or why no answer can be read from the events. */
export type Answer = { result: unknown } | { invalid: { field: string; rule: string } } | { damaged: string };

const concurrentLoads = 10;

/** Answers one of the time-travel and audit queries. @throws when the question is not one of them */
export const answer = async (asked: unknown, ports: HistoryPorts): Promise<Answer> => {
  try {
    return { result: await resultOf(question.parse(asked), ports) };
  } catch (error) {
    if (error instanceof UnreadableEvent || error instanceof DamagedStream || error instanceof ImpossibleEvent)
      return { damaged: error.message };
    if (error instanceof InvalidArgument) return { invalid: { field: error.field, rule: error.rule } };
    throw error;
  }
};

const resultOf = async (
  { field, arguments: given }: z.infer<typeof question>,
  ports: HistoryPorts,
): Promise<unknown> => {
  const { eventStore, eventIndex, now, warn } = ports;
  if (field === 'events') {
    const page = await eventsOfStream(
      eventStore,
      aggregateOf(given['aggregate']),
      String(given['aggregateId']),
      limitOf(given),
      tokenOf(given),
    );
    return { items: page.items.map(apiEventOf), nextToken: page.nextToken };
  }
  if (field === 'eventsSince') {
    const page = await eventsSince(eventIndex, givenMoment('timestamp', given), now(), limitOf(given), tokenOf(given));
    for (const error of page.unreadable ?? []) warn('The audit left out what is no event', error);
    return { items: page.items.map(apiEventOf), nextToken: page.nextToken };
  }
  if (field === 'personalData') return personalData(String(given['id']), undefined, ports);
  // The resolver says who asks.
  if (field === 'myData') return personalData(String(given['id']), String(given['actor']), ports);
  const aggregate = aggregateNames.find((name) => field === `${name}At`);
  if (!aggregate) throw new Failure(`The history function does not answer ${field}`);
  const knownAt =
    given['knownAt'] === null || given['knownAt'] === undefined ? Infinity : givenMoment('knownAt', given);
  return shown(aggregate, String(given['id']), givenMoment('timestamp', given), knownAt, ports);
};

const aggregateOf = (value: unknown): AggregateName => {
  const aggregate = aggregateNames.find((name) => apiNameOf(name) === value);
  if (!aggregate) throw new InvalidArgument('aggregate', `must be one of ${aggregateNames.map(apiNameOf).join(', ')}`);
  return aggregate;
};

const givenMoment = (field: string, given: Record<string, unknown>): number => {
  const moment = momentOf(String(given[field]));
  if (moment === undefined) throw new InvalidArgument(field, momentRule.rule);
  return moment;
};

const limitOf = ({ limit }: Record<string, unknown>): number => {
  if (limit === null || limit === undefined) return 25;
  if (typeof limit !== 'number' || !Number.isInteger(limit) || limit < 1 || limit > 100)
    throw new InvalidArgument('limit', 'must be a whole number from 1 to 100');
  return limit;
};

const tokenOf = ({ nextToken }: Record<string, unknown>): string | undefined =>
  nextToken === null || nextToken === undefined ? undefined : String(nextToken);

const iso = (milliseconds: number): string => new Date(milliseconds).toISOString();

const apiEventOf = ({
  aggregate,
  timestamp,
  effectiveAt = timestamp,
  previousTimestamp: _previous,
  schemaVersion: _schema,
  erased = false,
  ...event
}: DomainEvent) => ({
  ...event,
  erased,
  aggregate: apiNameOf(aggregate),
  timestamp: iso(timestamp),
  effectiveAt: iso(effectiveAt),
});

/** A stream whose events do not follow each other. */
class DamagedStream extends Failure {}

/** @throws DamagedStream */
const stateOf = (
  aggregate: AggregateName,
  id: string,
  events: DomainEvent[],
  timestamp: number,
  knownAt: number,
): State => {
  try {
    return foldAt(events, timestamp, knownAt);
  } catch (error) {
    throw new DamagedStream(
      `Stream ${streamIdOf(aggregate, id)} is damaged: ${error instanceof Error ? error.message : String(error)}`,
      { cause: error },
    );
  }
};

type Shown = Record<string, unknown> | null;

/** An aggregate as it was, and with it what it referred to, as that was at the same moment. */
const shown = async (
  aggregate: AggregateName,
  id: string,
  timestamp: number,
  knownAt: number,
  ports: HistoryPorts,
): Promise<Shown> => {
  const state = stateOf(aggregate, id, await ports.eventStore.load(aggregate, id), timestamp, knownAt);
  if (state.status !== 'live') return null;
  const fields = shownAt(aggregate, state.attributes, timestamp);
  const nested = await nestedOf(aggregate, fields, (to, reference) => shown(to, reference, timestamp, knownAt, ports));
  return {
    id,
    ...fields,
    ...nested,
    version: state.version,
    createdAt: iso(state.createdAt),
    updatedAt: iso(state.updatedAt),
  };
};

/** `roleId` shows as `role` too, `authorizationIds` as `authorizations`; a user's authorizations are those of the role. */
const nestedOf = async (
  aggregate: AggregateName,
  fields: Attributes,
  show: (to: AggregateName, id: string) => Promise<Shown>,
): Promise<Record<string, unknown>> => {
  const nested: Record<string, unknown> = {};
  for (const [name, { to }] of Object.entries(aggregates[aggregate].columns)) {
    if (!to) continue;
    const value = fields[name];
    if (Array.isArray(value))
      nested[nestedFieldOf(name)] = (await mapBounded(value, concurrentLoads, (id) => show(to, id))).filter(
        (each) => each !== null,
      );
    else nested[nestedFieldOf(name)] = typeof value === 'string' ? await show(to, value) : null;
  }
  if (aggregate === 'user')
    nested['authorizations'] = effectiveAuthorizations(
      fields['status'],
      (nested['role'] as { authorizations?: unknown[] } | null)?.authorizations,
    );
  return nested;
};
