/** Whether a published payload is for a subscription. */
import { isDeepStrictEqual } from 'node:util';
import type { PublishedValue, Subscription, SubscriptionFilter } from '../types.ts';

type Filter = SubscriptionFilter['filterGroup'][number]['filters'][number];
type Payload = Record<string, unknown>;

/** Hears of a comparison that the service would get wrong without a word: why nothing is delivered. */
export type Warn = (message: string) => void;

/** A filter replaces the arguments; without one, each argument given must equal the payload's field of that name. */
export function matches(subscription: Subscription, payload: PublishedValue, warn: Warn): boolean {
  const { filter, args } = subscription;
  if (Array.isArray(payload)) {
    const unconditional = !filter && Object.keys(args).length === 0;
    if (!unconditional) warn('a list has no fields to compare with arguments or filters');
    return unconditional;
  }
  if (!filter) return Object.entries(args).every(([name, value]) => matchesArgument(name, value, payload, warn));
  return filter.filterGroup.some((group) => group.filters.every((entry) => matchesFilter(entry, payload, warn)));
}

/** A null argument asks for payloads in which the field is null or missing. */
function matchesArgument(name: string, expected: unknown, payload: Payload, warn: Warn): boolean {
  const actual = payload[name] ?? null;
  if (expected === null) return actual === null;
  if (!Object.hasOwn(payload, name))
    warn(`argument ${name} is compared with a field that the mutation's selection set leaves out`);
  return isDeepStrictEqual(actual, expected);
}

function matchesFilter(entry: Filter, payload: Payload, warn: Warn): boolean {
  const found = lookUp(payload, entry.fieldName);
  if (found.problem !== undefined) {
    warn(`filter field ${entry.fieldName} ${found.problem}`);
    return false;
  }
  if (Array.isArray(found.value) && entry.operator === 'notContains') {
    warn(`filter operator notContains on the list ${entry.fieldName} is not supported`);
    return false;
  }
  return compare(entry, found.value);
}

/** The value at a dotted path, or what is in the way. A null on the way makes it null. */
function lookUp(payload: Payload, path: string): { value: unknown; problem?: undefined } | { problem: string } {
  let value: unknown = payload;
  for (const name of path.split('.')) {
    if (value === null) return { value: null };
    if (Array.isArray(value)) return { problem: 'lies within a list, which is not supported' };
    if (typeof value !== 'object' || !Object.hasOwn(value as object, name))
      return { problem: "is left out of the mutation's selection set" };
    value = (value as Payload)[name];
  }
  return { value };
}

function compare({ operator, value: expected }: Filter, actual: unknown): boolean {
  const several = Array.isArray(expected) ? (expected as unknown[]) : [];
  switch (operator) {
    case 'eq':
      return actual === expected;
    case 'ne':
      return actual !== expected;
    case 'le':
      return inOrder(actual, expected);
    case 'lt':
      return inOrder(actual, expected) && actual !== expected;
    case 'ge':
      return inOrder(expected, actual);
    case 'gt':
      return inOrder(expected, actual) && actual !== expected;
    case 'between':
      return inOrder(several[0], actual) && inOrder(actual, several[1]);
    case 'contains':
      return contains(actual, expected);
    case 'notContains':
      return !contains(actual, expected);
    case 'beginsWith':
      return typeof actual === 'string' && actual.startsWith(String(expected));
    case 'in':
      return several.includes(actual);
    case 'notIn':
      return !several.includes(actual);
    case 'containsAny':
      return Array.isArray(actual) && actual.some((item) => several.includes(item));
  }
}

/** Numbers by value, strings by code unit; anything else is in no order. */
function inOrder(first: unknown, second: unknown): boolean {
  if (typeof first === 'number' && typeof second === 'number') return first <= second;
  return typeof first === 'string' && typeof second === 'string' && first <= second;
}

function contains(actual: unknown, expected: unknown): boolean {
  if (Array.isArray(actual)) return actual.includes(expected);
  return typeof actual === 'string' && typeof expected === 'string' && actual.includes(expected);
}
