import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, PutCommand, type TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb';
import { batchGet } from '../dynamodb/batchGet.ts';
import { keyring, type KeyTable, lifeAttribute } from './keyring.ts';
import type { Keys, KeyService, NewDataKey } from './port.ts';

type TransactItem = NonNullable<TransactWriteCommandInput['TransactItems']>[number];

/** The keys in table subjectKey. */
export const dynamoDbKeys = (
  client: DynamoDBDocumentClient,
  table: string,
  service: KeyService,
  now?: () => number,
): Keys => keyring(keyTable(client, table), service, now);

const keyTable = (client: DynamoDBDocumentClient, table: string): KeyTable => {
  const find: KeyTable['find'] = async (ids) =>
    new Map(
      (
        await batchGet(
          client,
          table,
          ids.map((subject) => ({ subject })),
        )
      ).map(({ subject, ...item }) => [String(subject), item]),
    );
  return {
    find,
    async addRoot(id, wrapped) {
      try {
        await client.send(
          new PutCommand({
            TableName: table,
            Item: { subject: id, wrapped },
            ConditionExpression: 'attribute_not_exists(subject)',
          }),
        );
        return wrapped;
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
        return String((await find([id])).get(id)?.['wrapped']);
      }
    },
  };
};

/** Stores a new data key beside those of earlier lives. */
export const storeKey = (table: string, subject: string, { life, wrapped }: NewDataKey): TransactItem => ({
  Update: {
    TableName: table,
    Key: { subject },
    UpdateExpression: 'SET #life = :wrapped',
    ConditionExpression: 'attribute_not_exists(#life)',
    ExpressionAttributeNames: { '#life': lifeAttribute(life) },
    ExpressionAttributeValues: { ':wrapped': wrapped },
  },
});

/** Destroys all data keys of a subject. */
export const destroyKeys = (table: string, subject: string): TransactItem => ({
  Delete: { TableName: table, Key: { subject } },
});
