import { SQSClient } from '@aws-sdk/client-sqs';
import { clientOptions } from './common.ts';

/** One per execution environment, made while the function starts. */
export const createSqsClient = (): SQSClient => new SQSClient(clientOptions);
