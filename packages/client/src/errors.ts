import type { CommandOutcome } from './generated/operations.ts';

/** What every error of this client has: a code to decide by. */
export class ClientError extends Error {
  override readonly name: string = 'ClientError';

  constructor(
    /**
     * Stable, upper-case for rejections: `EMAIL_TAKEN`; the API's error type for refusals: `INVALID`, `Unauthorized`;
     * `UNAUTHENTICATED`, `TIMEOUT` or `CLOSED`.
     */
    readonly code: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }

  /** Of the command, if it was one. The same call with it is safe: it asks for the outcome, or sends what was not sent. */
  commandId?: string;
  /** How that command ended, if it is known and only its row could not be read. */
  outcome?: CommandOutcome;
}

/** The command was decided, and refused: nothing was changed. */
export class Rejection extends ClientError {
  override readonly name = 'Rejection';

  constructor(override readonly outcome: CommandOutcome) {
    super(outcome.code ?? 'REJECTED', outcome.message ?? `${outcome.operation} was rejected`);
  }
}

/** The API did not take the request: repeating it would not help. */
export class Refusal extends ClientError {
  override readonly name = 'Refusal';

  constructor(
    code: string,
    message: string,
    /** The argument that breaks a rule, where one does. */
    readonly field?: string,
    /** The rule that it breaks. */
    readonly rule?: string,
  ) {
    super(code, message);
  }
}

/** Nobody is logged in any more: the token is not good, and a fresh one was not to be had. */
export class Unauthenticated extends Refusal {
  constructor(message: string) {
    super('UNAUTHENTICATED', message);
  }
}

/** The time was up. A command may still have its effect. */
export class TimeoutError extends ClientError {
  override readonly name = 'TimeoutError';

  constructor(message: string) {
    super('TIMEOUT', message);
  }
}

/** Whoever asked has closed it, or the client. */
export class Closed extends ClientError {
  override readonly name = 'Closed';

  constructor(message: string) {
    super('CLOSED', message);
  }
}

/** One error of an answer, as AppSync words it. */
export interface WireError {
  message?: string;
  errorType?: string | null;
  errorInfo?: unknown;
  errorCode?: number;
}

const helpsToTryAgain =
  /UNAVAILABLE|Throttl|TooManyRequests|Timeout|LimitExceeded|InternalFailure|InternalServer|ServiceUnavailable|MaxSubscriptions/i;
const needsFreshToken = /^UnauthorizedException$/;

/** Another try may help. */
export class Unreachable extends Error {}

/** What the errors of an answer come to. */
export const errorOf = (errors: readonly WireError[]): Error => {
  const words = errors.map(({ message }) => message).join('; ') || 'The API answered with an error';
  // One that stays is enough, whatever else would pass.
  const first = errors.find(({ errorType, message }) => !helpsToTryAgain.test(errorType ?? message ?? ''));
  if (!first) return new Unreachable(words);
  if (needsFreshToken.test(first.errorType ?? '') || first.errorCode === 401) return new Unauthenticated(words);
  const { field, rule } = (first.errorInfo ?? {}) as { field?: string; rule?: string };
  return new Refusal(first.errorType ?? 'REFUSED', words, field, rule);
};
