import type { DomainEvent } from './event.ts';
import { operations } from '../../operations.ts';

/** What a person has added to the own stream on the last day on which that was anything. */
export interface Usage {
  /** Days since the epoch, UTC. */
  day: number;
  events: number;
}

export const unused: Usage = { day: 0, events: 0 };

const millisecondsADay = 24 * 3600_000;

export const dayOf = (timestamp: number): number => Math.floor(timestamp / millisecondsADay);
export const beginOf = (day: number): number => day * millisecondsADay;

/** @param event the one after those that are counted; by an admin, it counts for nothing */
export const usageAfter = (usage: Usage, { operation, timestamp }: DomainEvent): Usage => {
  const known = Object.hasOwn(operations, operation) ? operations[operation] : undefined;
  if (known?.caller !== 'user') return usage;
  const day = dayOf(timestamp);
  return { day, events: day === usage.day ? usage.events + 1 : 1 };
};
