import type { CommandOutcome, ProjectionUpdate, Recovery } from '../../../generated/schema.ts';

/** What subscribers are told because of one message: published together, or failed together. */
export interface Publication {
  update?: ProjectionUpdate;
  outcome?: CommandOutcome;
  recovery?: Recovery;
}

/** A publication that the API did not take. */
export interface PublishFailure {
  /** Position in the publications given. */
  index: number;
  error: Error;
}

/** Tells the API's subscribers what happened. */
export interface Notifier {
  /**
   * Publishes in order, several in one request. An update too large for a subscription is cut down to ids and version.
   * @param within how long it may take in all, milliseconds; a few seconds if left out
   * @returns those that the API refused, or did not take in time; the others were published. Does not throw for single publications
   */
  publish(publications: Publication[], within?: number): Promise<PublishFailure[]>;
}
