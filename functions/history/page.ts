import type { AggregateName } from '../../domain/kernel/aggregate.ts';
import type { DomainEvent } from '../../domain/kernel/stream/event.ts';
import { streamIdOf } from '../../domain/kernel/stream/event.ts';
import { UnreadableEvent } from '../ports/eventStore/item.ts';
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
  const read = await readAfter(eventStore, aggregate, aggregateId, version, limit + 1);
  const page = read.slice(0, limit);
  return {
    items: page.flatMap((event) => (event instanceof UnreadableEvent ? [] : [event])),
    unreadable: page.filter((event) => event instanceof UnreadableEvent),
    nextToken: read.length > limit ? encode(asked, { version: page.at(-1)?.version }) : null,
  };
};

/** Events behind a version; one after the other where something stands among them that is none. */
const readAfter = async (
  eventStore: EventReader,
  aggregate: AggregateName,
  aggregateId: string,
  version: number,
  limit: number,
): Promise<(DomainEvent | UnreadableEvent)[]> => {
  try {
    return await eventStore.loadAfter(aggregate, aggregateId, version, limit);
  } catch (error) {
    if (!(error instanceof UnreadableEvent)) throw error;
    if (limit > 1) {
      const read: (DomainEvent | UnreadableEvent)[] = [];
      for (let last = version; read.length < limit; last = read.at(-1)!.version) {
        const [next] = await readAfter(eventStore, aggregate, aggregateId, last, 1);
        if (!next) break;
        read.push(next);
      }
      return read;
    }
    return [error];
  }
};
