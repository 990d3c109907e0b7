import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, GetCommand, ScanCommand, TransactWriteCommand, type TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb';
import { streamIdOf } from '../../domain/fold.ts';
import { again, conflictPolicy, retry } from '../retry.ts';
import { type Claims, ownerOf, type StoredClaim, type Unmoved } from './claims.ts';
import type { EventStoreTables } from './eventStore.dynamodb.ts';

type TransactItem = NonNullable<TransactWriteCommandInput['TransactItems']>[number];

export const dynamoDbClaims = (client: DynamoDBDocumentClient, tables: EventStoreTables): Claims => {
  const transact = (unmoved: Unmoved[], item: TransactItem): Promise<boolean> =>
    retry(conflictPolicy, async () => {
      try {
        await client.send(new TransactWriteCommand({ TransactItems: [...unmoved.map((stream) => stillAt(tables, stream)), item] }));
        return true;
      } catch (error) {
        if (!(error instanceof TransactionCanceledException)) throw error;
        return error.CancellationReasons?.some(({ Code }) => Code === 'ConditionalCheckFailed') ? false : again;
      }
    }, () => new Error('A claim could not be set right: its table was in conflict at every try'));

  return {
    async find(key) {
      const { Item } = await client.send(new GetCommand({ TableName: tables.uniqueValue, Key: { uniqueKey: key }, ConsistentRead: true }));
      return Item && claimOf(Item);
    },
    async page(limit, after) {
      const { Items, LastEvaluatedKey } = await client.send(new ScanCommand({ TableName: tables.uniqueValue, Limit: limit, ExclusiveStartKey: after === undefined ? undefined : { uniqueKey: after } }));
      return { claims: (Items ?? []).map(claimOf), next: LastEvaluatedKey?.['uniqueKey'] as string | undefined };
    },
    restore: ({ key, attribute, owner }, before, unmoved) => transact(unmoved, {
      Put: {
        TableName: tables.uniqueValue,
        Item: { uniqueKey: key, streamId: streamIdOf(owner.aggregate, owner.aggregateId), aggregate: owner.aggregate, attribute },
        ...asFound(before),
      },
    }),
    remove: (claim, unmoved) => transact(unmoved, { Delete: { TableName: tables.uniqueValue, Key: { uniqueKey: claim.key }, ...asFound(claim) } }),
  };
};

const claimOf = (item: Record<string, unknown>): StoredClaim => ({ key: String(item['uniqueKey']), attribute: String(item['attribute']), owner: ownerOf(String(item['streamId'] ?? '')) });

const asFound = (claim: StoredClaim | undefined) =>
  claim && claim.owner.aggregateId !== ''
    ? { ConditionExpression: 'streamId = :owner', ExpressionAttributeValues: { ':owner': streamIdOf(claim.owner.aggregate, claim.owner.aggregateId) } }
    : { ConditionExpression: 'attribute_not_exists(streamId)' };

/** Holds while the stream has no next version. */
const stillAt = (tables: EventStoreTables, { aggregate, aggregateId, version }: Unmoved): TransactItem => ({
  ConditionCheck: { TableName: tables.eventStore, Key: { streamId: streamIdOf(aggregate, aggregateId), version: version + 1 }, ConditionExpression: 'attribute_not_exists(streamId)' },
});
