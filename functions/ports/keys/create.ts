import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { createKmsClient } from '../../runtime/clients/kms.ts';
import { dynamoDbKeys } from './dynamodb.ts';
import { kmsKeyService } from './kms.ts';
import type { Keys } from './port.ts';

/** A function's keys, made while it starts. */
export const createKeys = (
  client: DynamoDBDocumentClient,
  { SUBJECT_KEY_TABLE, KMS_KEY_ID }: { SUBJECT_KEY_TABLE: string; KMS_KEY_ID: string },
): Keys => dynamoDbKeys(client, SUBJECT_KEY_TABLE, kmsKeyService(createKmsClient(), KMS_KEY_ID));
