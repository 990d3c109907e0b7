import type { AggregateName } from '../../../domain/kernel/aggregate.ts';
import type { Reference } from '../../../domain/kernel/command/command.ts';

/** What aggregates know of each other when a command is decided. */
export interface References {
  /** Those that point to nothing live. Asks the streams, not the views. */
  missing(references: Reference[]): Promise<Reference[]>;
  /**
   * Whether a live aggregate refers to this one. A reference that was given a moment ago may be missed; one that was
   * given up is not seen.
   */
  inUse(aggregate: AggregateName, aggregateId: string): Promise<boolean>;
}
