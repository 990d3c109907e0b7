import { randomUUID } from 'node:crypto';
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { answerToQueue } from '../runtime/batches.ts';
import { createDocumentClient } from '../runtime/clients/dynamodb.ts';
import { createSqsClient } from '../runtime/clients/sqs.ts';
import { readEnvironment } from '../runtime/environment.ts';
import { dynamoDbEventStore } from '../ports/eventStore/dynamodb.ts';
import { appSyncNotifier } from '../ports/notifier/appsync.ts';
import { createKeys } from '../ports/keys/create.ts';
import { dynamoDbOutcomes } from '../ports/outcomes/dynamodb.ts';
import { sqsQueues } from '../ports/queues/sqs.ts';
import { dynamoDbDirectory } from '../ports/directory/dynamodb.ts';
import { dynamoDbSnapshots } from '../ports/snapshots/dynamodb.ts';
import { steadySnapshots } from '../streams/steady.ts';
import { referencesBy } from '../ports/references/stores.ts';
import { dynamoDbReasons } from '../ports/reasons/dynamodb.ts';
import { sqsRedelivery } from '../ports/redelivery/sqs.ts';
import { beforeTheEnd } from '../runtime/deadline.ts';
import { createTelemetry } from '../runtime/telemetry.ts';
import { type BatchPorts, handleBatch } from './handleCommands.ts';

const environment = readEnvironment([
  'EVENT_STORE_TABLE',
  'DEAD_LETTER_TABLE',
  'UNIQUE_VALUE_TABLE',
  'SUBJECT_KEY_TABLE',
  'SNAPSHOT_TABLE',
  'KMS_KEY_ID',
  'COMMAND_OUTCOME_TABLE',
  'DIRECTORY_TABLE',
  'GRAPHQL_URL',
  'QUEUE_URL_PREFIX',
  'EMAIL',
]);
const dynamoDb = createDocumentClient();
const sqs = createSqsClient();
const answering = {
  redelivery: sqsRedelivery(sqs),
  reasons: dynamoDbReasons(dynamoDb, environment.DEAD_LETTER_TABLE),
};
const telemetry = createTelemetry();
const tables = {
  eventStore: environment.EVENT_STORE_TABLE,
  uniqueValue: environment.UNIQUE_VALUE_TABLE,
  subjectKey: environment.SUBJECT_KEY_TABLE,
};
const keys = createKeys(dynamoDb, environment);
const eventStore = dynamoDbEventStore(dynamoDb, tables, keys);
const snapshots = steadySnapshots(dynamoDbSnapshots(dynamoDb, environment.SNAPSHOT_TABLE, keys), telemetry);

const ports: Omit<BatchPorts, 'remaining'> = {
  eventStore,
  snapshots,
  outcomes: dynamoDbOutcomes(dynamoDb, environment.COMMAND_OUTCOME_TABLE),
  references: referencesBy({ eventStore, snapshots }, dynamoDbDirectory(dynamoDb, environment.DIRECTORY_TABLE)),
  queues: sqsQueues(sqs, environment.QUEUE_URL_PREFIX),
  notifier: appSyncNotifier(environment.GRAPHQL_URL, dynamoDb.config),
  telemetry,
  now: Date.now,
  newId: randomUUID,
  mustProve: environment.EMAIL !== 'form',
};

/** Decides the commands of a batch from any command queue, and stores what follows. */
export const handler = (event: SQSEvent, context: Context): Promise<SQSBatchResponse> => {
  const remaining = () => context.getRemainingTimeInMillis();
  return telemetry.invocation(context, () =>
    beforeTheEnd(remaining, async () =>
      answerToQueue(event, await handleBatch(event.Records, { ...ports, remaining }), answering),
    ),
  );
};
