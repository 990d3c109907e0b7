import type { Attributes, Command, DomainEvent, Facts, Reference, State } from './aggregate.ts';
import { brokenRule } from './attributes.ts';
import { type Correction, corrected, fold } from './fold.ts';
import { actionOf, aggregates, eventTypeOf, type Operation, operations } from '../operations.ts';
import { missingCode, reject, type Rejection } from './rejection.ts';
import { inWords, normalized, type Violation, violationOf } from './validate.ts';

/** What follows from a command: one event, or none because its wish already holds; or a rejection. */
export type Decision = { events: [] | [DomainEvent] } | { rejection: Rejection };

export const currentSchemaVersion = 1;

/** The operation of a command. @throws Error on one that is not in the table */
export const operationOf = (command: Command): Operation => {
  const operation = operations[command.operation];
  if (!operation) throw new Error(`Unknown operation ${command.operation}`);
  return operation;
};

/**
 * Decides a command against the events of its stream.
 * @param history the whole stream, in order of version
 * @param facts `missing` and `inUse` answer what `questionsOf` asked
 */
export const decide = (command: Command, history: DomainEvent[], facts: Facts): Decision => {
  const operation = operationOf(command);
  const violation = violationOf(operation, command, facts.now);
  if (violation) return reject('INVALID', inWords(violation));
  const state = fold(history);
  if (operation.action === 'create') {
    if (state.status === 'deleted')
      return reject('ALREADY_EXISTS', `${subject(command)} was deleted; its id is not used again`);
    if (state.status === 'live') return reject('ALREADY_EXISTS', `${subject(command)} already exists`);
    return (
      missingReference(facts) ?? {
        events: [eventOf(operation, command, state, history, normalized(operation, command.input), facts)],
      }
    );
  }
  if (state.status === 'absent') return reject('NOT_FOUND', `There is no ${subject(command)}`);
  if (operation.action === 'correct') return correct(operation, command, state, history, facts);
  if (state.status === 'deleted')
    return operation.action === 'delete' ? { events: [] } : reject('NOT_FOUND', `${subject(command)} was deleted`);
  if (command.expectedVersion !== undefined && command.expectedVersion !== state.version) {
    return reject(
      'VERSION_CONFLICT',
      `${subject(command)} is at version ${state.version}, not ${command.expectedVersion}`,
    );
  }
  switch (operation.action) {
    case 'update': {
      const changes = changesTo(state, normalized(operation, command.input));
      if (Object.keys(changes).length === 0) return { events: [] };
      return missingReference(facts) ?? { events: [eventOf(operation, command, state, history, changes, facts)] };
    }
    case 'delete':
      if (facts.inUse) return reject('IN_USE', `${subject(command)} is in use`);
      return { events: [eventOf(operation, command, state, history, {}, facts)] };
    default:
      return operation.action satisfies never;
  }
};

/** What `decide` will need to know of the world about this command: references that must exist, and whether use matters. */
export const questionsOf = (command: Command, history: DomainEvent[]): { references: Reference[]; use: boolean } => {
  const operation = operationOf(command);
  const before = referencesOf(command, fold(history));
  const known = (reference: Reference) =>
    before.some(({ attribute, id }) => attribute === reference.attribute && id === reference.id);
  const wanted =
    operation.action === 'correct'
      ? referencesAfterCorrection(command, history)
      : referencesIn(command, normalized(operation, command.input));
  return { references: wanted.filter((reference) => !known(reference)), use: operation.action === 'delete' };
};

const referencesIn = ({ aggregate }: Command, values: Record<string, unknown>): Reference[] =>
  Object.entries(aggregates[aggregate].attributes).flatMap(([attribute, { to }]) => {
    const value = values[attribute];
    if (!to || value === null || value === undefined) return [];
    const ids = (Array.isArray(value) ? value : [value]).filter((id): id is string => typeof id === 'string');
    return ids.map((id) => ({ attribute, aggregate: to, id }));
  });

const referencesOf = (command: Command, state: State): Reference[] =>
  state.status === 'live' ? referencesIn(command, state.attributes) : [];

const referencesAfterCorrection = (command: Command, history: DomainEvent[]): Reference[] => {
  const { version, payload } = command.input as Partial<Correction>;
  if (
    history.length === 0 ||
    typeof version !== 'number' ||
    !payload ||
    !history.some((event) => event.version === version)
  )
    return [];
  const probe = {
    ...history[history.length - 1],
    type: eventTypeOf(command.aggregate, 'correct'),
    version: history.length + 1,
    payload: { version, payload },
  };
  return referencesOf(command, fold([...history, probe as DomainEvent]));
};

const missingReference = ({ missing }: Facts): Decision | undefined => {
  const [first] = missing;
  return (
    first && reject(missingCode(first.aggregate), `${first.attribute}: there is no ${first.aggregate} ${first.id}`)
  );
};

const changesTo = (state: Extract<State, { status: 'live' }>, wanted: Attributes): Attributes =>
  Object.fromEntries(Object.entries(wanted).filter(([name, value]) => !same(state.attributes[name] ?? null, value)));

const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

const subject = ({ aggregate, aggregateId }: Command): string => `${aggregate} ${aggregateId}`;

const eventOf = (
  operation: Operation,
  command: Command,
  state: State,
  history: DomainEvent[],
  payload: Record<string, unknown>,
  { now, eventId }: Facts,
): DomainEvent => {
  const last = history[history.length - 1];
  return {
    eventId,
    aggregate: command.aggregate,
    aggregateId: command.aggregateId,
    version: state.version + 1,
    type: eventTypeOf(command.aggregate, operation.action),
    payload,
    executionQueue: operation.executionQueue,
    timestamp: Math.max(now, last?.timestamp ?? 0),
    ...(last && { previousTimestamp: last.timestamp }),
    commandId: command.commandId,
    operation: operation.name,
    actor: command.actor,
    schemaVersion: currentSchemaVersion,
  };
};

const correct = (
  operation: Operation,
  command: Command,
  state: State,
  history: DomainEvent[],
  facts: Facts,
): Decision => {
  const { version, payload } = command.input as Partial<Correction>;
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 1)
    return reject('INVALID', 'version: must be a whole number from 1');
  if (typeof payload !== 'object' || payload === null || Array.isArray(payload))
    return reject('INVALID', 'payload: must be a JSON object');
  const target = history.find((event) => event.version === version);
  if (!target) return reject('NOT_FOUND', `${subject(command)} has no version ${version}`);
  const root = rootEventOf(target, history);
  const violation = payloadViolation(root, payload, facts.now);
  if (violation) return reject('INVALID', inWords({ field: `payload.${violation.field}`, rule: violation.rule }));
  const right = normalized(
    { ...operation, aggregate: command.aggregate, attributes: Object.keys(aggregates[command.aggregate].attributes) },
    payload,
  );
  const effective = corrected(history).find((event) => event.version === root.version);
  if (same(sorted(effective?.payload ?? {}), sorted(right))) return { events: [] };
  return (
    missingReference(facts) ?? {
      events: [eventOf(operation, command, state, history, { version, payload: right }, facts)],
    }
  );
};

const sorted = (payload: Record<string, unknown>) =>
  Object.entries(payload).sort(([one], [other]) => (one < other ? -1 : 1));

const rootEventOf = (event: DomainEvent, history: DomainEvent[]): DomainEvent => {
  if (actionOf(event) !== 'correct') return event;
  const target = history.find(({ version }) => version === (event.payload as unknown as Correction).version);
  if (!target) throw new Error(`Correction at version ${event.version} names a version that its stream does not have`);
  return rootEventOf(target, history);
};

/** Rules of a whole payload: a creation gives every attribute that cannot be empty, an update any, a deletion none. */
const payloadViolation = (event: DomainEvent, payload: Record<string, unknown>, now: number): Violation | undefined => {
  const action = actionOf(event);
  const known = aggregates[event.aggregate].attributes;
  for (const field of Object.keys(payload)) {
    if (action === 'delete' || !Object.hasOwn(known, field))
      return { field, rule: `is not an attribute of ${event.type}` };
  }
  for (const [field, attribute] of Object.entries(known)) {
    const value = payload[field];
    if (value === undefined) {
      if (action === 'create' && !attribute.nullable) return { field, rule: 'is required' };
      continue;
    }
    const rule = brokenRule(attribute, value, now);
    if (rule) return { field, rule };
  }
  return undefined;
};
