import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import {
  type DynamoDBDocumentClient,
  ScanCommand,
  TransactWriteCommand,
  type TransactWriteCommandInput,
} from '@aws-sdk/lib-dynamodb';
import { streamIdOf } from '../../../domain/kernel/stream/event.ts';
import { again, conflictPolicy, retry } from '../../runtime/retry.ts';
import { batchGet } from '../dynamodb/batchGet.ts';
import { type ClaimReader, type ClaimResult, type Claims, type FoundClaim, ownerOf, type Unmoved } from './port.ts';
import type { EventStoreTables } from '../eventStore/dynamodb.ts';
import type { Keys } from '../keys/port.ts';
import { claimReader, storedClaims } from './stored.ts';
import { Failure } from '../../runtime/failure.ts';
import type { Item } from '../dynamodb/item.ts';

type TransactItem = NonNullable<TransactWriteCommandInput['TransactItems']>[number];

const findIn =
  (client: DynamoDBDocumentClient, table: string): Claims['find'] =>
  async (keys) =>
    new Map(
      (
        await batchGet(
          client,
          table,
          keys.map((uniqueKey) => ({ uniqueKey })),
        )
      )
        .map(claimOf)
        .map((claim) => [claim.key, claim]),
    );

export const dynamoDbClaimReader = (client: DynamoDBDocumentClient, table: string, keys: Keys): ClaimReader =>
  claimReader(findIn(client, table), keys);

export const dynamoDbClaims = (
  client: DynamoDBDocumentClient,
  tables: Pick<EventStoreTables, 'eventStore' | 'uniqueValue'>,
  keys: Keys,
): Claims => {
  const transact = (unmoved: Unmoved[], item: TransactItem): Promise<ClaimResult> =>
    retry(
      conflictPolicy,
      async () => {
        try {
          await client.send(
            new TransactWriteCommand({ TransactItems: [...unmoved.map((stream) => stillAt(tables, stream)), item] }),
          );
          return 'done';
        } catch (error) {
          if (!(error instanceof TransactionCanceledException)) throw error;
          return resultOf(error, unmoved.length) ?? again;
        }
      },
      () => new Failure('A claim could not be set right: its table was in conflict at every try'),
    );

  return {
    stored: (claims) => storedClaims(claims, keys),
    find: findIn(client, tables.uniqueValue),
    async page(limit, after) {
      const { Items, LastEvaluatedKey } = await client.send(
        new ScanCommand({
          TableName: tables.uniqueValue,
          Limit: limit,
          ExclusiveStartKey: after === undefined ? undefined : { uniqueKey: after },
        }),
      );
      return {
        claims: (Items ?? []).map(claimOf),
        next: LastEvaluatedKey && String(LastEvaluatedKey['uniqueKey']),
      };
    },
    restore: ({ key, attribute, owner }, before, unmoved) =>
      transact(unmoved, {
        Put: {
          TableName: tables.uniqueValue,
          Item: {
            uniqueKey: key,
            streamId: streamIdOf(owner.aggregate, owner.aggregateId),
            aggregate: owner.aggregate,
            attribute,
          },
          ...asFound(before),
        },
      }),
    remove: (claim, unmoved) =>
      transact(unmoved, {
        Delete: { TableName: tables.uniqueValue, Key: { uniqueKey: claim.key }, ...asFound(claim) },
      }),
  };
};

/** Reads the reasons of a cancelled transaction, which stand in the order of its items: the streams, then the claim. */
const resultOf = (
  { CancellationReasons = [] }: TransactionCanceledException,
  streams: number,
): ClaimResult | undefined => {
  const failed = CancellationReasons.map(({ Code }) => Code === 'ConditionalCheckFailed');
  if (failed[streams]) return 'claimMoved';
  return failed.includes(true) ? 'streamMoved' : undefined;
};

const claimOf = ({ uniqueKey, attribute, streamId }: Item): FoundClaim => ({
  key: String(uniqueKey),
  attribute: String(attribute),
  owner: ownerOf(String(streamId)),
  streamId,
});

const asFound = (claim: FoundClaim | undefined) =>
  claim?.streamId === undefined
    ? { ConditionExpression: 'attribute_not_exists(streamId)' }
    : { ConditionExpression: 'streamId = :found', ExpressionAttributeValues: { ':found': claim.streamId } };

/** Holds while the stream has no next version. */
const stillAt = (
  tables: Pick<EventStoreTables, 'eventStore'>,
  { aggregate, aggregateId, version }: Unmoved,
): TransactItem => ({
  ConditionCheck: {
    TableName: tables.eventStore,
    Key: { streamId: streamIdOf(aggregate, aggregateId), version: version + 1 },
    ConditionExpression: 'attribute_not_exists(streamId)',
  },
});
