import type { AggregateName, Caller } from '../aggregate.ts';
import { type Attributes, type AttributeValue, comparable } from '../values/attributes.ts';
import type { DomainEvent } from '../stream/event.ts';
import { reject, type Rejection, unprovedCode } from '../rejection.ts';
import { aggregates } from '../../operations.ts';

/** What the token of a sender proves, by attribute. */
export type Proved = Record<string, string>;

/**
 * In front of the claims of a token that prove an attribute: `<this>email` with `<this>email_verified`. An Action sets
 * them (docs/auth0.md).
 */
export const claimNamespace = 'https://user-management/';

/** In words, completing "<field>: …". */
export const proofRule = 'must be the one that is verified where you log in';

/** The attributes of a command's input that a token can prove, where people say them of themselves. */
export const provableIn = ({
  aggregate,
  caller,
  input,
}: {
  aggregate: AggregateName | null;
  caller: Caller;
  input: Record<string, unknown>;
}): string[] =>
  aggregate === null || caller !== 'user'
    ? []
    : Object.keys(aggregates[aggregate].proofs).filter((attribute) => Object.hasOwn(input, attribute));

const isProved = (aggregate: AggregateName, attribute: string, value: unknown, proved: Proved): boolean => {
  const rules = aggregates[aggregate].attributes[attribute];
  const said = proved[attribute];
  return (
    !!rules && said !== undefined && typeof value === 'string' && comparable(rules, value) === comparable(rules, said)
  );
};

/** The rejection of what a person says and does not prove. */
export const unproved = (
  aggregate: AggregateName,
  provable: string[],
  input: Record<string, unknown>,
  proved: Proved,
): { rejection: Rejection } | undefined => {
  const attribute = provable.find(
    (name) => input[name] !== undefined && !isProved(aggregate, name, input[name], proved),
  );
  return attribute === undefined ? undefined : reject(unprovedCode(attribute), `${attribute}: ${proofRule}`);
};

/**
 * What a command wishes, with what is proved of it.
 * @param before what is; nothing, if a life begins
 * @param changes what the wish changes of it
 */
export const withProofs = (
  aggregate: AggregateName,
  provable: string[],
  proved: Proved,
  wished: Attributes,
  { before, changes }: { before: Attributes; changes: Attributes },
): Attributes => {
  const flags = provable.flatMap((attribute): [string, AttributeValue][] => {
    const flag = aggregates[aggregate].proofs[attribute]!;
    if (!isProved(aggregate, attribute, wished[attribute], proved)) return [];
    return Object.hasOwn(changes, attribute) || before[flag] !== true ? [[flag, true]] : [];
  });
  return { ...changes, ...Object.fromEntries(flags) };
};

/** What the payload of a create or an update says: what it says anew is not proved, unless it says that too. */
export const saidIn = ({ aggregate, payload }: DomainEvent): Attributes => {
  const said = payload as Attributes;
  const flags = Object.entries(aggregates[aggregate].proofs)
    .filter(([attribute, flag]) => Object.hasOwn(said, attribute) || Object.hasOwn(said, flag))
    .map(([, flag]) => [flag, said[flag] ?? false]);
  return { ...said, ...(Object.fromEntries(flags) as Attributes) };
};
