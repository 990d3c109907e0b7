import type { AggregateName } from '../../domain/kernel/aggregate.ts';
import { type DomainEvent, streamIdOf } from '../../domain/kernel/stream/event.ts';
import { isCorrection } from '../../domain/kernel/stream/correction.ts';
import { nameOf } from '../../domain/kernel/view/view.ts';
import { aggregates } from '../../domain/operations.ts';
import type { Reference } from '../../generated/schema.ts';
import { apiNameOf } from '../api.ts';
import type { RowKey, Views } from '../ports/views/port.ts';

/**
 * What an event speaks of, with the names that it has now; null where nothing live has the id, and of all that was
 * erased.
 */
export interface Named {
  name: string | null;
  refersTo: Reference[];
}

/** Rows looked at for the names of a page, at the most. */
const mostRows = 1_000;

/** Names for events: by rows of the views alone, as only what is still there may be named. */
export const namesFor = async (events: DomainEvent[], views: Pick<Views, 'getMany'>, now: number): Promise<Named[]> => {
  const keys = new Map(
    events.flatMap((event) => [ownKey(event), ...referencesIn(event)]).map((key) => [idOf(key), key]),
  );
  const rows = await views.getMany([...keys.values()].slice(0, mostRows));
  const names = new Map(rows.map(({ key, row }) => [idOf(key), nameOf(key.aggregate, row, now)]));
  const named = (key: RowKey) => names.get(idOf(key)) ?? null;
  return events.map((event) => ({
    // Who signs up anew after an erasure has no part in what was erased.
    name: event.erased ? null : named(ownKey(event)),
    refersTo: referencesIn(event).map((key) => ({
      aggregate: apiNameOf(key.aggregate),
      id: key.id,
      name: named(key),
    })),
  }));
};

const idOf = ({ aggregate, id }: RowKey): string => streamIdOf(aggregate, id);

const ownKey = ({ aggregate, aggregateId }: DomainEvent): RowKey => ({ aggregate, id: aggregateId });

/** What a payload refers to, each once; in a correction, what it puts in the place of another. */
const referencesIn = (event: DomainEvent): RowKey[] => {
  const said = isCorrection(event) ? event.payload['payload'] : event.payload;
  if (typeof said !== 'object' || said === null) return [];
  const found = Object.entries(said).flatMap(([attribute, value]) => {
    const to = referredBy(event.aggregate, attribute);
    return to ? idsIn(value).map((id): RowKey => ({ aggregate: to, id })) : [];
  });
  return [...new Map(found.map((key) => [idOf(key), key])).values()];
};

/** By an attribute of the aggregate, or of one of its own events. */
const referredBy = (aggregate: AggregateName, attribute: string): AggregateName | undefined => {
  const { columns, events } = aggregates[aggregate];
  const tables = [columns, ...Object.values(events).map(({ payload }) => payload)];
  return tables.find((table) => Object.hasOwn(table, attribute) && table[attribute]?.to)?.[attribute]?.to;
};

const idsIn = (value: unknown): string[] =>
  (Array.isArray(value) ? value : [value]).filter((id): id is string => typeof id === 'string' && id !== '');
