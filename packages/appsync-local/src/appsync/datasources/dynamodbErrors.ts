/** DynamoDB's errors as `ctx.error` shows them. */
import { InvalidTokenError } from './pageToken.ts';

export interface DataSourceError {
  type: string;
  message: string;
}

/** Errors that the service names by their own type; all others are a DynamoDbException. */
const named = new Set([
  'ConditionalCheckFailedException',
  'TransactionCanceledException',
  'TransactionConflictException',
  'TransactionInProgressException',
  'IdempotentParameterMismatchException',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'ResourceNotFoundException',
  'ItemCollectionSizeLimitExceededException',
  'InternalServerError',
  'LimitExceededException',
]);

interface SdkError extends Error {
  $metadata?: { httpStatusCode?: number; requestId?: string };
}

export function describeError(error: unknown): DataSourceError {
  if (error instanceof InvalidTokenError) {
    return {
      type: 'DynamoDB:UserIllegalArgumentException',
      message: `com.amazonaws.deepdish.common.pagination.InvalidPaginationTokenException: ${error.message}`,
    };
  }
  const { name, message, $metadata: metadata } = error as SdkError;
  if (metadata?.httpStatusCode === undefined)
    return { type: 'DynamoDB:SdkClientException', message: `Unable to execute HTTP request: ${message}` };
  const type = named.has(name) ? name : 'DynamoDbException';
  return {
    type: `DynamoDB:${type}`,
    message: `${message} (Service: DynamoDb, Status Code: ${metadata.httpStatusCode}, Request ID: ${metadata.requestId ?? ''})`,
  };
}
