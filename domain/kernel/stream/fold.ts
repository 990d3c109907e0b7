import type { Attributes, AttributeTable } from '../values/attributes.ts';
import { corrected, isCorrection } from './correction.ts';
import { type DomainEvent, effectiveAtOf, placeOf } from './event.ts';
import { saidIn } from '../command/proof.ts';
import { sinceOf } from './since.ts';
import { initialState, type Live, type State } from './state.ts';
import { aggregates, eventDefinitionOf } from '../../operations.ts';

/**
 * An event that cannot have happened to the state before it: the stream is damaged, or a correction would damage it.
 */
export class ImpossibleEvent extends Error {
  override readonly name: string = 'ImpossibleEvent';

  constructor(
    readonly event: DomainEvent,
    /** Completes "it …". */
    readonly reason: string,
  ) {
    super(`${placeOf(event)} ${reason}`);
  }
}

const nothing: ReadonlySet<number> = new Set();

/**
 * The state after an event that follows all others of its stream.
 * @throws ImpossibleEvent when it cannot
 */
export const evolve = (state: State, event: DomainEvent): State => {
  if (event.version !== state.version + 1) throw new ImpossibleEvent(event, `does not follow version ${state.version}`);
  return step(state, event);
};

const step = (state: State, event: DomainEvent): State => {
  const { version, timestamp } = event;
  const now = { version, updatedAt: timestamp };
  if (event.erased) return { status: 'erased', erasedAt: timestamp, ...now };
  const { action, evolve: evolveOwn } = eventDefinitionOf(event);
  // What else was said of a life that is erased is gone too.
  if (state.status === 'erased' && action !== 'create') return { ...state, ...now };
  const impossible = (what: string) => new ImpossibleEvent(event, `${what} what is ${state.status}`);
  switch (action) {
    case 'create':
      if (state.status === 'live') throw impossible('creates');
      return living(undefined, complete(event), event);
    case 'update':
      if (state.status !== 'live') throw impossible('updates');
      return living(state, { ...state.attributes, ...saidIn(event) }, event);
    case 'delete': {
      if (state.status !== 'live') throw impossible('deletes');
      const { attributes, createdAt, since } = state;
      return { status: 'deleted', deletedAt: timestamp, last: { attributes, createdAt, since }, ...now };
    }
    case 'restore':
      if (state.status !== 'deleted' || !state.last) throw impossible('restores');
      return { status: 'live', ...state.last, ...now };
    case 'erase':
      if (state.status !== 'live' && state.status !== 'deleted') throw impossible('erases');
      return { status: 'erased', erasedAt: timestamp, ...now };
    case 'own':
      if (state.status !== 'live' || !evolveOwn) throw impossible('changes');
      return living(state, evolveOwn(state.attributes, event.payload as Attributes), event);
    case 'correct':
      throw new ImpossibleEvent(event, 'has to be seen with its whole stream');
    default:
      return action satisfies never;
  }
};

/** What is live after an event. */
const living = (before: Live | undefined, attributes: Attributes, event: DomainEvent): Live => ({
  status: 'live',
  attributes,
  createdAt: before?.createdAt ?? event.timestamp,
  since: sinceOf(aggregates[event.aggregate].columns, before, attributes, event),
  version: event.version,
  updatedAt: event.timestamp,
});

/**
 * All attributes and conditions: null, or what they are at first, where the event says nothing (a self-service sign-up
 * leaves role and group empty).
 */
const complete = (event: DomainEvent): Attributes => {
  const { attributes, conditions, proofs } = aggregates[event.aggregate];
  const said = saidIn(event);
  return {
    ...Object.fromEntries(Object.keys(attributes).map((name) => [name, said[name] ?? null])),
    ...Object.fromEntries(Object.values(proofs).map((flag) => [flag, said[flag] ?? false])),
    ...atFirst(conditions),
  };
};

const atFirst = (conditions: AttributeTable): Attributes =>
  Object.fromEntries(Object.entries(conditions).map(([name, { initially = null }]) => [name, initially]));

/**
 * Folds a whole stream, corrections applied: by effective time, then version.
 * @param events in order of version, from 1
 * @param without versions that do not count
 * @throws ImpossibleEvent
 */
export const fold = (events: DomainEvent[], without = nothing): State => {
  checkVersions(events);
  const { gone, rest } = sinceErasure(events);
  if (without.size === 0 && rest.every(isIncremental)) return rest.reduce(step, gone);
  return foldEffective(gone, rest, corrected(rest, without));
};

/** What an erasure leaves of a stream: that it happened, and what came after it. */
export const sinceErasure = (events: DomainEvent[]): { gone: State; rest: DomainEvent[] } => {
  const last = events.findLastIndex(({ erased }) => erased);
  const event = events[last];
  return event
    ? { gone: step(initialState, event), rest: events.slice(last + 1) }
    : { gone: initialState, rest: events };
};

const checkVersions = (events: DomainEvent[]): void => {
  for (const [index, event] of events.entries())
    if (event.version !== index + 1) throw new ImpossibleEvent(event, `does not follow version ${index}`);
};

/**
 * @param before the state before all of them
 * @param counted the events that the version counts, in any order
 * @param effective what happened, in the order in which it took effect
 * @throws ImpossibleEvent
 */
export const foldEffective = (before: State, counted: DomainEvent[], effective: DomainEvent[]): State => {
  const last = counted.reduce<DomainEvent | undefined>(
    (latest, event) => (latest && latest.version > event.version ? latest : event),
    undefined,
  );
  const { version, updatedAt } = last ? { version: last.version, updatedAt: last.timestamp } : before;
  return { ...effective.reduce(step, before), version, updatedAt };
};

/**
 * The state as of a moment, as it was known at another.
 * @param timestamp milliseconds since the epoch, inclusive: what took effect later does not count
 * @param knownAt milliseconds since the epoch, inclusive: what was recorded later, corrections included, does not count
 * @param without versions that do not count
 * @throws ImpossibleEvent
 */
export const foldAt = (events: DomainEvent[], timestamp: number, knownAt = Infinity, without = nothing): State => {
  const known = events.filter((event) => event.timestamp <= knownAt);
  checkVersions(known);
  const { gone, rest } = sinceErasure(known);
  const effective = corrected(rest, without).filter((event) => effectiveAtOf(event) <= timestamp);
  const corrections = rest.filter((event) => !isIncremental(event) && event.timestamp <= timestamp);
  return foldEffective(gone, [...effective, ...corrections], effective);
};

/** Whether an event can be applied to the state alone, without the rest of its stream. */
export const isIncremental = (event: DomainEvent): boolean => !isCorrection(event);

/** A live aggregate as it stands at a moment: conditions that end by themselves have ended. */
export const standingAt = (aggregate: DomainEvent['aggregate'], attributes: Attributes, now: number): Attributes => {
  const { lapse, conditions } = aggregates[aggregate];
  const until = lapse === undefined ? null : attributes[lapse];
  return typeof until === 'string' && Date.parse(until) <= now ? { ...attributes, ...atFirst(conditions) } : attributes;
};
