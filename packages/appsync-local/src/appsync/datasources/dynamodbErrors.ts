/** DynamoDB's errors as `ctx.error` shows them. */
import { ServiceError } from '../../gateway/roleCalls.ts';
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

export function describeError(error: unknown): DataSourceError {
  if (error instanceof InvalidTokenError) {
    return {
      type: 'DynamoDB:UserIllegalArgumentException',
      message: `com.amazonaws.deepdish.common.pagination.InvalidPaginationTokenException: ${error.message}`,
    };
  }
  if (!(error instanceof ServiceError))
    return {
      type: 'DynamoDB:SdkClientException',
      message: `Unable to execute HTTP request: ${(error as Error).message}`,
    };
  const { name, message, status, requestId } = error;
  const type = named.has(name) ? name : 'DynamoDbException';
  return {
    type: `DynamoDB:${type}`,
    message: `${message} (Service: DynamoDb, Status Code: ${status}, Request ID: ${requestId})`,
  };
}
