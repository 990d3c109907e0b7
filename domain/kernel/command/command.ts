import type { AggregateName } from '../aggregate.ts';
import type { Proved } from './proof.ts';
import type { Rejection } from '../rejection.ts';

/** A wish of a caller, as it stands on a command queue. */
export interface Command {
  /** UUID, scoped to the actor. */
  commandId: string;
  operation: string;
  aggregate: AggregateName;
  aggregateId: string;
  /** `<application>:<subject>` */
  actor: string;
  input: Record<string, unknown>;
  expectedVersion?: number;
  /** What the sender's token proves to be the sender's own; nothing, if left out. */
  proved?: Proved;
  /** When the API took it, milliseconds since the epoch, if it says so. */
  sentAt?: number;
}

/** What is needed to decide a command, besides the stream. */
export interface Facts {
  /** Milliseconds since the epoch. */
  now: number;
  /** UUID for the event. */
  eventId: string;
  /** Whether people have to prove what they say of themselves, where a token can. */
  mustProve?: boolean;
}

/** A pointer from one aggregate to another that must exist. */
export interface Reference {
  attribute: string;
  aggregate: AggregateName;
  id: string;
}

/** The aggregate of a command, in words. */
export const subjectOf = ({ aggregate, aggregateId }: Pick<Command, 'aggregate' | 'aggregateId'>): string =>
  `${aggregate} ${aggregateId}`;

/** What a command wants, where its wish does not hold yet. */
export interface Wanted {
  type: string;
  payload: Record<string, unknown>;
  /** Milliseconds since the epoch; now, if left out. */
  effectiveAt?: number;
}

export type Verdict = Wanted | { already: true } | { rejection: Rejection };
