import type { AggregateName } from '../aggregate.ts';
import type { AttributeValue } from '../values/attributes.ts';
import { corrected, correctorsOf } from './correction.ts';
import { same } from '../values/equal.ts';
import { type DomainEvent, effectiveAtOf } from './event.ts';
import { foldEffective, sinceErasure, standingAt } from './fold.ts';
import type { State } from './state.ts';
import { aggregates } from '../../operations.ts';

/** One attribute that differs; null where there was nothing, or nothing is known. */
export interface Difference {
  attribute: string;
  before: AttributeValue | null;
  after: AttributeValue | null;
}

/** A state with the moment at which it is looked at, in milliseconds since the epoch. */
export interface Seen {
  state: State;
  at: number;
}

/** What differs between two states of one aggregate, attribute by attribute, in the order of their declaration. */
export const differences = (aggregate: AggregateName, before: Seen, after: Seen): Difference[] => {
  const [was, is] = [before, after].map(({ state, at }) =>
    state.status === 'live' ? standingAt(aggregate, state.attributes, at) : {},
  ) as [Record<string, AttributeValue>, Record<string, AttributeValue>];
  return Object.keys(aggregates[aggregate].columns)
    .map((attribute) => ({ attribute, before: was[attribute] ?? null, after: is[attribute] ?? null }))
    .filter((each) => !same(each.before, each.after));
};

/** By whom: null for what ended by itself. */
export type Change = Difference & { actor: string | null };

/**
 * What differs in one aggregate between two moments, and by whom each attribute became what it was at the second.
 * @param events its whole stream
 * @param from milliseconds since the epoch, as is `to`: what took effect after it and not after `to` makes the
 * difference
 * @throws ImpossibleEvent when the stream is damaged
 */
export const changesIn = (aggregate: AggregateName, events: DomainEvent[], from: number, to: number): Change[] => {
  const { gone, rest } = sinceErasure(events);
  const effective = corrected(rest);
  const correctors = correctorsOf(rest);
  const atFirst = foldEffective(
    gone,
    [],
    effective.filter((event) => effectiveAtOf(event) <= from),
  );
  const sayers = new Map<string, string>();
  let state = atFirst;
  for (const event of effective) {
    if (effectiveAtOf(event) <= from || effectiveAtOf(event) > to) continue;
    const next = foldEffective(state, [], [event]);
    for (const { attribute } of differences(aggregate, { state, at: -Infinity }, { state: next, at: -Infinity }))
      sayers.set(attribute, correctors.get(event.version) ?? event.actor);
    state = next;
  }
  return differences(aggregate, { state: atFirst, at: from }, { state, at: to }).map((difference) => ({
    ...difference,
    actor: sayers.get(difference.attribute) ?? null,
  }));
};
