import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { decide } from '../../../domain/kernel/command/decide.ts';
import type { DomainEvent } from '../../../domain/kernel/stream/event.ts';
import { streamIdOf } from '../../../domain/kernel/stream/event.ts';
import { fold } from '../../../domain/kernel/stream/fold.ts';
import { streamOf } from '../../../domain/kernel/stream/stream.ts';
import { entriesOf } from '../../../domain/kernel/view/directory.ts';
import { rowOf } from '../../../domain/kernel/view/view.ts';
import { aggregates } from '../../../domain/operations.ts';
import { batchWrite } from '../../../functions/ports/dynamodb/batchWrite.ts';
import { chunksOf, mapBounded } from '../../../functions/runtime/concurrency.ts';
import { itemOf } from '../../../functions/ports/eventStore/item.ts';
import type { Outputs } from './client.ts';

const together = 100;
const concurrency = 8;

/**
 * Puts people straight into the tables, as commands would have left them, one a second up to now: a large corpus takes
 * minutes so, not hours.
 * @param changes whom commands are to change: they need a stream, which costs an execution each
 */
export const seedPeople = async (
  { DynamoDBEndpoint, Region, Tables }: Outputs,
  people: { id: string }[],
  changes: (id: string) => boolean,
): Promise<void> => {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = DynamoDBDocumentClient.from(
    new DynamoDBClient({ endpoint: DynamoDBEndpoint, region: Region, credentials }),
    { marshallOptions: { removeUndefinedValues: true } },
  );
  const put = (table: string, items: object[]) =>
    batchWrite(
      client,
      Tables[table]!,
      items.map((Item) => ({ PutRequest: { Item: Item as Record<string, unknown> } })),
    );
  const begin = Date.now() - people.length * 1000;
  const events = people.map((input, n) => createdBy(input, begin + n * 1000));
  await mapBounded(chunksOf(events, together), concurrency, async (chunk) => {
    const rows = chunk.map((event) => rowOf('user', event.aggregateId, fold([event]))!);
    const entries = rows.flatMap((row) => entriesOf(aggregates.user, row));
    await put('user', rows);
    await put('directory', entries);
    await put('eventStore', chunk.filter(({ aggregateId }) => changes(aggregateId)).map(itemOf));
  });
  client.destroy();
};

const createdBy = ({ id, ...input }: { id: string }, now: number): DomainEvent => {
  const command = {
    commandId: randomUUID(),
    operation: 'createUser',
    aggregate: 'user' as const,
    aggregateId: id,
    actor: 'admin:auth0|seeds',
    input,
  };
  const decision = decide(command, streamOf([]), { now, eventId: randomUUID() });
  if ('rejection' in decision) throw new Error(`${streamIdOf('user', id)}: ${decision.rejection.message}`);
  return decision.events[0]!;
};
