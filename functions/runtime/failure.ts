import { listIn, propertiesOf } from './properties.ts';

/**
 * An error whose message was made here. It names streams, versions, queues and rules; never the value of an attribute,
 * a token, or what a service said. Of no other error does the message stand in the log. Its name is said here: bundles
 * shorten the names of classes.
 */
export class Failure extends Error {
  override readonly name: string = 'Failure';
}

/** Errors of AWS whose messages name resources and rules, not what was sent. */
const speakable = new Set([
  'AccessDeniedException',
  'ConditionalCheckFailedException',
  'ExpiredTokenException',
  'InternalServerError',
  'KMSInvalidStateException',
  'ProvisionedThroughputExceededException',
  'QueueDoesNotExist',
  'RequestLimitExceeded',
  'ResourceNotFoundException',
  'ThrottlingException',
  'TimeoutError',
  'TransactionCanceledException',
  'TransactionConflictException',
  'UnrecognizedClientException',
]);

/** What the log says of an error: nothing that may hold a value. */
export interface SaidOfError {
  name: string;
  message?: string;
  /** Where it was thrown: the stack without the message. */
  stack: string[];
  cause?: SaidOfError;
}

const mostFrames = 10;
const mostCauses = 3;
const longestMessage = 1_000;

export const saidOf = (error: Error, depth = 0): SaidOfError => ({
  name: error.name === 'Error' ? error.constructor.name : error.name,
  ...((error instanceof Failure || speakable.has(error.name)) && { message: error.message.slice(0, longestMessage) }),
  stack: (error.stack ?? '')
    .split('\n')
    .filter((line) => /^ {4}at /.test(line))
    .slice(0, mostFrames)
    .map((line) => line.trim()),
  ...(error.cause instanceof Error && depth < mostCauses && { cause: saidOf(error.cause, depth + 1) }),
});

/** The same in a line, for an operator. */
export const reasonOf = (error: Error): string => {
  const { name, message, cause } = saidOf(error);
  if (message) return `${name}: ${message}`;
  return cause ? `${name}, because of ${[cause.name, cause.message].filter(Boolean).join(': ')}` : name;
};

/** What no repetition will help. */
export class Hopeless extends Failure {
  override readonly name: string = 'Hopeless';
}

/** A message that cannot be read. */
export class UnreadableMessage extends Hopeless {
  override readonly name: string = 'UnreadableMessage';

  constructor(cause: unknown) {
    super(`The message cannot be read: ${rulesIn(cause)}`, { cause });
  }
}

/** The rules that a shape did not meet, by their places; of any other error, as much as may be said. */
export const rulesIn = (cause: unknown): string => {
  if (!(cause instanceof Error)) return 'for a reason that is no error';
  // zod's class itself would double what the functions weigh.
  const issues = listIn(propertiesOf(cause)['issues']);
  if (issues) return issues.map(inWords).join('; ');
  return cause instanceof Failure ? cause.message : cause.name;
};

const inWords = (issue: unknown): string => {
  const { path, message } = propertiesOf(issue);
  return `${listIn(path)?.join('.') ?? ''}: ${String(message)}`;
};
