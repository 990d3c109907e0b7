import { expect } from 'vitest';
import type { AggregateName } from '../../../domain/kernel/aggregate.ts';
import type { DomainEvent } from '../../../domain/kernel/stream/event.ts';
import { streamIdOf } from '../../../domain/kernel/stream/event.ts';
import { fold } from '../../../domain/kernel/stream/fold.ts';
import { aggregates } from '../../../domain/operations.ts';
import type { ProjectionUpdate } from '../../../generated/schema.ts';

type Streams = Map<string, DomainEvent[]>;

const aggregateOf = ({ aggregate }: ProjectionUpdate) => aggregate.toLowerCase() as AggregateName;

/** What an update must say of the row at its version, by the fold of that many events: null for a deleted one. */
const rowAt = (update: ProjectionUpdate, streams: Streams): Record<string, unknown> | null => {
  const name = aggregateOf(update);
  const events = streams.get(streamIdOf(name, update.aggregateId)) ?? [];
  expect(
    events.length,
    `the row of ${update.aggregateId} was heard at version ${update.version}`,
  ).toBeGreaterThanOrEqual(update.version);
  const state = fold(events.slice(0, update.version));
  if (state.status !== 'live') return null;
  const attributes = Object.fromEntries(
    Object.keys(aggregates[name].attributes).map((attribute) => [attribute, state.attributes[attribute] ?? null]),
  );
  return { ...attributes, id: update.aggregateId, version: update.version };
};

/**
 * Judges what one subscriber heard by what the event store holds: every event that concerns it and no other, each
 * update a prefix of its stream and no older than its event.
 * @returns how many updates came more than once
 */
export const expectHeard = (
  heard: ProjectionUpdate[],
  concerns: (update: { aggregate: string; aggregateId: string }) => boolean,
  streams: Streams,
  events: DomainEvent[],
  who: string,
): number => {
  expect(
    heard.filter((update) => !concerns(update)),
    `${who} hears of what does not concern it`,
  ).toEqual([]);
  const seen = new Set(heard.map(({ eventId }) => eventId));
  const missed = events.filter(
    (event) =>
      concerns({ aggregate: event.aggregate.toUpperCase(), aggregateId: event.aggregateId }) &&
      !seen.has(event.eventId),
  );
  expect(
    missed.map(({ type, aggregateId, version }) => `${type} ${aggregateId} ${version}`),
    `${who} misses`,
  ).toEqual([]);

  const versions = new Map(events.map(({ eventId, version }) => [eventId, version]));
  for (const update of heard) {
    expect(update.version, `${who}: no older than its event`).toBeGreaterThanOrEqual(versions.get(update.eventId!)!);
    const shown = update[aggregateOf(update)] as Record<string, unknown> | null;
    const expected = rowAt(update, streams);
    expect(update.change === 'DELETED', `${who}: ${JSON.stringify(update)}`).toBe(expected === null);
    if (expected === null) expect(shown).toBeNull();
    else expect(shown).toMatchObject(expected);
  }
  return heard.length - seen.size;
};
