import type { Context } from 'aws-lambda';
import { createDocumentClient } from '../runtime/clients/dynamodb.ts';
import { beforeTheEnd } from '../runtime/deadline.ts';
import { readEnvironment, viewTablesOf, viewVariables } from '../runtime/environment.ts';
import { createTelemetry } from '../runtime/telemetry.ts';
import { dynamoDbEventIndex } from '../ports/eventIndex/dynamodb.ts';
import { dynamoDbEventReader } from '../ports/eventStore/dynamodb.ts';
import { dynamoDbClaimReader } from '../ports/claims/dynamodb.ts';
import { dynamoDbDirectory } from '../ports/directory/dynamodb.ts';
import { dynamoDbOutcomeReader } from '../ports/outcomes/dynamodb.ts';
import { dynamoDbSnapshotReader } from '../ports/snapshots/dynamodb.ts';
import { dynamoDbViews } from '../ports/views/dynamodb.ts';
import { createKeys } from '../ports/keys/create.ts';
import { steadyReader } from '../streams/steady.ts';
import { answer, type Answer, type HistoryPorts } from './answer.ts';

const environment = readEnvironment([
  'EVENT_STORE_TABLE',
  'SUBJECT_KEY_TABLE',
  'KMS_KEY_ID',
  'COMMAND_OUTCOME_TABLE',
  'UNIQUE_VALUE_TABLE',
  'DIRECTORY_TABLE',
  'SNAPSHOT_TABLE',
  ...viewVariables,
]);
const telemetry = createTelemetry();
const client = createDocumentClient();
const keys = createKeys(client, environment);

const ports: HistoryPorts = {
  eventStore: dynamoDbEventReader(client, environment.EVENT_STORE_TABLE, keys, { fresh: true }),
  snapshots: steadyReader(dynamoDbSnapshotReader(client, environment.SNAPSHOT_TABLE, keys, { fresh: true }), telemetry),
  eventIndex: dynamoDbEventIndex(client, environment.EVENT_STORE_TABLE, keys),
  outcomes: dynamoDbOutcomeReader(client, environment.COMMAND_OUTCOME_TABLE),
  claims: dynamoDbClaimReader(client, environment.UNIQUE_VALUE_TABLE, keys),
  views: dynamoDbViews(client, viewTablesOf(environment)),
  directory: dynamoDbDirectory(client, environment.DIRECTORY_TABLE),
  now: Date.now,
  warn: (message, error) => telemetry.warn(message, { error }),
};

/** Called by the API for the time-travel and audit queries. */
export const handler = (question: unknown, context: Context): Promise<Answer> =>
  telemetry.invocation(context, () =>
    beforeTheEnd(
      () => context.getRemainingTimeInMillis(),
      () => answer(question, ports),
    ),
  );
