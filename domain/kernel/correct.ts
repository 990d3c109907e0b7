import { type Attributes, brokenRule, normalize } from './attributes.ts';
import { type Command, type Facts, subjectOf, type Verdict } from './command.ts';
import { type Correction, corrected, rootOf } from './correction.ts';
import type { DomainEvent } from './event.ts';
import type { Stream } from './fold.ts';
import { reject } from './rejection.ts';
import { inWords, type Violation } from './validate.ts';
import { eventDefinitionOf, eventTypeOf } from '../operations.ts';

/** Decides a correction of a past event. */
export const correct = (command: Command, { events, state }: Stream, { now }: Facts): Verdict => {
  if (state.version === 0) return reject('NOT_FOUND', `There is no ${subjectOf(command)}`);
  const { version, payload } = command.input as Partial<Correction>;
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 1)
    return reject('INVALID', 'version: must be a whole number from 1');
  if (typeof payload !== 'object' || payload === null || Array.isArray(payload))
    return reject('INVALID', 'payload: must be a JSON object');
  const byVersion = new Map(events.map((event) => [event.version, event]));
  const target = byVersion.get(version);
  if (!target) return reject('NOT_FOUND', `${subjectOf(command)} has no version ${version}`);
  if (target.erased) return reject('ERASED', `${subjectOf(command)} was erased with its version ${version}`);
  const root = rootOf(target, byVersion);
  const violation = payloadViolation(root, payload, now);
  if (violation) return reject('INVALID', inWords({ field: `payload.${violation.field}`, rule: violation.rule }));
  const right = normalizedPayload(root, payload);
  const effective = corrected(events).find((event) => event.version === root.version);
  if (samePayload(effective?.payload ?? {}, right)) return { already: true };
  return { type: eventTypeOf(command.aggregate, 'correct'), payload: { version, payload: right } };
};

const samePayload = (one: Record<string, unknown>, other: Record<string, unknown>): boolean =>
  JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));

const sorted = (payload: Record<string, unknown>) =>
  Object.entries(payload).sort(([one], [other]) => (one < other ? -1 : 1));

const normalizedPayload = (event: DomainEvent, payload: Record<string, unknown>): Attributes => {
  const { payload: known } = eventDefinitionOf(event);
  return Object.fromEntries(
    Object.entries(known).flatMap(([name, attribute]) => {
      const value = payload[name] as Attributes[string] | undefined;
      return value === undefined ? [] : [[name, normalize(attribute, value)]];
    }),
  );
};

/** Rules of a whole payload: an update gives any attribute, anything else every one that cannot be empty. */
const payloadViolation = (event: DomainEvent, payload: Record<string, unknown>, now: number): Violation | undefined => {
  const { action, payload: known } = eventDefinitionOf(event);
  for (const field of Object.keys(payload))
    if (!Object.hasOwn(known, field)) return { field, rule: `is not an attribute of ${event.type}` };
  for (const [field, attribute] of Object.entries(known)) {
    const value = payload[field];
    if (value === undefined) {
      if (action !== 'update' && !attribute.nullable) return { field, rule: 'is required' };
      continue;
    }
    const rule = brokenRule(attribute, value, now);
    if (rule) return { field, rule };
  }
  return undefined;
};
