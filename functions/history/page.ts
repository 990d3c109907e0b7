import type { AggregateName } from '../../domain/kernel/aggregate.ts';
import type { DomainEvent } from '../../domain/kernel/event.ts';
import { streamIdOf } from '../../domain/kernel/event.ts';
import type { UnreadableEvent } from '../ports/eventStore/item.ts';
import type { EventReader } from '../ports/eventStore/port.ts';
import { decode, encode, isShaped } from './token.ts';

export interface Page {
  items: DomainEvent[];
  nextToken: string | null;
  /** What stood on the page and is no event. */
  unreadable?: UnreadableEvent[];
}

const isPlace = (value: unknown): value is { version: number } => isShaped(value, { version: 'integer' });

/** One page of one stream, in order of version. @throws InvalidArgument for a token of another list */
export const eventsOfStream = async (
  eventStore: EventReader,
  aggregate: AggregateName,
  aggregateId: string,
  limit: number,
  nextToken?: string,
): Promise<Page> => {
  const asked = `events ${streamIdOf(aggregate, aggregateId)}`;
  const { version } = nextToken === undefined ? { version: 0 } : decode(nextToken, asked, isPlace);
  const events = await eventStore.loadAfter(aggregate, aggregateId, version, limit + 1);
  const items = events.slice(0, limit);
  return { items, nextToken: events.length > limit ? encode(asked, { version: items.at(-1)?.version }) : null };
};
