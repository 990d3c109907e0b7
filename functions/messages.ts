import * as z from 'zod/mini';
import type { DomainEvent } from '../domain/kernel/stream/event.ts';
import { rejectionCodes } from '../domain/kernel/rejection.ts';
import { aggregateNames } from '../domain/operations.ts';
import type { CommandOutcome } from '../generated/schema.ts';
import { apiNameOf } from './api.ts';
import type { Item } from './ports/dynamodb/item.ts';

const aggregate = z.enum(aggregateNames);

const commandOutcome = z.object({
  commandId: z.string(),
  actor: z.nullish(z.string()),
  status: z.enum(['APPLIED', 'REJECTED']),
  operation: z.string(),
  aggregate: z.enum(aggregateNames.map(apiNameOf)),
  aggregateId: z.string(),
  version: z.nullish(z.number()),
  code: z.nullish(z.enum(rejectionCodes)),
  message: z.nullish(z.string()),
});

const eventMessage = z.object({
  kind: z.literal('event'),
  /** As it stands in the store, in whatever shape it was stored; `upcast` reads it. */
  event: z.record(z.string(), z.unknown()),
  /** Of a later command whose wish the event had already fulfilled: to be told in place of the event's own. */
  outcome: z.optional(commandOutcome),
});

/** Streams to rebuild for a recovery. */
const replayMessage = z.object({
  kind: z.literal('replay'),
  recoveryId: z.string(),
  /** Counts once, however often it is delivered. */
  chunkId: z.string(),
  streams: z.array(z.object({ aggregate, aggregateId: z.string() })),
  /** Whether the claims of unique values are rebuilt as well. */
  claims: z.boolean(),
  /** What was before this moment, milliseconds since the epoch, may be taken from snapshots; nothing, if left out. */
  since: z.optional(z.number()),
});

const executionMessage = z.discriminatedUnion('kind', [eventMessage, replayMessage]);

/** What stands on an execution queue, as JSON. */
export type ExecutionMessage = z.infer<typeof executionMessage>;
export type EventMessage = z.infer<typeof eventMessage>;
export type ReplayMessage = z.infer<typeof replayMessage>;

/** @throws when the body is not a message that this version knows */
export const parseExecutionMessage = (body: string): ExecutionMessage => executionMessage.parse(JSON.parse(body));

/**
 * @param event as stored, or in the current shape
 * @param outcome to be told once the view shows the event, in place of the event's own
 */
export const bodyOfEvent = (event: Item, outcome?: CommandOutcome): string =>
  asciiJson({ kind: 'event', event, ...(outcome && { outcome }) } satisfies EventMessage);

/** Of an event that views may show already: a message without what it says, which the store alone tells. */
export const bodyOfKnownEvent = (event: DomainEvent, outcome?: CommandOutcome): string =>
  bodyOfEvent({ ...event, payload: {}, erased: true }, outcome);

export const bodyOfReplay = (replay: Omit<ReplayMessage, 'kind'>): string =>
  asciiJson({ kind: 'replay', ...replay } satisfies ReplayMessage);

/** A queue refuses some characters that a name or a description may hold (U+FFFF, say), but never their escapes. */
export const asciiJson = (value: unknown): string =>
  JSON.stringify(value).replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
