import type { EngineClient } from './engineClient.ts';
import type { KeyDefinition } from './tables.ts';
import type { TableModel } from '../model.ts';

type Item = Record<string, unknown>;

/**
 * Deletes what has expired: the engine itself looks at a few dozen items per sweep only.
 *
 * @param nowSeconds the moment to compare with, epoch seconds
 * @returns how many items went
 */
export async function sweepExpired(
  client: EngineClient,
  tables: TableModel[],
  nowSeconds = Math.floor(Date.now() / 1000),
): Promise<number> {
  let deleted = 0;
  for (const table of tables) {
    if (table.ttlAttribute === undefined) continue;
    const { KeySchema } = table.createTable as unknown as KeyDefinition;
    const names: Record<string, string> = { '#ttl': table.ttlAttribute };
    KeySchema.forEach(({ AttributeName }, index) => (names[`#key${index}`] = AttributeName));
    const expired = {
      TableName: table.name,
      ExpressionAttributeValues: { ':now': { N: String(nowSeconds) } },
    };
    let from: Item | undefined;
    do {
      const page = await client.call<{ Items: Item[]; LastEvaluatedKey?: Item }>('Scan', {
        ...expired,
        FilterExpression: '#ttl < :now',
        ProjectionExpression: KeySchema.map((_, index) => `#key${index}`).join(', '),
        ExpressionAttributeNames: names,
        ...(from ? { ExclusiveStartKey: from } : {}),
      });
      for (const Key of page.Items) deleted += await deleteIfExpired(client, { ...expired, Key }, table.ttlAttribute);
      from = page.LastEvaluatedKey;
    } while (from);
  }
  return deleted;
}

const shortestPause = 30_000;
/** How many times longer than a sweep the pause behind it is. */
const rest = 30;

/**
 * Sweeps now and then: one sweep after the other, and rarely where there is much to look through, as each reads whole
 * tables.
 *
 * @returns what ends it
 */
export function keepSweeping(sweep: () => Promise<unknown>, pause = shortestPause): () => void {
  let stopped = false;
  let timer: NodeJS.Timeout;
  const after = (milliseconds: number): void => {
    timer = setTimeout(() => {
      const began = Date.now();
      void sweep()
        .catch(() => undefined)
        .then(() => !stopped && after(Math.max(pause, rest * (Date.now() - began))));
    }, milliseconds).unref();
  };
  after(pause);
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}

/** The item may have been written anew since the scan saw it. */
async function deleteIfExpired(client: EngineClient, request: Item, ttlAttribute: string): Promise<number> {
  try {
    await client.call('DeleteItem', {
      ...request,
      ConditionExpression: '#ttl < :now',
      ExpressionAttributeNames: { '#ttl': ttlAttribute },
    });
    return 1;
  } catch (error) {
    if (error instanceof Error && error.name === 'ConditionalCheckFailedException') return 0;
    throw error;
  }
}
