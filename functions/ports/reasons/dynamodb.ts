import { type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { budget } from '../../runtime/budget.ts';
import { batchGet } from '../dynamodb/batchGet.ts';
import { type Reasons, reasonSeconds } from './port.ts';

/** Reasons in table deadLetter. */
export const dynamoDbReasons = (client: DynamoDBDocumentClient, table: string): Reasons => ({
  record: async (reasons) => {
    // Whoever records has its batch to answer for: it does not wait for a table that is away.
    const abortSignal = AbortSignal.timeout(budget.end);
    await Promise.allSettled(
      reasons.map((reason) => {
        const expiresAt = Math.floor(reason.failedAt / 1000) + reasonSeconds;
        return client.send(new PutCommand({ TableName: table, Item: { ...reason, expiresAt } }), { abortSignal });
      }),
    );
  },
  find: async (messageIds) => {
    const items = await batchGet(
      client,
      table,
      messageIds.map((messageId) => ({ messageId })),
    );
    return items.map(({ messageId, reason, failedAt }) => ({
      messageId: String(messageId),
      reason: String(reason),
      failedAt: Number(failedAt),
    }));
  },
});
