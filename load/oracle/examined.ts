import type { Item, Stored } from './stored.ts';
import { type Fate, fateOfStream, type StoredEvent, streamsIn } from './streams.ts';

/** What was looked at for one guarantee, and what is wrong. */
export interface Verdict {
  invariant: string;
  says: string;
  /** How much was looked at. */
  looked: string;
  wrong: string[];
}

/** A stack's tables, put in order. */
export interface Examined {
  stored: Stored;
  streams: Map<string, StoredEvent[]>;
  fates: Map<string, Fate>;
  /** By stream. */
  rows: Map<string, Item>;
  /** Milliseconds since the epoch. */
  now: number;
}

export const examined = (stored: Stored, now: number): Examined => {
  const streams = streamsIn(stored.eventStore);
  return {
    stored,
    streams,
    fates: new Map([...streams].map(([id, events]) => [id, fateOfStream(events)])),
    rows: new Map(
      Object.entries(stored.views).flatMap(([aggregate, rows]) =>
        rows.map((row) => [`${aggregate}#${String(row['id'])}`, row] as const),
      ),
    ),
    now,
  };
};

export const count = (amount: number, what: string): string => `${amount.toLocaleString('en')} ${what}`;

export const isLive = (row: Item): boolean => row['deletedAt'] === undefined;

export const aggregateOf = (streamId: string): string => streamId.slice(0, streamId.indexOf('#'));

export const iso = (moment: number): string => new Date(moment).toISOString();
