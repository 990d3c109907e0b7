import type { EngineClient } from './engineClient.ts';
import type { KeyDefinition } from './tables.ts';
import type { TableModel } from '../model.ts';

type Item = Record<string, unknown>;

/** What a sweep does between two looks, the last of which took so many milliseconds. */
export type Rest = (took: number) => Promise<void>;

/**
 * Items looked at in one go. The engine lets nobody in while it scans, and a page of the usual size takes it longer the
 * more there is in the table: two seconds of 120,000 items, where these take 25 milliseconds.
 */
const atOnce = 250;

/**
 * Deletes what has expired: the engine itself looks at a few dozen items per sweep only.
 *
 * @param nowSeconds the moment to compare with, epoch seconds
 * @param rest lets others have the engine; rejects to end the sweep
 * @returns how many items went
 */
export async function sweepExpired(
  client: EngineClient,
  tables: TableModel[],
  nowSeconds = Math.floor(Date.now() / 1000),
  rest?: Rest,
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
      const began = performance.now();
      const page = await client.call<{ Items: Item[]; LastEvaluatedKey?: Item }>('Scan', {
        ...expired,
        Limit: atOnce,
        FilterExpression: '#ttl < :now',
        ProjectionExpression: KeySchema.map((_, index) => `#key${index}`).join(', '),
        ExpressionAttributeNames: names,
        ...(from ? { ExclusiveStartKey: from } : {}),
      });
      for (const Key of page.Items) deleted += await deleteIfExpired(client, { ...expired, Key }, table.ttlAttribute);
      from = page.LastEvaluatedKey;
      await rest?.(performance.now() - began);
    } while (from);
  }
  return deleted;
}

const usualPause = 30_000;
/** How many times longer than a look the rest behind it is. */
const restfulness = 30;

/**
 * Does something to the tables now and then, once it has ended the last time; what fails is done the next time. A busy
 * engine is left alone for longer.
 *
 * @param sweep is given how to rest while it goes on, so that it takes no more than a thirtieth of the engine
 * @returns what ends it
 */
export function keepSweeping(sweep: (rest: Rest) => Promise<unknown>, pause = usualPause): () => void {
  let stopped = false;
  let timer: NodeJS.Timeout;
  let lookedSince = 0;
  const sleep = async (milliseconds: number): Promise<void> => {
    await new Promise<void>((resolve) => void (timer = setTimeout(resolve, milliseconds).unref()));
    lookedSince = Date.now();
  };
  const rest: Rest = async (took) => {
    await sleep(restfulness * took);
    if (stopped) throw new Error('No more sweeping');
  };
  const goOn = async (): Promise<void> => {
    await sleep(pause);
    while (!stopped) {
      await sweep(rest).catch(() => undefined);
      await sleep(Math.max(pause, restfulness * (Date.now() - lookedSince)));
    }
  };
  void goOn();
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
