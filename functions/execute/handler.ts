import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { answerToQueue } from '../runtime/batches.ts';
import { createDocumentClient } from '../runtime/clients/dynamodb.ts';
import { createSqsClient } from '../runtime/clients/sqs.ts';
import { readEnvironment, viewTablesOf, viewVariables } from '../runtime/environment.ts';
import { dynamoDbClaims } from '../ports/claims/dynamodb.ts';
import { dynamoDbDirectory } from '../ports/directory/dynamodb.ts';
import { dynamoDbEventReader } from '../ports/eventStore/dynamodb.ts';
import { eventsOf } from '../ports/eventStore/sealing.ts';
import { createKeys } from '../ports/keys/create.ts';
import { dynamoDbLedger } from '../ports/ledger/dynamodb.ts';
import { appSyncNotifier } from '../ports/notifier/appsync.ts';
import { dynamoDbRows } from '../ports/rows/dynamodb.ts';
import { dynamoDbViews } from '../ports/views/dynamodb.ts';
import { dynamoDbSnapshots } from '../ports/snapshots/dynamodb.ts';
import { steadyReader } from '../streams/steady.ts';
import { dynamoDbReasons } from '../ports/reasons/dynamodb.ts';
import { sqsRedelivery } from '../ports/redelivery/sqs.ts';
import { beforeTheEnd } from '../runtime/deadline.ts';
import { createTelemetry } from '../runtime/telemetry.ts';
import { type ExecutePorts, executeBatch } from './handleExecutions.ts';
import { replay } from '../rebuild/chunk.ts';

const environment = readEnvironment([
  'EVENT_STORE_TABLE',
  'DEAD_LETTER_TABLE',
  'UNIQUE_VALUE_TABLE',
  'SUBJECT_KEY_TABLE',
  'SNAPSHOT_TABLE',
  'KMS_KEY_ID',
  'RECOVERY_TABLE',
  'DIRECTORY_TABLE',
  ...viewVariables,
  'GRAPHQL_URL',
]);
const dynamoDb = createDocumentClient();
const answering = {
  redelivery: sqsRedelivery(createSqsClient()),
  reasons: dynamoDbReasons(dynamoDb, environment.DEAD_LETTER_TABLE),
};
const telemetry = createTelemetry();
const tables = { eventStore: environment.EVENT_STORE_TABLE, uniqueValue: environment.UNIQUE_VALUE_TABLE };
const keys = createKeys(dynamoDb, environment);
const eventStore = dynamoDbEventReader(dynamoDb, tables.eventStore, keys);
const snapshots = dynamoDbSnapshots(dynamoDb, environment.SNAPSHOT_TABLE, keys);
const ledger = dynamoDbLedger(dynamoDb, environment.RECOVERY_TABLE);
const directory = dynamoDbDirectory(dynamoDb, environment.DIRECTORY_TABLE);
const replayPorts = {
  eventStore,
  snapshots,
  directory,
  rows: dynamoDbRows(dynamoDb, viewTablesOf(environment)),
  claims: dynamoDbClaims(dynamoDb, tables, keys),
  now: Date.now,
};

const ports: Omit<ExecutePorts, 'remaining'> = {
  eventStore,
  snapshots: steadyReader(snapshots, telemetry),
  directory,
  eventsOf: (items) => eventsOf(items, keys),
  views: dynamoDbViews(dynamoDb, viewTablesOf(environment)),
  notifier: appSyncNotifier(environment.GRAPHQL_URL, dynamoDb.config),
  telemetry,
  replay: (message, repeated) => replay(message, repeated, replayPorts),
  countReplayed: ledger.complete,
  now: Date.now,
};

/** Brings the views up to date with the messages of a batch from any execution queue. */
export const handler = (event: SQSEvent, context: Context): Promise<SQSBatchResponse> => {
  const remaining = () => context.getRemainingTimeInMillis();
  return telemetry.invocation(context, () =>
    beforeTheEnd(remaining, async () =>
      answerToQueue(event, await executeBatch(event.Records, { ...ports, remaining }), answering),
    ),
  );
};
