import type { AggregateName } from '../../../domain/kernel/aggregate.ts';
import type { Command } from '../../../domain/kernel/command/command.ts';
import type { DomainEvent } from '../../../domain/kernel/stream/event.ts';
import type { Claim } from '../../../domain/kernel/stream/unique.ts';

/** Claims that an event changes, in one transaction with it. */
export interface ClaimChanges {
  takes: Claim[];
  releases: Claim[];
}

export type AppendResult =
  | { kind: 'appended' }
  /** The version holds an event of the same command of the same actor: this one. */
  | { kind: 'repeat'; event: DomainEvent }
  /** The version holds another command's event. */
  | { kind: 'versionTaken' }
  /** Another stream holds the value that this attribute was to have. */
  | { kind: 'uniqueTaken'; attribute: string };

/** The streams of events, to read: consistent, and in the current shape. */
export interface EventReader {
  /** The whole stream, in order of version; empty if there is none. */
  load(aggregate: AggregateName, aggregateId: string): Promise<DomainEvent[]>;
  /** The events after a version, in order of version: all, or the first `limit`, at the cost of as many. */
  loadAfter(aggregate: AggregateName, aggregateId: string, version: number, limit?: number): Promise<DomainEvent[]>;
  /**
   * The same, eventually consistent and for half the price: for those who see by what comes that nothing is missing.
   */
  loadSettled(aggregate: AggregateName, aggregateId: string, version: number, limit: number): Promise<DomainEvent[]>;
  /** The last `limit` events, in order of version, at the cost of as many. */
  loadLast(aggregate: AggregateName, aggregateId: string, limit: number): Promise<DomainEvent[]>;
}

/** Whether streams are sealed. */
export interface SealReader {
  /** Whether some of a stream's events are not sealed, being older than that. */
  hasClear(aggregate: AggregateName, aggregateId: string): Promise<boolean>;
}

/** The streams of events. Events are appended, never changed. */
export interface EventStore extends EventReader, SealReader {
  /** The version of a stream that a command left, as far as the index knows: eventually consistent. */
  versionOf(command: Pick<Command, 'aggregate' | 'aggregateId' | 'actor' | 'commandId'>): Promise<number | undefined>;
  /**
   * Appends one event with the claims it changes: both or neither. A release of what the stream does not hold is left
   * out.
   * @throws when the store cannot take it, after retries
   */
  append(event: DomainEvent, changes: ClaimChanges): Promise<AppendResult>;
}

/** Scope of a command id: the same id of another actor is another command. */
export const commandKeyOf = ({ actor, commandId }: { actor: string; commandId: string }): string =>
  `${actor}#${commandId}`;

export const isOfCommand =
  (command: { actor: string; commandId: string }) =>
  (event: DomainEvent): boolean =>
    event.commandId === command.commandId && event.actor === command.actor;
