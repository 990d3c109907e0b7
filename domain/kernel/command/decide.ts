import type { Action, AggregateName } from '../aggregate.ts';
import type { Attributes } from '../values/attributes.ts';
import { type Command, type Facts, type Reference, subjectOf, type Verdict, type Wanted } from './command.ts';
import { correct, replayed } from '../stream/correct.ts';
import { same } from '../values/equal.ts';
import { currentSchemaVersion, type DomainEvent } from '../stream/event.ts';
import { standingAt } from '../stream/fold.ts';
import { appended, type Stream } from '../stream/stream.ts';
import { aggregates, eventTypeOf, type Operation, operations } from '../../operations.ts';
import { missingCode, reject, type Rejection } from '../rejection.ts';
import { provableIn, unproved, withProofs } from './proof.ts';
import type { State } from '../stream/state.ts';
import { beginOf, dayOf, type Usage } from '../stream/usage.ts';
import { inWords, normalized, violationOf } from './validate.ts';

/** What must be true of other aggregates for an event to be stored. */
export interface Questions {
  /** They must exist. */
  references: Reference[];
  /** Nothing live may refer to this one. */
  unused: boolean;
  /** All events of the stream must be sealed: destroying keys does nothing to what stands in clear. */
  sealed: boolean;
}

/**
 * What follows from a command: one event, with the stream after it and what remains to be asked; none, because its wish
 * already holds; or a rejection.
 */
export type Decision =
  { events: [DomainEvent]; after: Stream; questions: Questions } | { events: [] } | { rejection: Rejection };

/** The operation of a command. @throws Error on one that is not in the table */
export const operationOf = (command: Command): Operation => {
  const operation = operations[command.operation];
  if (!operation) throw new Error(`Unknown operation ${command.operation}`);
  return operation;
};

/** Decides a command against its stream. Pure: what has to be asked of other aggregates comes with the decision. */
export const decide = (command: Command, stream: Stream, facts: Facts): Decision => {
  const operation = operationOf(command);
  const violation = violationOf(operation, command, facts.now);
  if (violation) return reject('INVALID', inWords(violation));
  const { aggregate, input, proved = {} } = command;
  const refusal = facts.mustProve ? unproved(aggregate, provableIn(operation), input, proved) : undefined;
  if (refusal) return refusal;
  const verdict =
    operation.action === 'correct'
      ? correct(command, stream, facts)
      : deciders[operation.action]({ operation, command, state: stream.state, now: facts.now });
  if ('rejection' in verdict) return verdict;
  if ('already' in verdict) return { events: [] };
  const event = eventOf(operation, command, stream.state, verdict, facts);
  const full = noRoom(operation, stream.usage, event.timestamp);
  if (full) return full;
  const next = operation.action === 'correct' ? replayed(stream, event, facts.now) : appended(stream, event);
  if ('rejection' in next) return next;
  return { events: [event], after: next, questions: questionsOf(command.aggregate, stream.state, next.state) };
};

/** The rejection of what was to be stored, if the answers are not as they must be. */
export const refused = (
  command: Command,
  { missing, inUse, clear }: { missing: Reference[]; inUse: boolean; clear: boolean },
): { rejection: Rejection } | undefined => {
  if (clear)
    return reject(
      'INVALID',
      `id: ${subjectOf(command)} has events from before they were sealed; seal the store first (npm run seal, docs/upgrading.md)`,
    );
  const [first] = missing;
  if (first)
    return reject(missingCode(first.aggregate), `${first.attribute}: there is no ${first.aggregate} ${first.id}`);
  return inUse ? reject('IN_USE', `${subjectOf(command)} is in use`) : undefined;
};

/** Events that a person may add to the own stream in a day; an admin, and who wants to be erased, has no bound. */
export const ownEventsADay = 200;

const noRoom = ({ caller, action }: Operation, usage: Usage, now: number): { rejection: Rejection } | undefined => {
  if (caller !== 'user' || action === 'erase') return undefined;
  const day = dayOf(now);
  if (usage.day !== day || usage.events < ownEventsADay) return undefined;
  const again = new Date(beginOf(day + 1)).toISOString();
  return reject('STREAM_FULL', `A day takes ${ownEventsADay} changes of one's own; again from ${again}`);
};

interface Wish {
  operation: Operation;
  command: Command;
  state: State;
  now: number;
}

const deciders: Record<Exclude<Action, 'correct'>, (wish: Wish) => Verdict> = {
  create: (wish) => {
    const { operation, command, state } = wish;
    switch (state.status) {
      case 'live':
        return reject('ALREADY_EXISTS', `${subjectOf(command)} already exists`);
      case 'absent':
      case 'deleted':
      case 'erased':
        return isSince(state, command.sentAt)
          ? wanted(wish, begun(wish, normalized(operation, command.input)))
          : reject('ALREADY_EXISTS', `${subjectOf(command)} was there when this was sent, and was deleted since`);
      default:
        return state satisfies never;
    }
  },
  update: (wish) =>
    ofLive(wish, (attributes) => {
      const changes = changed(wish, attributes, normalized(wish.operation, wish.command.input));
      return Object.keys(changes).length === 0 ? { already: true } : wanted(wish, changes);
    }),
  delete: (wish) => (wish.state.status === 'deleted' ? { already: true } : ofLive(wish, () => wanted(wish, {}))),
  restore: (wish) => {
    const { command, state } = wish;
    switch (state.status) {
      case 'deleted':
        return conflict(command, state) ?? wanted(wish, {});
      case 'live':
        return { already: true };
      case 'absent':
      case 'erased':
        return ofLive(wish, () => ({ already: true }));
      default:
        return state satisfies never;
    }
  },
  erase: (wish) => {
    const { command, state } = wish;
    switch (state.status) {
      case 'live':
      case 'deleted':
        return conflict(command, state) ?? refusedCaller(wish) ?? wanted(wish, {});
      case 'erased':
        return { already: true };
      case 'absent':
        return reject('NOT_FOUND', `There is no ${subjectOf(command)}`);
      default:
        return state satisfies never;
    }
  },
  own: (wish) =>
    ofLive(wish, (attributes) => {
      const { operation, command, now } = wish;
      return operation.decide!(attributes, normalized(operation, command.input), now);
    }),
};

/**
 * Whether a command was sent when nothing was there any more: one that was delayed on its queue must not bring back
 * what was deleted meanwhile.
 */
const isSince = (state: Exclude<State, { status: 'live' }>, sentAt: number | undefined): boolean => {
  switch (state.status) {
    case 'absent':
      return state.version === 0 || (sentAt !== undefined && sentAt > state.updatedAt);
    case 'deleted':
      return sentAt !== undefined && sentAt > state.deletedAt;
    case 'erased':
      return sentAt !== undefined && sentAt > state.erasedAt;
    default:
      return state satisfies never;
  }
};

/**
 * Goes on with the attributes of a live aggregate, as they stand now; rejects what is not live, not as expected, or not
 * the caller's to change.
 */
const ofLive = (wish: Wish, then: (attributes: Attributes) => Verdict): Verdict => {
  const { command, state, now } = wish;
  switch (state.status) {
    case 'absent':
      return reject('NOT_FOUND', `There is no ${subjectOf(command)}`);
    case 'deleted':
      return reject('NOT_FOUND', `${subjectOf(command)} was deleted`);
    case 'erased':
      return reject('ERASED', `${subjectOf(command)} was erased`);
    case 'live':
      return (
        conflict(command, state) ?? refusedCaller(wish) ?? then(standingAt(command.aggregate, state.attributes, now))
      );
    default:
      return state satisfies never;
  }
};

const conflict = (command: Command, { version }: State): { rejection: Rejection } | undefined =>
  command.expectedVersion !== undefined && command.expectedVersion !== version
    ? reject('VERSION_CONFLICT', `${subjectOf(command)} is at version ${version}, not ${command.expectedVersion}`)
    : undefined;

/** A reason of the aggregate's own, such as that the caller is suspended. */
const refusedCaller = ({ operation, command, state, now }: Wish): { rejection: Rejection } | undefined => {
  if (state.status !== 'live') return undefined;
  const { refuse } = aggregates[command.aggregate];
  return refuse?.(standingAt(command.aggregate, state.attributes, now), operation.caller);
};

const wanted = ({ operation, command }: Wish, payload: Record<string, unknown>): Wanted => ({
  type: eventTypeOf(command.aggregate, operation.action as Exclude<Action, 'own'>),
  payload,
});

/** What a life begins with, and what of it is proved. */
const begun = ({ operation, command }: Wish, wished: Attributes): Attributes =>
  withProofs(command.aggregate, provableIn(operation), command.proved ?? {}, wished, { before: {}, changes: wished });

/** What a wish changes, and what of it is proved. */
const changed = ({ operation, command }: Wish, before: Attributes, wished: Attributes): Attributes =>
  withProofs(command.aggregate, provableIn(operation), command.proved ?? {}, wished, {
    before,
    changes: changesTo(before, wished),
  });

const changesTo = (attributes: Attributes, wished: Attributes): Attributes =>
  Object.fromEntries(Object.entries(wished).filter(([name, value]) => !same(attributes[name] ?? null, value)));

/** What a state refers to that the one before it did not; and whether a life ends. */
const questionsOf = (aggregate: AggregateName, before: State, after: State): Questions => {
  const known = referencesOf(aggregate, before);
  return {
    references: referencesOf(aggregate, after).filter(
      ({ aggregate: to, id }) => !known.some((reference) => reference.aggregate === to && reference.id === id),
    ),
    unused: before.status === 'live' && after.status !== 'live',
    sealed: after.status === 'erased',
  };
};

const referencesOf = (aggregate: AggregateName, state: State): Reference[] =>
  state.status !== 'live'
    ? []
    : Object.entries(aggregates[aggregate].columns).flatMap(([attribute, { to }]) => {
        const value = state.attributes[attribute];
        const ids = (Array.isArray(value) ? value : [value]).filter((id) => typeof id === 'string');
        return to ? ids.map((id) => ({ attribute, aggregate: to, id })) : [];
      });

const eventOf = (
  operation: Operation,
  { aggregate, aggregateId, commandId, actor }: Command,
  { version, updatedAt }: State,
  { type, payload, effectiveAt }: Wanted,
  { now, eventId }: Facts,
): DomainEvent => ({
  eventId,
  aggregate,
  aggregateId,
  version: version + 1,
  type,
  payload,
  executionQueue: operation.executionQueue,
  timestamp: Math.max(now, updatedAt),
  ...(effectiveAt !== undefined && { effectiveAt }),
  ...(version > 0 && { previousTimestamp: updatedAt }),
  commandId,
  operation: operation.name,
  actor,
  schemaVersion: currentSchemaVersion,
});
