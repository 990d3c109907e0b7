/** An error as SQS names it. `code` is its name in the older query protocol, which clients look at as well. */
export class SqsError extends Error {
  readonly code: string;

  constructor(
    override readonly name: string,
    message: string,
  ) {
    super(message);
    this.code = queryCodes[name] ?? name;
  }
}

const service = (name: string): string => `AWS.SimpleQueueService.${name}`;

const queryCodes: Record<string, string> = {
  QueueDoesNotExist: service('NonExistentQueue'),
  QueueNameExists: 'QueueAlreadyExists',
  UnsupportedOperation: service('UnsupportedOperation'),
  ...Object.fromEntries(
    [
      'EmptyBatchRequest',
      'TooManyEntriesInBatchRequest',
      'BatchEntryIdsNotDistinct',
      'InvalidBatchEntryId',
      'BatchRequestTooLong',
      'MessageNotInflight',
    ].map((name) => [name, service(name)]),
  ),
};

export const invalidValue = (value: unknown, parameter: string, reason: string): never => {
  throw new SqsError(
    'InvalidParameterValue',
    `Value ${String(value)} for parameter ${parameter} is invalid. Reason: ${reason}`,
  );
};

export const missing = (parameter: string): never => {
  throw new SqsError('MissingParameter', `The request must contain the parameter ${parameter}.`);
};
