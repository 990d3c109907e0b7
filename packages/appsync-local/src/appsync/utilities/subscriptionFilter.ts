/** `util.transform.toSubscriptionFilter`: a filter object in disjunctive normal form. */
import { list, record, text, UtilityError } from './arguments.ts';

interface Filter {
  fieldName: string;
  operator: string;
  value: unknown;
}

/** Alternatives, each a conjunction of filters. One empty conjunction holds always. */
type Alternatives = Filter[][];

const always: Alternatives = [[]];

/**
 * Several operators on one field are alternatives; different fields must all hold; `and` and `or` nest.
 * Of `rules`, at least one must hold besides. Names in `ignored` count nowhere.
 */
export function toSubscriptionFilter(
  filter: unknown,
  ignored?: unknown,
  rules?: unknown,
): { filterGroup: { filters: Filter[] }[] } {
  const skip = new Set(
    (ignored === undefined || ignored === null ? [] : list(ignored, 'the ignored fields')).map((name) =>
      text(name, 'an ignored field'),
    ),
  );
  const wanted = filter === undefined || filter === null ? always : allOf(record(filter, 'the filter'), skip);
  const required =
    rules === undefined || rules === null
      ? []
      : Object.entries(record(rules, 'the rules')).flatMap(([field, operators]) => anyOperator(field, operators));
  const groups = required.length > 0 ? both(wanted, required) : wanted;
  return { filterGroup: groups.filter((filters) => filters.length > 0).map((filters) => ({ filters })) };
}

function allOf(filter: Record<string, unknown>, skip: Set<string>): Alternatives {
  return Object.entries(filter).reduce<Alternatives>((alternatives, [key, value]) => {
    if (skip.has(key)) return alternatives;
    if (key === 'and')
      return list(value, 'and')
        .map((part) => allOf(record(part, 'and'), skip))
        .reduce(both, alternatives);
    if (key === 'or') {
      const parts = list(value, 'or');
      if (parts.length === 0) throw new UtilityError('the filter has an empty or');
      return both(
        alternatives,
        parts.flatMap((part) => allOf(record(part, 'or'), skip)),
      );
    }
    return both(alternatives, anyOperator(key, value));
  }, always);
}

function anyOperator(fieldName: string, operators: unknown): Alternatives {
  const alternatives = Object.entries(record(operators, `the filter on ${fieldName}`)).map(([operator, value]) => [
    { fieldName, operator, value },
  ]);
  if (alternatives.length === 0) throw new UtilityError(`the filter on ${fieldName} has no operator`);
  return alternatives;
}

function both(left: Alternatives, right: Alternatives): Alternatives {
  return left.flatMap((one) => right.map((other) => [...one, ...other]));
}
