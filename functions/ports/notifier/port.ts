import type { CommandOutcome, ProjectionUpdate, Recovery } from '../../../generated/schema.ts';
import { Failure } from '../../runtime/failure.ts';

/** What subscribers are told because of one message. */
export interface Publication {
  update?: ProjectionUpdate;
  outcome?: CommandOutcome;
  recovery?: Recovery;
}

/**
 * The API refuses what the publication says, and always will. Subscribers were told without the row, if it was the row
 * that it refused.
 */
export class PublicationRefused extends Failure {
  override readonly name: string = 'PublicationRefused';
}

/** A publication that the API did not take as it is. */
export interface PublishFailure {
  /** Position in the publications given. */
  index: number;
  /** A `PublicationRefused` where another try would not help. */
  error: Error;
}

/** Tells the API's subscribers what happened. */
export interface Notifier {
  /**
   * Publishes: what is of one aggregate, or of one recovery, in order; the rest side by side. An update too large for a
   * subscription is cut down to ids and version.
   * @param within how long it may take in all, milliseconds; a few seconds if left out
   * @param sideBySide most at a time; as many as there are connections, if left out
   * @returns those that the API refused, or could not take in time; the others were published. Does not throw for
   * single publications
   */
  publish(publications: Publication[], within?: number, sideBySide?: number): Promise<PublishFailure[]>;
}
