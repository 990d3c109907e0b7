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

/** What part of a stream a page shows. */
interface Part {
  limit: number;
  nextToken: string | undefined;
  /** The version to begin with, where no token says where to go on. */
  fromVersion: number | undefined;
  /** The last version first. */
  backwards: boolean;
}

/** One page of one stream, in order of version, or against it. @throws InvalidArgument for a token of another list */
export const eventsOfStream = async (
  eventStore: EventReader,
  aggregate: AggregateName,
  aggregateId: string,
  { limit, nextToken, fromVersion, backwards }: Part,
): Promise<Page> => {
  const asked = `events ${streamIdOf(aggregate, aggregateId)}${backwards ? ' backwards' : ''}`;
  const from = nextToken === undefined ? undefined : decode(nextToken, asked, isPlace).version;
  const page = (read: (DomainEvent | UnreadableEvent)[], version: number | undefined): Page => ({
    items: read.flatMap((event) => (event instanceof UnreadableEvent ? [] : [event])),
    unreadable: read.filter((event) => event instanceof UnreadableEvent),
    nextToken: version === undefined ? null : encode(asked, { version }),
  });
  if (backwards) {
    const last = () => lastVersion(eventStore, aggregate, aggregateId);
    const end = from ?? Math.min(fromVersion ?? Infinity, await last()) + 1;
    // Versions have no gaps: which are the ones before, is known without reading from the end.
    const before = Math.max(0, end - 1 - limit);
    const read = await readAfter(eventStore, aggregate, aggregateId, before, end - 1 - before);
    return page(read.filter(({ version }) => version < end).reverse(), before > 0 ? before + 1 : undefined);
  }
  const read = await readAfter(eventStore, aggregate, aggregateId, from ?? (fromVersion ?? 1) - 1, limit + 1);
  const shown = read.slice(0, limit);
  return page(shown, read.length > limit ? shown.at(-1)?.version : undefined);
};

const lastVersion = async (eventStore: EventReader, aggregate: AggregateName, aggregateId: string): Promise<number> => {
  try {
    const [last] = await eventStore.loadLast(aggregate, aggregateId, 1);
    return last?.version ?? 0;
  } catch (error) {
    if (error instanceof UnreadableEvent) return error.version;
    throw error;
  }
};

/** Events behind a version; one after the other where something stands among them that is none. */
const readAfter = async (
  eventStore: EventReader,
  aggregate: AggregateName,
  aggregateId: string,
  version: number,
  limit: number,
): Promise<(DomainEvent | UnreadableEvent)[]> => {
  if (limit < 1) return [];
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
