import { BatchGetCommand, type BatchGetCommandOutput, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { chunksOf } from '../../runtime/concurrency.ts';
import { pause, servicePolicy } from '../../runtime/retry.ts';
import { Failure } from '../../runtime/failure.ts';
import type { Item } from './item.ts';

/** Most keys that one BatchGetItem takes. */
const batchSize = 100;

/**
 * Items of one table by their keys, consistently read, in no order; those that are not there are left out.
 * @param keys any number, none twice
 * @param attributes the only ones wanted; all if left out
 * @throws when the service leaves keys unprocessed at every try
 */
export const batchGet = async (
  client: DynamoDBDocumentClient,
  table: string,
  keys: Item[],
  attributes?: string[],
): Promise<Item[]> => {
  const items: Item[] = [];
  for (const chunk of chunksOf(keys, batchSize)) {
    let wanted: Item[] | undefined = chunk;
    for (let attempt = 1; wanted && wanted.length > 0; attempt += 1) {
      const over = attempt > servicePolicy.attempts || (attempt > 1 && !(await pause(attempt - 1, servicePolicy)));
      if (over) throw new Failure(`${table} left keys of a batch unprocessed at every try`);
      const { Responses, UnprocessedKeys }: BatchGetCommandOutput = await client.send(
        new BatchGetCommand({
          RequestItems: {
            [table]: {
              Keys: wanted,
              ConsistentRead: true,
              ...(attributes && { ProjectionExpression: attributes.join(', ') }),
            },
          },
        }),
      );
      items.push(...(Responses?.[table] ?? []));
      wanted = UnprocessedKeys?.[table]?.Keys;
    }
  }
  return items;
};
