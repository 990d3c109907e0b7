import { type Attributes, type DomainEvent, initialState } from '../../domain/kernel/aggregate.ts';
import { evolve } from '../../domain/kernel/fold.ts';
import { actionOf, uniqueAttributesOf } from '../../domain/operations.ts';
import { uniqueValuesOf } from '../../domain/kernel/unique.ts';
import { rowOf, type ViewRow } from '../../domain/kernel/view.ts';
import type { RowChange, RowKey, Views, WriteResult } from '../ports/views/port.ts';

export const keyOf = ({ aggregate, aggregateId }: { aggregate: RowKey['aggregate']; aggregateId: string }): RowKey => ({
  aggregate,
  id: aggregateId,
});

/**
 * Writes what one event does to the row that the version before it left, without reading that row. Null: the event
 * has to be seen with the rest of its stream.
 */
export const writeOne = async (event: DomainEvent, views: Views): Promise<WriteResult | null> => {
  const action = actionOf(event);
  const before = event.version - 1;
  switch (action) {
    case 'create':
      return before === 0 ? views.put(keyOf(event), shown(event, evolve(initialState, event)), 0) : null;
    case 'update':
      return views.change(keyOf(event), changeOf(event), before);
    case 'delete':
      return before === 0
        ? null
        : views.put(
            keyOf(event),
            shown(event, { status: 'deleted', version: event.version, deletedAt: event.timestamp }),
            before,
          );
    case 'correct':
      return null;
    default:
      return action satisfies never;
  }
};

const shown = ({ aggregate, aggregateId }: DomainEvent, state: Parameters<typeof rowOf>[2]): ViewRow => {
  const row = rowOf(aggregate, aggregateId, state);
  if (!row) throw new Error(`${aggregate} ${aggregateId} has no row to show`);
  return row;
};

/** An update's payload as changes to a row: null takes an attribute away, and the key of its index with it. */
export const changeOf = (event: DomainEvent): RowChange => {
  const { aggregate, version, timestamp } = event;
  const attributes = event.payload as Attributes;
  const live = { status: 'live', version, attributes, createdAt: timestamp, updatedAt: timestamp } as const;
  const keys = Object.entries(uniqueValuesOf(aggregate, live)).map(([name, value]) => [`${name}Key`, value] as const);
  const cleared = Object.keys(attributes).filter((name) => attributes[name] === null);
  return {
    set: {
      ...Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== null)),
      ...Object.fromEntries(keys),
      version,
      updatedAt: new Date(timestamp).toISOString(),
    },
    remove: [
      ...cleared,
      ...cleared.filter((name) => uniqueAttributesOf(aggregate).includes(name)).map((name) => `${name}Key`),
    ],
  };
};
