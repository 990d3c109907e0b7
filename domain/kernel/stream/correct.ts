import { same } from '../values/equal.ts';
import { type Attributes, brokenRule, normalize } from '../values/attributes.ts';
import { type Command, type Facts, subjectOf, type Verdict, type Wanted } from '../command/command.ts';
import {
  type Correction,
  type CorrectionField,
  corrected,
  type CorrectionKind,
  correctionKinds,
  isCorrectable,
  isRequiredIn,
  rootOf,
  versionsOf,
} from './correction.ts';
import { type DomainEvent, effectiveAtOf } from './event.ts';
import { foldEffective, ImpossibleEvent } from './fold.ts';
import { appended, type Stream } from './stream.ts';
import { momentOf } from '../values/moment.ts';
import { reject, type Rejection } from '../rejection.ts';
import { initialState, type State } from './state.ts';
import { inWords, type Violation } from '../command/validate.ts';
import { actionOf, aggregates, eventDefinitionOf, eventTypeOf } from '../../operations.ts';

type Refusal = { rejection: Rejection };

const invalid = (field: string, rule: string): Refusal => reject('INVALID', inWords({ field, rule }));

const fields: CorrectionField[] = ['version', 'type', 'payload', 'effectiveAt'];

const saysOf = (kind: CorrectionKind, field: CorrectionField): boolean =>
  (correctionKinds[kind] as readonly CorrectionField[]).includes(field);

/**
 * Reads a correction: whether it says what its kind says, of an event that there is. What it would do is seen when it
 * is replayed.
 */
export const correct = (command: Command, stream: Stream, { now }: Facts): Verdict => {
  const { events, state } = stream;
  if (state.version === 0) return reject('NOT_FOUND', `There is no ${subjectOf(command)}`);
  if (state.status === 'erased') return reject('ERASED', `${subjectOf(command)} was erased`);
  if (command.expectedVersion !== undefined && command.expectedVersion !== state.version)
    return reject(
      'VERSION_CONFLICT',
      `${subjectOf(command)} is at version ${state.version}, not ${command.expectedVersion}`,
    );
  const { kind: given, version, type, payload, effectiveAt } = command.input;
  const kinds = Object.keys(correctionKinds) as CorrectionKind[];
  const kind = kinds.find((each) => each === (given ?? 'REPLACE'));
  if (!kind) return invalid('kind', `must be one of ${kinds.join(', ')}`);
  const misplaced = misplacedIn(kind, command.input);
  if (misplaced) return misplaced;

  const moment = saysOf(kind, 'effectiveAt') ? momentOf(String(effectiveAt)) : undefined;
  if (saysOf(kind, 'effectiveAt') && moment === undefined)
    return invalid('effectiveAt', 'must be a date and time with an offset, in the years 0001 to 9999');
  if (moment !== undefined && moment > Math.max(now, state.updatedAt))
    return invalid('effectiveAt', 'must not be in the future');

  const about = kind === 'INSERT' ? missing(command, String(type)) : target(command, events, Number(version));
  if ('rejection' in about) return about;
  const erasure = erasureAfter(about, moment, events);
  if (erasure) return reject('ERASED', `What was before version ${erasure.version} is erased`);

  const correction: Correction = {
    ...(kind !== 'REPLACE' && { kind }),
    ...(kind === 'INSERT' ? { type: about.type } : { version: Number(version) }),
  };
  if (saysOf(kind, 'payload')) {
    const violation = payloadViolation(about, payload as Record<string, unknown>, now);
    if (violation) return invalid(`payload.${violation.field}`, violation.rule);
    correction.payload = normalizedPayload(about, payload as Record<string, unknown>);
  }
  return {
    type: eventTypeOf(command.aggregate, 'correct'),
    payload: { ...correction },
    ...(moment !== undefined && { effectiveAt: moment }),
  } satisfies Wanted;
};

/**
 * Replays the whole stream with a correction.
 * @returns the stream with it; or why it cannot be: something could then not have happened, a rule breaks, or nothing
 * changes
 */
export const replayed = (stream: Stream, correction: DomainEvent, now: number): Stream | Refusal => {
  const before = corrected(stream.events, stream.without);
  const after = corrected([...stream.events, correction], stream.without);
  try {
    if (same(before, after) || insertsNothing(correction, after))
      return invalid(correction.payload['type'] === undefined ? 'version' : 'type', 'the correction changes nothing');
    const next = appended(stream, correction);
    const broken = brokenIn(correction, stream.state, next.state, now);
    return broken ? invalid(broken.field, broken.rule) : next;
  } catch (error) {
    if (!(error instanceof ImpossibleEvent)) throw error;
    const { version, type } = error.event;
    return invalid('version', `version ${version}, ${type}, could then not have happened: it ${error.reason}`);
  }
};

const misplacedIn = (kind: CorrectionKind, input: Record<string, unknown>): Refusal | undefined => {
  for (const field of fields) {
    const given = input[field] !== undefined && input[field] !== null;
    if (given !== saysOf(kind, field)) return invalid(field, given ? `is not for ${kind}` : `is required for ${kind}`);
  }
  const { version, payload } = input;
  if (saysOf(kind, 'version') && !(Number.isInteger(version) && Number(version) > 0))
    return invalid('version', 'must be a whole number from 1');
  if (saysOf(kind, 'payload') && (typeof payload !== 'object' || Array.isArray(payload)))
    return invalid('payload', 'must be a JSON object');
  return undefined;
};

/** What a correction is about, as far as rules depend on it. */
interface Subject {
  aggregate: DomainEvent['aggregate'];
  type: string;
  /** The version of the event in question; none if it is yet to be inserted. */
  version?: number;
}

const missing = ({ aggregate }: Command, type: string): Subject | Refusal => {
  const known = Object.entries(aggregates[aggregate].events).filter(([, { action }]) => isCorrectable(action));
  return known.some(([each]) => each === type)
    ? { aggregate, type }
    : invalid('type', `must be one of ${known.map(([each]) => each).join(', ')}`);
};

/** The event that a chain of corrections ends at; what is inserted is of the type that the insertion names. */
const target = (command: Command, events: DomainEvent[], version: number): Subject | Refusal => {
  const byVersion = versionsOf(events);
  const named = byVersion.get(version);
  if (!named) return reject('NOT_FOUND', `${subjectOf(command)} has no version ${version}`);
  if (named.erased) return reject('ERASED', `${subjectOf(command)} was erased with its version ${version}`);
  const root = rootOf(named, byVersion);
  const type = actionOf(root) === 'correct' ? (root.payload as Correction).type! : root.type;
  if (actionOf({ ...root, type }) === 'erase') return invalid('version', 'is an erasure, which nothing undoes');
  return { aggregate: command.aggregate, type, version: root.version };
};

/** The last erasure, if what a correction is about was before it: nothing of that is known any more. */
const erasureAfter = (
  { version = Infinity }: Subject,
  moment = Infinity,
  events: DomainEvent[],
): DomainEvent | undefined => {
  const erasure = events.filter((event) => actionOf(event) === 'erase').at(-1);
  return erasure && (version < erasure.version || moment < effectiveAtOf(erasure)) ? erasure : undefined;
};

/** An insertion of what was so already. */
const insertsNothing = (correction: DomainEvent, after: DomainEvent[]): boolean => {
  const place = after.findIndex(({ version }) => version === correction.version);
  if (place < 0) return false;
  const [without, withIt] = [
    foldEffective(initialState, [], after.slice(0, place)),
    foldEffective(initialState, [], after.slice(0, place + 1)),
  ];
  return without.status === 'live' && withIt.status === 'live'
    ? same(without.attributes, withIt.attributes) && actionOf(after[place]!) !== 'create'
    : false;
};

/** The first rule that the state would break and did not break before. */
const brokenIn = ({ aggregate }: DomainEvent, before: State, after: State, now: number): Violation | undefined => {
  if (after.status !== 'live') return undefined;
  for (const [field, attribute] of Object.entries(aggregates[aggregate].attributes)) {
    const value = after.attributes[field] ?? null;
    if (before.status === 'live' && same(before.attributes[field] ?? null, value)) continue;
    const rule = brokenRule(attribute, value, now);
    if (rule) return { field, rule };
  }
  return undefined;
};

/** A payload in the form in which it is stored; of an own event, with null for what it leaves out. */
const normalizedPayload = (event: Subject, payload: Record<string, unknown>): Attributes => {
  const { action, payload: known } = eventDefinitionOf(event);
  return Object.fromEntries(
    Object.entries(known).flatMap(([name, attribute]) => {
      const value = payload[name] as Attributes[string] | undefined;
      if (value === undefined) return action === 'own' ? [[name, null]] : [];
      return [[name, normalize(attribute, value)]];
    }),
  );
};

/** Rules of a whole payload; the API's resolver checks by the same table, as far as it knows the event. */
const payloadViolation = (event: Subject, payload: Record<string, unknown>, now: number): Violation | undefined => {
  const { action, payload: known } = eventDefinitionOf(event);
  for (const field of Object.keys(payload))
    if (!Object.hasOwn(known, field)) return { field, rule: `is not an attribute of ${event.type}` };
  for (const [field, attribute] of Object.entries(known)) {
    const value = payload[field];
    if (value === undefined) {
      if (isRequiredIn(action, attribute)) return { field, rule: 'is required' };
      continue;
    }
    const rule = brokenRule(attribute, value, now);
    if (rule) return { field, rule };
  }
  return undefined;
};
