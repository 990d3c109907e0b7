import type { AggregateName } from '../../../domain/kernel/aggregate.ts';
import type { RejectionCode } from '../../../domain/kernel/rejection.ts';

/** How a command ended; only those that leave no event are recorded. */
export interface Outcome {
  commandId: string;
  /** `<application>:<subject>` */
  actor: string;
  status: 'APPLIED' | 'REJECTED';
  /** Name of the operation. */
  operation: string;
  aggregate: AggregateName;
  aggregateId: string;
  /** Version of the aggregate; absent when rejected. */
  version?: number;
  /** Absent when applied, as is `message`. */
  code?: RejectionCode;
  message?: string;
}

/** Longer than any queue keeps a message, so that every repeat meets the record. */
export const outcomeSeconds = 30 * 24 * 3600;

/** An outcome as it is kept. */
export type KeptOutcome = Outcome & {
  /** When the record vanishes, seconds since the epoch. */
  expiresAt: number;
};

/** What is kept of the commands about a person. */
export interface OutcomeReader {
  /**
   * The recorded outcomes of commands about one person, the latest first; eventually consistent. Those about other
   * aggregates are not listed: nobody asks for them.
   */
  about(aggregate: AggregateName, aggregateId: string, limit: number): Promise<KeptOutcome[]>;
}

/** Outcomes of commands that left no event: rejections, and wishes that already held. */
export interface Outcomes {
  /** @throws DamagedOutcome, as `record` does where a damaged one stands */
  find(command: { actor: string; commandId: string }): Promise<Outcome | undefined>;
  /** Records an outcome unless the command has one. @returns the one that stands: the first */
  record(outcome: Outcome): Promise<Outcome>;
}
