/**
 * Checks a filter that a subscription's resolver has set, before the subscription starts. The service takes more than
 * it can do and then delivers nothing, or everything; here whatever is not known to work is refused by name.
 */
import type { FilterOperator, SubscriptionFilter } from '../types.ts';

type Filter = SubscriptionFilter['filterGroup'][number]['filters'][number];

const limits = { filtersPerGroup: 10, fields: 5, stringLength: 256, nesting: 5, inValues: 5, containsAnyValues: 20 };

type Scalar = string | number | boolean;

/** What each operator compares with. */
const valueRules: Record<FilterOperator, (value: unknown) => boolean> = {
  eq: isScalar,
  ne: isScalar,
  le: isOrdered,
  lt: isOrdered,
  ge: isOrdered,
  gt: isOrdered,
  between: (value) => isListOf(value, isOrdered) && value.length === 2,
  contains: isScalar,
  notContains: isScalar,
  beginsWith: (value) => typeof value === 'string',
  in: (value) => isListOf(value, isScalar),
  notIn: (value) => isListOf(value, isScalar),
  containsAny: (value) => isListOf(value, isScalar),
};

/** The first thing wrong with a filter, in words; null if nothing is. */
export function filterProblem(filter: SubscriptionFilter): string | null {
  const groups: unknown = filter.filterGroup;
  if (!Array.isArray(groups) || groups.length === 0) return 'subscription filter has no filterGroup';
  const types = new Map<string, string>();
  for (const group of filter.filterGroup) {
    if (!Array.isArray(group?.filters) || group.filters.length === 0)
      return 'subscription filter has a group without filters';
    for (const entry of group.filters) {
      const problem = entryProblem(entry, types);
      if (problem) return problem;
    }
    const count = group.filters.reduce(
      (sum, { operator, value }) => sum + (operator === 'in' || operator === 'notIn' ? (value as unknown[]).length : 1),
      0,
    );
    if (count > limits.filtersPerGroup)
      return `Filters exceed maximum limit ${limits.filtersPerGroup} per group for subscription: ${count}`;
  }
  if (types.size > limits.fields) return `Filters exceed maximum attributes limit ${limits.fields} for subscription`;
  return null;
}

function entryProblem({ fieldName, operator, value }: Filter, types: Map<string, string>): string | null {
  if (typeof fieldName !== 'string' || !/^\w+(\.\w+)*$/.test(fieldName))
    return `subscription filter has an invalid fieldName: ${JSON.stringify(fieldName)}`;
  const accepts = Object.hasOwn(valueRules, operator) ? valueRules[operator] : undefined;
  if (!accepts)
    return `subscription filter has an unsupported operator \`${String(operator)}\` for field \`${fieldName}\``;
  if (!accepts(value))
    return `subscription filter operator \`${operator}\` does not take the value ${JSON.stringify(value)} (field \`${fieldName}\`)`;

  const depth = fieldName.split('.').length;
  if (depth > limits.nesting)
    return `subscription filter field \`${fieldName}\` is nested deeper than ${limits.nesting} levels`;
  // On the service it matches nothing there.
  if (depth > 1 && operator === 'beginsWith')
    return `subscription filter operator \`beginsWith\` is not supported for the nested field \`${fieldName}\``;

  const values = Array.isArray(value) ? (value as Scalar[]) : [value as Scalar];
  const limit = operator === 'containsAny' ? limits.containsAnyValues : limits.inValues;
  if (values.length > limit) return `subscription exceeds maximum value limit ${limit} for operator \`${operator}\`.`;
  if (values.some((item) => typeof item === 'string' && item.length > limits.stringLength))
    return `subscription filter value for \`${fieldName}\` is longer than ${limits.stringLength} characters`;
  for (const item of values) {
    const type = types.get(fieldName) ?? typeof item;
    if (type !== typeof item)
      return `subscription filter compares field \`${fieldName}\` with values of different types: ${type}, ${typeof item}`;
    types.set(fieldName, type);
  }
  return null;
}

function isScalar(value: unknown): value is Scalar {
  return typeof value === 'string' || typeof value === 'boolean' || isNumber(value);
}

function isOrdered(value: unknown): value is string | number {
  return typeof value === 'string' || isNumber(value);
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function isListOf(value: unknown, accepts: (item: unknown) => boolean): value is Scalar[] {
  return Array.isArray(value) && value.length > 0 && value.every(accepts);
}
