import type { Attribute } from './attributes.ts';

/** The aggregates, by the names that the store and the code use. */
export type AggregateName = 'user' | 'role' | 'authorization' | 'group';

/** Attribute values of one aggregate: strings, lists of ids, or null where an attribute may be empty. */
export type Attributes = Record<string, AttributeValue>;
export type AttributeValue = string | string[] | null;

/** What an operation does to its aggregate. */
export type Action = 'create' | 'update' | 'delete' | 'correct';

/** One stored event, in the current shape (older ones are upcast on read). */
export interface DomainEvent {
  eventId: string;
  aggregate: AggregateName;
  aggregateId: string;
  /** 1, 2, 3 … in its stream. */
  version: number;
  /** `UserCreated`, `UserUpdated`, `UserDeleted`, `UserCorrected`, and so on. */
  type: string;
  payload: Record<string, unknown>;
  /** Name of the execution queue that carries it to its view. */
  executionQueue: string;
  /** Milliseconds since the epoch; never less than that of the version before. */
  timestamp: number;
  /** Timestamp of the version before; absent on version 1. */
  previousTimestamp?: number;
  commandId: string;
  /** Name of the operation that made it. */
  operation: string;
  /** `<application>:<subject>` */
  actor: string;
  schemaVersion: number;
}

/** State of one aggregate. */
export type State =
  | { status: 'absent'; version: 0 }
  | { status: 'live'; version: number; attributes: Attributes; createdAt: number; updatedAt: number }
  | { status: 'deleted'; version: number; deletedAt: number };

export const initialState: State = { status: 'absent', version: 0 };

/** A wish of a caller, as it stands on a command queue. `input` holds attributes only. */
export interface Command {
  /** UUID, scoped to the actor. */
  commandId: string;
  operation: string;
  aggregate: AggregateName;
  aggregateId: string;
  actor: string;
  input: Record<string, unknown>;
  expectedVersion?: number;
}

/** A pointer from one aggregate to another that must exist. */
export interface Reference {
  attribute: string;
  aggregate: AggregateName;
  id: string;
}

/** What `decide` needs to know of the world; looked up beforehand. */
export interface Facts {
  /** Milliseconds since the epoch. */
  now: number;
  /** UUID for the event. */
  eventId: string;
  /** The references among those asked for that do not exist. */
  missing: Reference[];
  /** Whether another live aggregate refers to this one. */
  inUse: boolean;
}

/** An operation that an aggregate offers; each has a mutation of the same name. */
export interface OperationDefinition {
  action: Action;
  /** The attributes that the input may carry; all of the aggregate's if left out. */
  attributes?: string[];
  /** Which application may use it. `user`: on the caller's own aggregate only. Admin if left out. */
  caller?: 'admin' | 'user';
  /** Share the queues of this operation rather than have own ones. */
  sharesQueuesOf?: string;
}

/** All there is to say about one kind of aggregate. */
export interface AggregateDefinition {
  name: AggregateName;
  /** Prefix of event types, and the name of the API's type. */
  typeName: string;
  /** Who makes the id: the caller (`given`), or the system, from the command's id (`made`). */
  id: 'given' | 'made';
  attributes: Record<string, Attribute>;
  operations: Record<string, OperationDefinition>;
}
