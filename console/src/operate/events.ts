import type { Client, Event, Row } from 'user-management-client';
import type { Kind } from '../aggregates/kinds.ts';
import { momentOf } from '../parts/words.ts';

/** The event with which an aggregate's last life ended, if any did. What is gone has few events behind it. */
export const lastEnding = async (
  client: Client,
  { aggregate }: Kind,
  aggregateId: string,
  signal?: AbortSignal,
): Promise<Event | undefined> => {
  for (let nextToken: string | null = null; ;) {
    const page: { items: Event[]; nextToken: string | null } = await client.events(
      { aggregate, aggregateId, direction: 'DESC', limit: 25, ...(nextToken && { nextToken }) },
      { signal },
    );
    const end = page.items.find(({ type }) => /(Deleted|Erased)$/.test(type));
    if (end || !page.nextToken) return end;
    nextToken = page.nextToken;
  }
};

/** What it was at a moment, as it was known at another; as it is known now, if that is left out. */
export const stateAt = (
  client: Client,
  { aggregate }: Kind,
  of: { id: string; timestamp: string; knownAt?: string },
  signal?: AbortSignal,
): Promise<Row | null> => client[`${aggregate.toLowerCase() as Lowercase<Kind['aggregate']>}At`](of, { signal });

/** A payload as lines of a person's reading. */
export const pretty = (payload: string): string => {
  try {
    return JSON.stringify(JSON.parse(payload), null, 2);
  } catch {
    return payload;
  }
};

/** What a correction says. */
export interface Correction {
  kind?: 'CANCEL' | 'MOVE' | 'INSERT';
  version?: number;
  type?: string;
  payload?: object;
}

export const correctionIn = ({ type, payload }: Event): Correction | null =>
  type.endsWith('Corrected') ? (JSON.parse(payload) as Correction) : null;

export const correctionWords = ({ kind, version, type }: Correction, effectiveAt: string): string => {
  switch (kind) {
    case 'CANCEL':
      return `Version ${version} did not happen`;
    case 'MOVE':
      return `Version ${version} took effect ${momentOf(effectiveAt)}`;
    case 'INSERT':
      return `${type} happened, too: ${momentOf(effectiveAt)}`;
    case undefined:
      return `Version ${version} should have said this`;
  }
};
