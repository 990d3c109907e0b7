import * as z from 'zod/mini';
import type { DomainEvent } from '../../domain/aggregate.ts';
import { actionOf, aggregateNames } from '../../domain/operations.ts';
import { eventOf } from '../ports/eventItem.ts';

const shape = z.object({
  eventId: z.string(),
  aggregate: z.enum(aggregateNames),
  aggregateId: z.string().check(z.minLength(1)),
  version: z.number().check(z.int(), z.positive()),
  type: z.string(),
  payload: z.record(z.string(), z.unknown()),
  timestamp: z.number(),
  commandId: z.string(),
  operation: z.string(),
  actor: z.string(),
});

/** The event of a message, in the current shape. @throws when it is not an event that this version knows */
export const readEvent = (stored: Record<string, unknown>): DomainEvent => {
  const event = eventOf(stored);
  shape.parse(event);
  actionOf(event);
  return event;
};
