import { setTimeout } from 'node:timers/promises';
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { createDocumentClient } from '../runtime/clients/dynamodb.ts';
import { createSqsClient } from '../runtime/clients/sqs.ts';
import { readEnvironment, viewTablesOf, viewVariables } from '../runtime/environment.ts';
import { appSyncNotifier } from '../ports/notifier/appsync.ts';
import { dynamoDbClaims } from '../ports/claims/dynamodb.ts';
import { dynamoDbDirectory } from '../ports/directory/dynamodb.ts';
import { dynamoDbEventIndex } from '../ports/eventIndex/dynamodb.ts';
import { dynamoDbEventReader } from '../ports/eventStore/dynamodb.ts';
import { createKeys } from '../ports/keys/create.ts';
import { dynamoDbLedger } from '../ports/ledger/dynamodb.ts';
import { sqsQueues } from '../ports/queues/sqs.ts';
import { dynamoDbRows } from '../ports/rows/dynamodb.ts';
import { dynamoDbViews } from '../ports/views/dynamodb.ts';
import { dynamoDbReasons } from '../ports/reasons/dynamodb.ts';
import { sqsRedelivery } from '../ports/redelivery/sqs.ts';
import { answerToQueue } from '../runtime/batches.ts';
import { beforeTheEnd } from '../runtime/deadline.ts';
import { createTelemetry } from '../runtime/telemetry.ts';
import { handleBatch, type RecoveryPorts } from './handleSteps.ts';

const environment = readEnvironment([
  'EVENT_STORE_TABLE',
  'DEAD_LETTER_TABLE',
  'UNIQUE_VALUE_TABLE',
  'SUBJECT_KEY_TABLE',
  'KMS_KEY_ID',
  'RECOVERY_TABLE',
  'DIRECTORY_TABLE',
  'GRAPHQL_URL',
  'QUEUE_URL_PREFIX',
  ...viewVariables,
]);
const telemetry = createTelemetry();
const client = createDocumentClient();
const sqs = createSqsClient();
const answering = {
  redelivery: sqsRedelivery(sqs),
  reasons: dynamoDbReasons(client, environment.DEAD_LETTER_TABLE),
};
const tables = { eventStore: environment.EVENT_STORE_TABLE, uniqueValue: environment.UNIQUE_VALUE_TABLE };
const keys = createKeys(client, environment);

const ports: Omit<RecoveryPorts, 'remaining'> = {
  eventStore: dynamoDbEventReader(client, environment.EVENT_STORE_TABLE, keys),
  eventIndex: dynamoDbEventIndex(client, environment.EVENT_STORE_TABLE, keys),
  views: dynamoDbViews(client, viewTablesOf(environment)),
  directory: dynamoDbDirectory(client, environment.DIRECTORY_TABLE),
  rows: dynamoDbRows(client, viewTablesOf(environment)),
  claims: dynamoDbClaims(client, tables, keys),
  ledger: dynamoDbLedger(client, environment.RECOVERY_TABLE),
  queues: sqsQueues(sqs, environment.QUEUE_URL_PREFIX),
  notifier: appSyncNotifier(environment.GRAPHQL_URL, client.config),
  telemetry,
  sleep: setTimeout,
  now: Date.now,
};

/** Triggered by the recovery queue: takes recoveries on, step by step. */
export const handler = (event: SQSEvent, context: Context): Promise<SQSBatchResponse> => {
  const remaining = () => context.getRemainingTimeInMillis();
  return telemetry.invocation(context, () =>
    beforeTheEnd(remaining, async () =>
      answerToQueue(event, await handleBatch(event.Records, { ...ports, remaining }), answering),
    ),
  );
};
