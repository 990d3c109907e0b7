import {
  CreateTableCommand,
  DescribeTableCommand,
  type TableDescription,
  UpdateTableCommand,
} from '@aws-sdk/client-dynamodb';
import { BatchWriteCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { setTimeout as pause } from 'node:timers/promises';
import { scan } from './holdings.ts';

/** Most items that one BatchWriteItem takes. */
const batchSize = 25;

/**
 * Makes a table as DynamoDB restores one from a backup that is taken now: a new one, with the items, the key and the
 * indexes; without stream, expiry, point-in-time recovery, policies and alarms.
 * @returns how many items it has
 */
export const restoreTo = async (dynamoDb: DynamoDBDocumentClient, source: string, target: string): Promise<number> => {
  const { KeySchema, AttributeDefinitions, GlobalSecondaryIndexes = [] } = await describe(dynamoDb, source);
  const indexes = GlobalSecondaryIndexes.map(({ IndexName, KeySchema: key, Projection }) => ({
    IndexName,
    KeySchema: key,
    Projection,
  }));
  await dynamoDb.send(
    new CreateTableCommand({
      TableName: target,
      KeySchema,
      AttributeDefinitions,
      GlobalSecondaryIndexes: indexes,
      BillingMode: 'PAY_PER_REQUEST',
    }),
  );
  await active(dynamoDb, target);
  const items = await scan(dynamoDb, source);
  for (let from = 0; from < items.length; from += batchSize) {
    let wanted = {
      [target]: items.slice(from, from + batchSize).map((Item) => ({ PutRequest: { Item } })),
    };
    while (Object.keys(wanted).length > 0) {
      const { UnprocessedItems } = await dynamoDb.send(new BatchWriteCommand({ RequestItems: wanted }));
      wanted = (UnprocessedItems ?? {}) as typeof wanted;
    }
  }
  return items.length;
};

/** What the mediator reads, and a restored table lacks. */
export const addStream = async (dynamoDb: DynamoDBDocumentClient, table: string): Promise<void> => {
  await dynamoDb.send(
    new UpdateTableCommand({
      TableName: table,
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' },
    }),
  );
  await active(dynamoDb, table);
};

const describe = async (dynamoDb: DynamoDBDocumentClient, TableName: string): Promise<TableDescription> =>
  (await dynamoDb.send(new DescribeTableCommand({ TableName }))).Table ?? {};

const active = async (dynamoDb: DynamoDBDocumentClient, table: string): Promise<void> => {
  while ((await describe(dynamoDb, table)).TableStatus !== 'ACTIVE') await pause(100);
};
