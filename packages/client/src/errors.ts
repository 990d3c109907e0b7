import type { CommandOutcome } from './generated/operations.ts';

/** What every error of this client has: a code to decide by. */
export class ClientError extends Error {
  override readonly name: string = 'ClientError';

  constructor(
    /**
     * Stable, upper-case for rejections: `EMAIL_TAKEN`; the API's error type for refusals: `INVALID`, `Unauthorized`;
     * or `TIMEOUT`.
     */
    readonly code: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** The command was decided, and refused: nothing was changed. */
export class Rejection extends ClientError {
  override readonly name = 'Rejection';

  constructor(readonly outcome: CommandOutcome) {
    super(outcome.code ?? 'REJECTED', outcome.message ?? `${outcome.operation} was rejected`);
  }
}

/** The API did not take the request: repeating it would not help. No command was sent. */
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

/**
 * The time was up. A command may still have its effect: the same call with the same `commandId` asks for its outcome.
 */
export class TimeoutError extends ClientError {
  override readonly name = 'TimeoutError';

  constructor(
    message: string,
    cause?: unknown,
    /** Of the command that was under way. */
    readonly commandId?: string,
    /** How it ended, if that is known and only its row is not shown yet. */
    readonly outcome?: CommandOutcome,
  ) {
    super('TIMEOUT', message, { cause });
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
  /UNAVAILABLE|Throttl|Timeout|LimitExceeded|InternalFailure|InternalServer|ServiceUnavailable|MaxSubscriptions/i;
const needsFreshToken = /^UnauthorizedException$/;

/** Another try may help. */
export class Unreachable extends Error {}

/** What the errors of an answer come to. */
export const errorOf = (errors: readonly WireError[]): Error => {
  const words = errors.map(({ message }) => message).join('; ') || 'The API answered with an error';
  const [first] = errors;
  if (!first) return new Unreachable(words);
  if (errors.every(({ errorType, message }) => helpsToTryAgain.test(errorType ?? message ?? '')))
    return new Unreachable(words);
  if (needsFreshToken.test(first.errorType ?? '') || first.errorCode === 401) return new Unauthenticated(words);
  const { field, rule } = (first.errorInfo ?? {}) as { field?: string; rule?: string };
  return new Refusal(first.errorType ?? 'REFUSED', words, field, rule);
};
