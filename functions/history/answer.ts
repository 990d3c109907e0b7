import * as z from 'zod/mini';
import type { DomainEvent } from '../../domain/kernel/stream/event.ts';
import { ImpossibleEvent } from '../../domain/kernel/stream/fold.ts';
import { momentText } from '../../domain/kernel/values/moment.ts';
import { aggregateNames, aggregates } from '../../domain/operations.ts';
import { apiNameOf } from '../api.ts';
import type { EventIndex } from '../ports/eventIndex/port.ts';
import { UnreadableEvent } from '../ports/eventStore/item.ts';
import type { EventReader, SealReader } from '../ports/eventStore/port.ts';
import { Failure } from '../runtime/failure.ts';
import type { PastPorts } from '../streams/past.ts';
import {
  type Given,
  givenAggregate,
  givenMoment,
  givenVersion,
  InvalidArgument,
  limitOf,
  optionalMoment,
  tokenOf,
} from './arguments.ts';
import { eventsSince } from './audit.ts';
import { decisionsAt } from './can.ts';
import { changesBetween } from './changes.ts';
import { listAt } from './lists.ts';
import { type Named, namesFor } from './names.ts';
import { eventsOfStream, type Page } from './page.ts';
import { personalData, type PersonalPorts } from './personal.ts';
import { DamagedStream, showAt, type Warn } from './shown.ts';
import type { Views } from '../ports/views/port.ts';
import { whatIf } from './whatIf/whatIf.ts';
import type { WorldPorts } from './whatIf/world.ts';

export interface HistoryPorts extends PersonalPorts, WorldPorts, PastPorts {
  eventStore: EventReader & SealReader;
  eventIndex: EventIndex;
  views: Pick<Views, 'getMany'>;
  /** Milliseconds since the epoch. */
  now(): number;
  warn: Warn;
}

/** What the API's resolver asks: a field of Query and its arguments. */
const question = z.object({ field: z.string(), arguments: z.record(z.string(), z.unknown()) });

/** What it gets: a result, the argument that is wrong, or why no answer can be read from the events. */
export type Answer = { result: unknown } | { invalid: { field: string; rule: string } } | { damaged: string };

/** Answers one of the time-travel and audit queries. @throws when the question is not one of them */
export const answer = async (asked: unknown, ports: HistoryPorts): Promise<Answer> => {
  try {
    const { field, arguments: given } = question.parse(asked);
    const resultOf = Object.hasOwn(queries, field) ? queries[field] : undefined;
    if (!resultOf) throw new Failure(`The history function does not answer ${field}`);
    return { result: await resultOf(given, ports) };
  } catch (error) {
    if (error instanceof UnreadableEvent || error instanceof DamagedStream || error instanceof ImpossibleEvent)
      return { damaged: error.message };
    if (error instanceof InvalidArgument) return { invalid: { field: error.field, rule: error.rule } };
    throw error;
  }
};

type Query = (given: Given, ports: HistoryPorts) => Promise<unknown>;

/** By field. */
const queries: Record<string, Query> = {
  events: async (given, ports) => {
    const aggregate = givenAggregate(given['aggregate']);
    const id = String(given['aggregateId']);
    return shownPage(
      await eventsOfStream(ports.eventStore, aggregate, id, {
        limit: limitOf(given),
        nextToken: tokenOf(given),
        fromVersion: givenVersion(given),
        backwards: given['direction'] === 'DESC',
      }),
      given,
      ports,
    );
  },
  eventsSince: async (given, ports) => shownPage(await eventsSince(ports.eventIndex, given, ports.now()), given, ports),
  personalData: (given, ports) => personalData(String(given['id']), undefined, ports),
  // The resolver says who asks.
  myData: (given, ports) => personalData(String(given['id']), String(given['actor']), ports),
  can: (given, ports) => decisionsAt(given, givenMoment('at', given), ports),
  changesBetween,
  whatIf,
  ...Object.fromEntries(
    aggregateNames.map((aggregate): [string, Query] => [
      `${aggregate}At`,
      (given, ports) => {
        const moment = {
          timestamp: givenMoment('timestamp', given),
          knownAt: optionalMoment('knownAt', given) ?? Infinity,
        };
        const show = showAt(ports, moment, { nested: given['nested'] !== false, warn: ports.warn });
        return show(aggregate, String(given['id']));
      },
    ]),
  ),
  ...Object.fromEntries(
    aggregateNames.map((aggregate): [string, Query] => [
      `${aggregates[aggregate].plural}At`,
      (given, ports) => listAt(aggregate, given, ports),
    ]),
  ),
};

/** Names are looked up where somebody wants to see them. */
const shownPage = async (
  { items, nextToken, unreadable = [] }: Page,
  { named }: Given,
  { views, now, warn }: HistoryPorts,
) => {
  for (const error of unreadable) warn('The audit left out what is no event', error);
  const names = named === false ? items.map(() => unnamed) : await namesFor(items, views, now());
  return { items: items.map((event, index) => ({ ...apiEventOf(event), ...names[index] })), nextToken };
};

const unnamed: Named = { name: null, refersTo: [] };

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
  timestamp: momentText(timestamp),
  effectiveAt: momentText(effectiveAt),
});
