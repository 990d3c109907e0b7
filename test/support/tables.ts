import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { createTables } from '../../infra/storage/tables.ts';
import { type DynamoDatabase, type DynamoDbEngine, startDynamoDb } from 'appsync-local/parts';
import type { TableModel } from 'appsync-local/parts';
import { dynamoDbKeys } from '../../functions/ports/keys/dynamodb.ts';
import { memoryKeyService } from '../../functions/ports/keys/memory.ts';
import type { Keys } from '../../functions/ports/keys/port.ts';
import type { ViewTables } from '../../functions/runtime/environment.ts';

const stackName = 'Test';

export const tableNames = {
  eventStore: `${stackName}-eventStore`,
  uniqueValue: `${stackName}-uniqueValue`,
  commandOutcome: `${stackName}-commandOutcome`,
  recovery: `${stackName}-recovery`,
  subjectKey: `${stackName}-subjectKey`,
  directory: `${stackName}-directory`,
  snapshot: `${stackName}-snapshot`,
};
export const viewTables: ViewTables = {
  user: `${stackName}-user`,
  role: `${stackName}-role`,
  authorization: `${stackName}-authorization`,
  group: `${stackName}-group`,
};

/** The deployed tables, indexes included, as an engine creates them. */
const tablesOfTheTemplate = (): TableModel[] => {
  const stack = new Stack(new App(), stackName);
  const nobody = { issuer: 'https://example.com/', clientId: 'none' };
  createTables(stack, {
    stage: 'dev',
    stackName,
    eventStoreTable: tableNames.eventStore,
    admin: nobody,
    user: nobody,
    introspection: false,
    protect: false,
    requestsPerAddress: null,
    keyBackupDays: 7,
    hosting: false,
    concurrency: { each: 2, operations: {} },
    apiAudience: 'https://user-management/api',
    email: 'verified',
  });
  const resources = Template.fromStack(stack).findResources('AWS::DynamoDB::Table') as Record<
    string,
    { Properties: Record<string, unknown> }
  >;
  return Object.entries(resources).map(([logicalId, { Properties }]) => {
    const { TableName, KeySchema, AttributeDefinitions, GlobalSecondaryIndexes, BillingMode } = Properties;
    const createTable = { TableName, KeySchema, AttributeDefinitions, GlobalSecondaryIndexes, BillingMode };
    return { logicalId, name: String(TableName), arn: '', createTable };
  });
};

/** A DynamoDB engine with the deployed tables, empty and of one's own. */
export interface TestTables {
  client: DynamoDBDocumentClient;
  config: DynamoDatabase['clientConfig'];
  /** Keys in these tables. */
  keys: Keys;
  /** The same, with nothing in memory. */
  newKeys(): Keys;
  /** A fresh set of the same tables. */
  another(): Promise<TestTables>;
  stop(): Promise<void>;
}

export const startTables = async (): Promise<TestTables> => {
  const engine = await startDynamoDb();
  return open(engine, tablesOfTheTemplate());
};

const open = async (engine: DynamoDbEngine, models: TableModel[]): Promise<TestTables> => {
  const database = engine.newDatabase();
  await database.createTables(models);
  const client = DynamoDBDocumentClient.from(new DynamoDBClient(database.clientConfig), {
    marshallOptions: { removeUndefinedValues: true },
  });
  const service = memoryKeyService();
  return {
    client,
    config: database.clientConfig,
    keys: dynamoDbKeys(client, tableNames.subjectKey, service),
    newKeys: () => dynamoDbKeys(client, tableNames.subjectKey, service),
    another: () => open(engine, models),
    stop: async () => {
      client.destroy();
      database.close();
      await engine.stop();
    },
  };
};
