import type { AggregateName } from '../aggregate.ts';
import { alike, comparable } from '../values/attributes.ts';
import type { State } from './state.ts';
import { aggregates, uniqueAttributesOf } from '../../operations.ts';

/** A claim of a unique value: held by one live aggregate at a time. */
export interface Claim {
  aggregate: AggregateName;
  attribute: string;
  /** `<aggregate>#<attribute>#<comparable value>`: the key of table uniqueValue. */
  key: string;
}

/**
 * UTF-16 units of the longest value that keys of tables take. What an older system left may be longer, or empty: nobody
 * can give such a value any more, so nothing has to hold it.
 */
const longestKey = 600;
const isKey = (value: string): boolean => value !== '' && value.length <= longestKey;

/** The value in the form in which it is compared, per unique attribute of a live aggregate. */
export const uniqueValuesOf = (aggregate: AggregateName, state: State): Record<string, string> => {
  if (state.status !== 'live') return {};
  return Object.fromEntries(
    uniqueAttributesOf(aggregate).flatMap((name) => {
      const attribute = aggregates[aggregate].attributes[name];
      const value = state.attributes[name];
      const form = attribute && typeof value === 'string' ? comparable(attribute, value) : '';
      return isKey(form) ? [[name, form]] : [];
    }),
  );
};

/**
 * The claims that a state holds: of each unique value as it stands, and of what it has in common with values that look
 * alike. The former alone is what claims were before looks counted, and holds on.
 */
export const claimsOf = (aggregate: AggregateName, state: State): Claim[] =>
  Object.entries(uniqueValuesOf(aggregate, state)).flatMap(([attribute, value]) => {
    const forms = aggregates[aggregate].attributes[attribute]?.kind === 'text' ? [value, alike(value)] : [value];
    return [...new Set(forms)].map((form) => ({ aggregate, attribute, key: `${aggregate}#${attribute}#${form}` }));
  });

/** The claims to take and to release when one state follows another. */
export const claimChanges = (
  aggregate: AggregateName,
  before: State,
  after: State,
): { takes: Claim[]; releases: Claim[] } => {
  const held = claimsOf(aggregate, before);
  const wanted = claimsOf(aggregate, after);
  const without = (claims: Claim[], others: Claim[]) =>
    claims.filter(({ key }) => !others.some((other) => other.key === key));
  return { takes: without(wanted, held), releases: without(held, wanted) };
};
