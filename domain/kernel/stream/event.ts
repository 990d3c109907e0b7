import type { AggregateName } from '../aggregate.ts';

/** One stored event, in the current shape (older ones are upcast on read). */
export interface DomainEvent<Type extends string = string, Payload = Record<string, unknown>> {
  eventId: string;
  aggregate: AggregateName;
  aggregateId: string;
  /** 1, 2, 3 … in its stream. */
  version: number;
  /** `UserCreated`, `UserUpdated`, `UserDeleted`, `UserCorrected`, `UserSuspended`, and so on. */
  type: Type;
  payload: Payload;
  /** Name of the execution queue that carries it to its view. */
  executionQueue: string;
  /** When it was recorded, milliseconds since the epoch; never less than that of the version before. */
  timestamp: number;
  /** When it took effect, milliseconds since the epoch, never after `timestamp`; the same if left out. */
  effectiveAt?: number;
  /** Timestamp of the version before; absent on version 1. */
  previousTimestamp?: number;
  commandId: string;
  /** Name of the operation that made it. */
  operation: string;
  /** `<application>:<subject>` */
  actor: string;
  schemaVersion: number;
  /**
   * What it said is not here: it was destroyed with the keys of its life, or stands in the store alone. Its payload is
   * empty.
   */
  erased?: boolean;
}

export const currentSchemaVersion = 1;

export const effectiveAtOf = ({ effectiveAt, timestamp }: DomainEvent): number => effectiveAt ?? timestamp;

/** @param aggregate by its name; of what was found in a table, whatever stands there */
export const streamIdOf = (aggregate: string, aggregateId: string): string => `${aggregate}#${aggregateId}`;

/** An event in words, for messages about a damaged stream. */
export const placeOf = ({ type, version, aggregate, aggregateId }: DomainEvent): string =>
  `${type} at version ${version} of ${streamIdOf(aggregate, aggregateId)}`;
