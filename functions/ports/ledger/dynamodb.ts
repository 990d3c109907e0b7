import { ConditionalCheckFailedException, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import {
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  TransactWriteCommand,
  type TransactWriteCommandInput,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { again, conflictPolicy, retry } from '../../runtime/retry.ts';
import { batchGet } from '../dynamodb/batchGet.ts';
import { chunkIn, recoveryOf } from './item.ts';
import { type Chunk, type ChunkResult, eachOnce, type Ledger, type Recovery, sumOf } from './port.ts';
import { Failure } from '../../runtime/failure.ts';
import type { Item } from '../dynamodb/item.ts';

/** Chunks are kept as long as a recovery may take; the ledger row stays. */
const chunkSeconds = 30 * 24 * 3600;
const names = { '#status': 'status' };
const iso = (): string => new Date().toISOString();

/** Table recovery: item `ledger` and items `chunk#…` of each recovery. */
export const dynamoDbLedger = (client: DynamoDBDocumentClient, table: string): Ledger => {
  const ledgerKey = (recoveryId: string) => ({ recoveryId, item: 'ledger' });
  const chunkKey = (recoveryId: string, chunkId: string) => ({ recoveryId, item: `chunk#${chunkId}` });
  const find = async (recoveryId: string): Promise<Recovery | undefined> => {
    const { Item } = await client.send(
      new GetCommand({ TableName: table, Key: ledgerKey(recoveryId), ConsistentRead: true }),
    );
    return Item && recoveryOf(Item);
  };
  /** @returns the positions of the items whose conditions failed; none: it is written */
  const transact = (items: NonNullable<TransactWriteCommandInput['TransactItems']>): Promise<number[]> =>
    retry(
      { ...conflictPolicy, attempts: 30 },
      async () => {
        try {
          await client.send(new TransactWriteCommand({ TransactItems: items }));
          return [];
        } catch (error) {
          if (!(error instanceof TransactionCanceledException)) throw error;
          const failed = (error.CancellationReasons ?? []).flatMap(({ Code }, index) =>
            Code === 'ConditionalCheckFailed' ? [index] : [],
          );
          return failed.length > 0 ? failed : again;
        }
      },
      () => new Failure('The recovery ledger was in conflict at every try'),
    );

  const counting = (recoveryId: string, results: ChunkResult[]) => {
    const { rebuilt, changed, failed, lastError } = sumOf(results);
    return [
      ...results.map(({ chunkId }) => ({
        Update: {
          TableName: table,
          Key: chunkKey(recoveryId, chunkId),
          UpdateExpression: 'SET done = :true',
          ConditionExpression: 'done = :false',
          ExpressionAttributeValues: { ':true': true, ':false': false },
        },
      })),
      {
        Update: {
          TableName: table,
          Key: ledgerKey(recoveryId),
          UpdateExpression: `SET updatedAt = :now${lastError === undefined ? '' : ', lastError = :error'} ADD rebuilt :rebuilt, changed :changed, failed :failed, chunksDone :chunks`,
          ExpressionAttributeValues: {
            ':chunks': results.length,
            ':now': iso(),
            ':rebuilt': rebuilt,
            ':changed': changed,
            ':failed': failed,
            ...(lastError !== undefined && { ':error': lastError }),
          },
        },
      },
    ];
  };

  return {
    find,

    async create(recovery) {
      try {
        await client.send(
          new PutCommand({
            TableName: table,
            Item: { ...recovery, item: 'ledger' },
            ConditionExpression: 'attribute_not_exists(recoveryId)',
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          }),
        );
        return recovery;
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return (await find(recovery.recoveryId)) ?? recovery;
        throw error;
      }
    },

    async begin(recoveryId, step, messageId) {
      try {
        await client.send(
          new UpdateCommand({
            TableName: table,
            Key: ledgerKey(recoveryId),
            UpdateExpression: 'SET #step = :step, holder = :messageId',
            ConditionExpression:
              '#status = :running AND (attribute_not_exists(#step) OR #step < :step OR (#step = :step AND holder = :messageId))',
            ExpressionAttributeNames: { ...names, '#step': 'step' },
            ExpressionAttributeValues: { ':running': 'RUNNING', ':step': step, ':messageId': messageId },
          }),
        );
        return true;
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return false;
        throw error;
      }
    },

    advance: async (recoveryId, from, { cursor, chunks, discovered = 0, changed = 0, failed = 0, lastError, total }) =>
      (
        await transact([
          {
            Update: {
              TableName: table,
              Key: ledgerKey(recoveryId),
              UpdateExpression: `SET #cursor = :cursor, updatedAt = :now${total === undefined ? '' : ', #total = :total'}${lastError === undefined ? '' : ', lastError = :error'} ADD discovered :discovered, changed :changed, failed :failed`,
              ConditionExpression: `#status = :running AND ${from === undefined ? 'attribute_not_exists(#cursor)' : '#cursor = :from'}`,
              ExpressionAttributeNames: {
                ...names,
                '#cursor': 'cursor',
                ...(total !== undefined && { '#total': 'total' }),
              },
              ExpressionAttributeValues: {
                ':cursor': cursor,
                ':now': iso(),
                ':discovered': discovered,
                ':changed': changed,
                ':failed': failed,
                ':running': 'RUNNING',
                ...(lastError !== undefined && { ':error': lastError }),
                ...(from !== undefined && { ':from': from }),
                ...(total !== undefined && { ':total': total }),
              },
            },
          },
          ...chunks.map((chunk) => ({
            Put: {
              TableName: table,
              Item: {
                ...chunkKey(recoveryId, chunk.chunkId),
                ...chunk,
                done: false,
                expiresAt: Math.floor(Date.now() / 1000) + chunkSeconds,
              },
            },
          })),
        ])
      ).length === 0,

    chunks: async (recoveryId, chunkIds) =>
      (
        await batchGet(
          client,
          table,
          chunkIds.map((chunkId) => chunkKey(recoveryId, chunkId)),
        )
      ).flatMap((item) => chunkIn(item) ?? []),

    async unfinished(recoveryId, limit) {
      const found: Chunk[] = [];
      let from: Item | undefined;
      do {
        const page = await client.send(
          new QueryCommand({
            TableName: table,
            KeyConditionExpression: 'recoveryId = :recoveryId AND begins_with(#item, :chunk)',
            FilterExpression: 'done = :false',
            ExpressionAttributeNames: { '#item': 'item' },
            ExpressionAttributeValues: { ':recoveryId': recoveryId, ':chunk': 'chunk#', ':false': false },
            ExclusiveStartKey: from,
          }),
        );
        found.push(...(page.Items ?? []).flatMap((item) => chunkIn(item) ?? []));
        from = page.LastEvaluatedKey;
      } while (from && found.length < limit);
      return found.slice(0, limit);
    },

    async complete(recoveryId, results) {
      // A transaction takes no item twice.
      let pending = eachOnce(results);
      while (pending.length > 0) {
        const failed = await transact(counting(recoveryId, pending));
        if (failed.length === 0) return;
        // Those are done already, and have been counted.
        pending = pending.filter((_, index) => !failed.includes(index));
      }
    },

    async end(recoveryId, status, lastError) {
      try {
        const { Attributes } = await client.send(
          new UpdateCommand({
            TableName: table,
            Key: ledgerKey(recoveryId),
            UpdateExpression: `SET #status = :status, updatedAt = :now, completedAt = :now${lastError === undefined ? '' : ', lastError = :error'}`,
            ConditionExpression: '#status = :running',
            ExpressionAttributeNames: names,
            ExpressionAttributeValues: {
              ':status': status,
              ':now': iso(),
              ':running': 'RUNNING',
              ...(lastError !== undefined && { ':error': lastError }),
            },
            ReturnValues: 'ALL_NEW',
          }),
        );
        return Attributes && recoveryOf(Attributes);
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return find(recoveryId);
        throw error;
      }
    },
  };
};
