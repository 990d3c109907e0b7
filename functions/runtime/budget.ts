import { Failure } from './failure.ts';

/**
 * How long an invocation may spend on one thing, in milliseconds: one call that hangs must leave it the time to
 * publish, and to say which of its messages it has handled. Unsaid, all of them would come again.
 */
export const budget = {
  /** One try to reach DynamoDB or SQS, and one try of a call. */
  connection: 1_000,
  call: 2_000,
  /** Tries of a call, the first included; the pauses between them are some tenths of a second. */
  tries: 3,
  /** One try of a request to AppSync; and all that is published at once, unless the invocation has less to give. */
  request: 2_000,
  publication: 3_000,
  /** What must be left to begin with another message. */
  begin: 4_000,
  /** What publishing leaves over. */
  end: 1_000,
} as const;

/** Why a message was left for its next delivery. */
export class NoTimeLeft extends Failure {
  override readonly name: string = 'NoTimeLeft';

  constructor() {
    super('The invocation had no time left to begin');
  }
}
