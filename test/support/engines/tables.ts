import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { inject } from 'vitest';
import { type DynamoDatabase, type DynamoDbEngine, startDynamoDb, type TableModel } from 'appsync-local/parts';
import { dynamoDbKeys } from '../../../functions/ports/keys/dynamodb.ts';
import { memoryKeyService } from '../../../functions/ports/keys/memory.ts';
import type { Keys } from '../../../functions/ports/keys/port.ts';
import { unmarshallOptions } from '../../../functions/runtime/clients/numbers.ts';
import type { ViewTables } from '../../../functions/runtime/environment.ts';

const stackName = 'UserManagement-dev';

export const tableNames = {
  eventStore: `${stackName}-eventStore`,
  uniqueValue: `${stackName}-uniqueValue`,
  commandOutcome: `${stackName}-commandOutcome`,
  recovery: `${stackName}-recovery`,
  subjectKey: `${stackName}-subjectKey`,
  directory: `${stackName}-directory`,
  snapshot: `${stackName}-snapshot`,
  deadLetter: `${stackName}-deadLetter`,
};
export const viewTables: ViewTables = {
  user: `${stackName}-user`,
  role: `${stackName}-role`,
  authorization: `${stackName}-authorization`,
  group: `${stackName}-group`,
};

/** The deployed tables, indexes included, as an engine creates them. */
const tablesOfTheTemplate = (): TableModel[] => {
  const { Resources } = JSON.parse(readFileSync(join(inject('assemblyDir'), `${stackName}.template.json`), 'utf8')) as {
    Resources: Record<string, { Type: string; Properties: Record<string, unknown> }>;
  };
  return Object.entries(Resources)
    .filter(([, { Type }]) => Type === 'AWS::DynamoDB::Table')
    .map(([logicalId, { Properties }]) => {
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
    // As the functions' client: what a condition that failed answers with is read beside it.
    unmarshallOptions: unmarshallOptions(),
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
