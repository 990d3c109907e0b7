import { KMSClient } from '@aws-sdk/client-kms';
import { clientOptions } from './common.ts';

/** One per execution environment, made while the function starts. */
export const createKmsClient = (): KMSClient => new KMSClient(clientOptions);
