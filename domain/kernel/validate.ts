import type { Attributes, Command, AttributeValue } from './aggregate.ts';
import { brokenRule, givenIdRule, madeIdRule, matches, normalize, uuidPattern } from './attributes.ts';
import { aggregates, type Operation } from '../operations.ts';

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
  const idRule = aggregates[aggregate].id === 'given' ? givenIdRule : madeIdRule;
  if (operation.action === 'create' && aggregates[aggregate].id === 'made' && aggregateId !== command.commandId)
    return { field: 'id', rule: "must be the command's id" };
  if (aggregateId.length > idRule.maxLength || !matches(idRule.pattern, aggregateId))
    return { field: 'id', rule: idRule.rule };
  if (expectedVersion !== undefined && !(Number.isInteger(expectedVersion) && expectedVersion > 0)) {
    return { field: 'expectedVersion', rule: 'must be a whole number from 1' };
  }
  if (operation.action === 'correct') return undefined;
  return attributesViolation(operation, input, now);
};

/** The id of a caller's own user: the subject, an id of Auth0's own without its prefix. The API derives it by the same rule. */
const ownIdOf = (actor: string): string => {
  const subject = actor.slice(actor.indexOf(':') + 1);
  return /^auth0\|([^|]+)$/.exec(subject)?.[1] ?? subject;
};

const attributesViolation = (
  operation: Operation,
  input: Record<string, unknown>,
  now: number,
): Violation | undefined => {
  const known = operation.aggregate === null ? {} : aggregates[operation.aggregate].attributes;
  for (const field of Object.keys(input)) {
    if (!operation.attributes.includes(field)) return { field, rule: `is not an attribute of ${operation.name}` };
  }
  for (const field of operation.attributes) {
    const attribute = known[field];
    if (!attribute) throw new Error(`${operation.name} names the unknown attribute ${field}`);
    const value = input[field];
    if (value === undefined && operation.action === 'update') continue;
    if (operation.action === 'create' && (value === undefined || value === null)) {
      if (attribute.optional) continue;
      return { field, rule: 'is required' };
    }
    const rule = brokenRule(attribute, value, now);
    if (rule) return { field, rule };
  }
  return undefined;
};

/** Valid input values in the form in which they are stored; what was left out stays out. */
export const normalized = (operation: Operation, input: Record<string, unknown>): Attributes => {
  const known = operation.aggregate === null ? {} : aggregates[operation.aggregate].attributes;
  return Object.fromEntries(
    operation.attributes.flatMap((field) => {
      const attribute = known[field];
      const value = input[field] as AttributeValue | undefined;
      return attribute && value !== undefined ? [[field, normalize(attribute, value)]] : [];
    }),
  );
};
