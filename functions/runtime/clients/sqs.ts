import { SQSClient } from '@aws-sdk/client-sqs';
import { clientOptions } from './common.ts';

/**
 * One per execution environment, made while the function starts. Calls go to the region's endpoint, or to the one that
 * the environment names: not to a queue URL's host.
 */
export const createSqsClient = (): SQSClient => new SQSClient({ ...clientOptions, useQueueUrlAsEndpoint: false });
