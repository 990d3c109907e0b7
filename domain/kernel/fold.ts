import type { AggregateName, Attributes, DomainEvent, State } from './aggregate.ts';
import { initialState } from './aggregate.ts';
import { actionOf, aggregates } from '../operations.ts';

/** Payload of a `…Corrected` event. */
export interface Correction {
  /** The version whose payload was wrong; may be that of another correction. */
  version: number;
  /** All that the event should have said. */
  payload: Record<string, unknown>;
}

const correctionOf = (event: DomainEvent): Correction => event.payload as unknown as Correction;

/** The next state. @throws Error when the event cannot follow the state: the stream is damaged */
export const evolve = (state: State, event: DomainEvent): State => {
  if (event.version !== state.version + 1) throw new Error(`${place(event)} does not follow version ${state.version}`);
  const action = actionOf(event);
  switch (action) {
    case 'create':
      if (state.status !== 'absent') throw new Error(`${place(event)} creates what is already ${state.status}`);
      return {
        status: 'live',
        version: event.version,
        attributes: complete(event),
        createdAt: event.timestamp,
        updatedAt: event.timestamp,
      };
    case 'update':
      if (state.status !== 'live') throw new Error(`${place(event)} updates what is ${state.status}`);
      return {
        ...state,
        version: event.version,
        attributes: { ...state.attributes, ...(event.payload as Attributes) },
        updatedAt: event.timestamp,
      };
    case 'delete':
      if (state.status !== 'live') throw new Error(`${place(event)} deletes what is ${state.status}`);
      return { status: 'deleted', version: event.version, deletedAt: event.timestamp };
    case 'correct':
      if (state.status === 'absent') throw new Error(`${place(event)} corrects what is absent`);
      return state.status === 'live'
        ? { ...state, version: event.version, updatedAt: event.timestamp }
        : { ...state, version: event.version };
    default:
      return action satisfies never;
  }
};

/** All attributes, null where the event says nothing (a self-service sign-up leaves role and group empty). */
const complete = (event: DomainEvent): Attributes =>
  Object.fromEntries(
    Object.keys(aggregates[event.aggregate].attributes).map((name) => [
      name,
      (event.payload[name] ?? null) as Attributes[string],
    ]),
  );

const place = (event: DomainEvent): string =>
  `${event.type} at version ${event.version} of ${event.aggregate}#${event.aggregateId}`;

/** The version of the event that a chain of corrections ends at. */
const rootOf = (version: number, events: Map<number, DomainEvent>): number => {
  const event = events.get(version);
  return event && actionOf(event) === 'correct' ? rootOf(correctionOf(event).version, events) : version;
};

/**
 * The events with the payloads that corrections say they should have had; of several corrections of one event
 * the latest wins, and a correction of a correction corrects what that one corrected.
 */
export const corrected = (events: DomainEvent[], corrections: DomainEvent[] = events): DomainEvent[] => {
  const applicable = corrections.filter((event) => actionOf(event) === 'correct');
  if (applicable.length === 0) return events;
  const byVersion = new Map([...events, ...corrections].map((event) => [event.version, event]));
  const payloads = new Map(applicable.map((event) => [rootOf(event.version, byVersion), correctionOf(event).payload]));
  return events.map((event) => ({ ...event, payload: payloads.get(event.version) ?? event.payload }));
};

/** Folds a whole stream, corrections applied. `events`: in order of version, from 1. */
export const fold = (events: DomainEvent[]): State => corrected(events).reduce(evolve, initialState);

/**
 * The state as of a moment: events stored later do not count, corrections made up to `knownAt` do.
 * @param timestamp milliseconds since the epoch, inclusive
 * @param knownAt milliseconds since the epoch, inclusive; all corrections count if left out
 */
export const foldAt = (events: DomainEvent[], timestamp: number, knownAt = Infinity): State =>
  corrected(
    events.filter((event) => event.timestamp <= timestamp),
    events.filter((event) => event.timestamp <= knownAt),
  ).reduce(evolve, initialState);

/** Whether an event can be applied to the state alone, without the rest of its stream. */
export const isIncremental = (event: DomainEvent): boolean => actionOf(event) !== 'correct';

export const streamIdOf = (aggregate: AggregateName, aggregateId: string): string => `${aggregate}#${aggregateId}`;
