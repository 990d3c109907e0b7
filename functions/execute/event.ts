import * as z from 'zod/mini';
import type { DomainEvent } from '../../domain/aggregate.ts';
import { actionOf, aggregateNames, aggregates } from '../../domain/operations.ts';
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
  const action = actionOf(event);
  if (action === 'create' || action === 'update') checkAttributes(event);
  return event;
};

/** What a payload says goes into the row as it is, so it must be of the kind that the row holds. */
const checkAttributes = ({ aggregate, payload, eventId }: DomainEvent): void => {
  const known = aggregates[aggregate].attributes;
  for (const [name, value] of Object.entries(payload)) {
    const kind = Object.hasOwn(known, name) ? known[name]?.kind : undefined;
    const list = kind === 'references';
    const fits = kind && (value === null || (list ? Array.isArray(value) && value.every((id) => typeof id === 'string') : typeof value === 'string'));
    if (!fits) throw new Error(`Event ${eventId}: ${name.slice(0, 100)} ${kind ? `must be ${list ? 'a list of ids' : 'a string'}` : `is not an attribute of a ${aggregate}`}`);
  }
};
