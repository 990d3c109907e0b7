import { BatchWriteCommand, type BatchWriteCommandInput, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { chunksOf } from '../../runtime/concurrency.ts';
import { Failure } from '../../runtime/failure.ts';
import { pause, servicePolicy } from '../../runtime/retry.ts';

export type Write = NonNullable<BatchWriteCommandInput['RequestItems']>[string][number];

/** Most writes that one BatchWriteItem takes. */
const batchSize = 25;

/**
 * Writes to one table, any number, each by itself. @throws Failure when the service leaves some unprocessed at every
 * try
 */
export const batchWrite = async (client: DynamoDBDocumentClient, table: string, writes: Write[]): Promise<void> => {
  for (const chunk of chunksOf(writes, batchSize)) {
    let wanted: Write[] = chunk;
    for (let attempt = 1; wanted.length > 0; attempt += 1) {
      const over = attempt > servicePolicy.attempts || (attempt > 1 && !(await pause(attempt - 1, servicePolicy)));
      if (over) throw new Failure(`${table} left writes of a batch unprocessed at every try`);
      const { UnprocessedItems } = await client.send(new BatchWriteCommand({ RequestItems: { [table]: wanted } }));
      wanted = UnprocessedItems?.[table] ?? [];
    }
  }
};
