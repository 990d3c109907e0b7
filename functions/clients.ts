import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

/** Short time-outs: a call that hangs must not eat the function's whole time. Milliseconds. */
const common = { maxAttempts: 5, requestHandler: { connectionTimeout: 1_000, requestTimeout: 5_000 } };

/** One per execution environment, made while the function starts. */
export const createDocumentClient = (): DynamoDBDocumentClient =>
  DynamoDBDocumentClient.from(new DynamoDBClient(common), { marshallOptions: { removeUndefinedValues: true } });

/** One per execution environment, made while the function starts. */
export const createSqsClient = (): SQSClient => new SQSClient(common);
