import type { AggregateName } from '../aggregate.ts';
import { type Attributes, type AttributeValue, brokenRule, matches, normalize } from '../values/attributes.ts';
import { givenIdRule, type IdRule, keyRule, madeIdRule, subjectRule, uuidPattern } from '../values/ids.ts';
import type { Command } from './command.ts';
import { aggregates, type Operation } from '../../operations.ts';

/** The first rule that an input breaks. */
export interface Violation {
  field: string;
  rule: string;
}

export const inWords = ({ field, rule }: Violation): string => `${field}: ${rule}`;

/**
 * Checks what a command says against its operation: the same rules as the API's resolvers, applied again
 * because nothing upstream of the event store is trusted.
 * @param now milliseconds since the epoch
 */
export const violationOf = (operation: Operation, command: Command, now: number): Violation | undefined => {
  const { aggregate, aggregateId, expectedVersion, input } = command;
  if (operation.aggregate !== null && operation.aggregate !== aggregate)
    return { field: 'aggregate', rule: `must be ${operation.aggregate}` };
  if (!command.actor.startsWith(`${operation.caller}:`))
    return { field: 'actor', rule: `must be of the ${operation.caller} application` };
  if (operation.caller === 'user' && aggregateId !== ownIdOf(command.actor))
    return { field: 'id', rule: "must be the caller's own" };
  if (!matches(uuidPattern, command.commandId)) return { field: 'commandId', rule: 'must be a UUID' };
  const idRule = idRuleOf(operation, aggregate);
  if (operation.idFrom === 'command' && aggregateId !== command.commandId)
    return { field: operation.idField, rule: "must be the command's id" };
  if (aggregateId.length > idRule.maxLength || !matches(idRule.pattern, aggregateId))
    return { field: operation.idField, rule: idRule.rule };
  if (expectedVersion !== undefined && !(Number.isInteger(expectedVersion) && expectedVersion > 0)) {
    return { field: 'expectedVersion', rule: 'must be a whole number from 1' };
  }
  // What a correction may say depends on the event that it corrects.
  if (operation.action === 'correct') return undefined;
  return inputViolation(operation, input, now);
};

/** What the id of a command's aggregate must be: the caller's own is a subject as it is, an admin's is typed. */
export const idRuleOf = ({ action, caller }: Operation, aggregate: AggregateName): IdRule => {
  if (caller === 'user') return subjectRule;
  if (aggregates[aggregate].id === 'made') return madeIdRule;
  return action === 'create' ? givenIdRule : keyRule;
};

/**
 * The id of a caller's own user: the subject, an id of Auth0's own without its prefix. The API derives it by the same
 * rule.
 */
const ownIdOf = (actor: string): string => {
  const subject = actor.slice(actor.indexOf(':') + 1);
  return /^auth0\|([^|]+)$/.exec(subject)?.[1] ?? subject;
};

const inputViolation = (operation: Operation, input: Record<string, unknown>, now: number): Violation | undefined => {
  for (const field of Object.keys(input)) {
    if (!Object.hasOwn(operation.input, field)) return { field, rule: `is not an attribute of ${operation.name}` };
  }
  for (const [field, { attribute, required }] of Object.entries(operation.input)) {
    const value = input[field];
    if (required && (value === undefined || value === null)) return { field, rule: 'is required' };
    const rule = value === undefined ? undefined : brokenRule(attribute, value, now);
    if (rule) return { field, rule };
  }
  return undefined;
};

/**
 * Valid input values in the form in which they are stored; what was left out stays out, but of an own command, where it
 * is null.
 */
export const normalized = (operation: Operation, input: Record<string, unknown>): Attributes =>
  Object.fromEntries(
    Object.entries(operation.input).flatMap(([field, { attribute }]) => {
      const value = input[field] as AttributeValue | undefined;
      if (value === undefined) return operation.action === 'own' ? [[field, null]] : [];
      return [[field, normalize(attribute, value)]];
    }),
  );
