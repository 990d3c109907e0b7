import * as z from 'zod/mini';
import type { DomainEvent } from '../../../domain/kernel/stream/event.ts';
import { streamIdOf } from '../../../domain/kernel/stream/event.ts';
import { aggregateNames, eventDefinitionOf } from '../../../domain/operations.ts';
import { isOfKind } from '../../../domain/kernel/values/attributes.ts';
import { momentRule } from '../../../domain/kernel/values/moment.ts';
import { timeShardOf } from '../../../domain/kernel/view/timeShard.ts';
import { upcast } from '../../../domain/kernel/stream/upcasters.ts';
import { commandKeyOf } from './port.ts';
import { Failure, Hopeless, rulesIn } from '../../runtime/failure.ts';
import type { Item } from '../dynamodb/item.ts';

/** The event as table eventStore holds it: with its keys and those of the indexes. */
export const itemOf = (event: DomainEvent): Item => {
  const streamId = streamIdOf(event.aggregate, event.aggregateId);
  return { ...event, streamId, commandKey: commandKeyOf(event), timeShard: timeShardOf(streamId, event.timestamp) };
};

/** The event as messages carry it: as stored, but for the keys of the indexes. */
export const messageOf = ({ commandKey: _commandKey, timeShard: _timeShard, ...event }: Item): Item => event;

/** An item of the event store, or a message, that is no event that this version knows. No repetition will read it. */
export class UnreadableEvent extends Hopeless {
  /** Its place in its stream. */
  readonly version: number;

  override readonly name: string = 'UnreadableEvent';

  constructor({ streamId, version, eventId }: Item, cause: unknown) {
    const place =
      streamId === undefined ? `Event ${String(eventId)}` : `Version ${String(version)} of stream ${String(streamId)}`;
    super(`${place} is no event that can be read: ${reasonOf(cause)}`.slice(0, 1000), { cause });
    this.version = Number(version);
  }
}

/** What the domain says of an event that it does not know names types and places; other errors may quote values. */
const reasonOf = (cause: unknown): string =>
  cause instanceof Error && cause.constructor === Error ? cause.message : rulesIn(cause);

const showableMoment = z.number().check(z.minimum(momentRule.earliest), z.maximum(momentRule.latest));

/** The reader drops what else stands in an item: its keys, the seal, and what nobody knows. */
const shape = z.object({
  eventId: z.string(),
  aggregate: z.enum(aggregateNames),
  aggregateId: z.string().check(z.minLength(1)),
  version: z.number().check(z.int(), z.positive(), z.maximum(2 ** 31 - 1)),
  type: z.string(),
  payload: z.record(z.string(), z.unknown()),
  executionQueue: z.string(),
  timestamp: showableMoment,
  effectiveAt: z.optional(showableMoment),
  commandId: z.string(),
  operation: z.string(),
  actor: z.string(),
  schemaVersion: z.number(),
});

/**
 * The event of an item or message, in the current shape; without what is sealed of it.
 * @throws UnreadableEvent
 */
export const eventOf = (item: Item): DomainEvent => {
  try {
    const current = upcast(item);
    const { previousTimestamp, erased } = current;
    const event: DomainEvent = shape.parse(current);
    // No event is worse for what else may stand there.
    if (typeof previousTimestamp === 'number') event.previousTimestamp = previousTimestamp;
    if (erased === true) event.erased = erased;
    if (!event.erased) checkPayload(event);
    return event;
  } catch (error) {
    throw new UnreadableEvent(item, error);
  }
};

/** The event of an item; what makes it none, if it is none. */
export const readableOrNot = (item: Item): DomainEvent | UnreadableEvent => {
  try {
    return eventOf(item);
  } catch (error) {
    if (error instanceof UnreadableEvent) return error;
    throw error;
  }
};

/** What a payload says goes into the row as it is, so it must be of the kind that the row holds. */
const checkPayload = (event: DomainEvent): void => {
  const { action, payload: known } = eventDefinitionOf(event);
  if (action === 'correct') return;
  for (const [name, value] of Object.entries(event.payload)) {
    const attribute = Object.hasOwn(known, name) ? known[name] : undefined;
    if (!attribute) throw new Failure(`${name.slice(0, 100)} is not an attribute of ${event.type}`);
    if (!isOfKind(attribute, value)) throw new Failure(`${name} must be a ${attribute.kind}`);
  }
};
