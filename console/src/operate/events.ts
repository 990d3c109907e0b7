import type { Client, Event, Row } from 'user-management-client';
import type { Kind } from '../aggregates/kinds.ts';
import { momentOf } from '../parts/words.ts';

/** All events of one aggregate, in order of version. */
export const everyEvent = async (
  client: Client,
  { aggregate }: Kind,
  aggregateId: string,
  signal?: AbortSignal,
): Promise<Event[]> => {
  const events: Event[] = [];
  for (let nextToken: string | null = null; ;) {
    const page: { items: Event[]; nextToken: string | null } = await client.events(
      { aggregate, aggregateId, limit: 100, ...(nextToken && { nextToken }) },
      { signal },
    );
    events.push(...page.items);
    if (!page.nextToken) return events;
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
