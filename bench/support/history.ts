import { randomUUID } from 'node:crypto';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { Command } from '../../domain/kernel/command/command.ts';
import type { DomainEvent } from '../../domain/kernel/stream/event.ts';
import { decide } from '../../domain/kernel/command/decide.ts';
import { streamOf } from '../../domain/kernel/stream/stream.ts';
import { streamIdOf } from '../../domain/kernel/stream/event.ts';
import { fold } from '../../domain/kernel/stream/fold.ts';
import { claimsOf } from '../../domain/kernel/stream/unique.ts';
import { rowOf, type ViewRow } from '../../domain/kernel/view/view.ts';
import { itemOf } from '../../functions/ports/eventStore/item.ts';
import type { DynamoDatabase } from 'appsync-local/parts';
import type { Stack } from '../../local/stack.ts';
import { inFlight } from './statistics.ts';

type Item = Record<string, AttributeValue>;

/** Events of one user's stream: created once, changed again and again. */
export const eventsPerStream = 5;

/** Who made the history. */
export const actor = 'admin:auth0|bench';
const day = 24 * 3600_000;
const batchSize = 25;
const batchesInFlight = 8;

/** One user's life, one event a day, the last one at `now`. */
const lifeOf = (id: string, now: number, length: number): DomainEvent[] => {
  const input = {
    firstName: 'Ada',
    lastName: 'Lovelace',
    birthDate: '1985-12-10',
    email: `${id}@example.org`,
    roleId: 'some-role',
    groupId: 'some-group',
  };
  const events: DomainEvent[] = [];
  for (let n = 1; n <= length; n += 1) {
    const operation = n === 1 ? 'createUser' : 'updateUser';
    const command: Command = {
      commandId: randomUUID(),
      operation,
      aggregate: 'user',
      aggregateId: id,
      actor,
      input: n === 1 ? input : { lastName: `Lovelace ${n}` },
    };
    const decision = decide(command, streamOf(events), {
      now: now - (length - n) * day,
      eventId: randomUUID(),
    });
    if ('rejection' in decision) throw new Error(decision.rejection.message);
    events.push(...decision.events);
  }
  return events;
};

/**
 * Writes users' streams and claims straight into the tables, past everything else; no view knows of them.
 * @param options number of the first, the moment of the last event of each, and how many events each has
 * @returns the rows that the view should have, by id
 */
export const seedUsers = async (
  { database, outputs }: Stack,
  count: number,
  { first = 0, now = Date.now() - 60_000, events: length = eventsPerStream } = {},
): Promise<Map<string, ViewRow>> => {
  const rows = new Map<string, ViewRow>();
  const users = Math.floor(batchSize / length);
  await inFlight(Array.from({ length: Math.ceil(count / users) }), batchesInFlight, async (_, batch) => {
    const events: DomainEvent[] = [];
    const claims: Record<string, unknown>[] = [];
    for (let n = batch * users; n < Math.min(count, (batch + 1) * users); n += 1) {
      const id = `user-${String(first + n).padStart(6, '0')}`;
      const life = lifeOf(id, now, length);
      const state = fold(life);
      rows.set(id, rowOf('user', id, state)!);
      events.push(...life);
      claims.push(
        ...claimsOf('user', state).map(({ key, aggregate, attribute }) => ({
          uniqueKey: key,
          streamId: streamIdOf('user', id),
          aggregate,
          attribute,
        })),
      );
    }
    await putAll(database, outputs.Tables['eventStore']!, events.map(itemOf));
    await putAll(database, outputs.Tables['uniqueValue']!, claims);
  });
  return rows;
};

export const putAll = (database: DynamoDatabase, table: string, items: Record<string, unknown>[]): Promise<void> =>
  batchWrite(
    database,
    table,
    items.map((item) => ({ PutRequest: { Item: marshall(item, { removeUndefinedValues: true }) } })),
  );

/** Empties the view of users. */
export const emptyUsers = async ({ database, outputs }: Stack, all: Iterable<string>): Promise<void> => {
  const ids = [...all];
  const batches = Array.from({ length: Math.ceil(ids.length / batchSize) }, (_, n) =>
    ids.slice(n * batchSize, (n + 1) * batchSize),
  );
  await inFlight(batches, batchesInFlight, (batch) =>
    batchWrite(
      database,
      outputs.Tables['user']!,
      batch.map((id) => ({ DeleteRequest: { Key: { id: { S: id } } } })),
    ),
  );
};

const batchWrite = async ({ client }: DynamoDatabase, table: string, requests: unknown[]): Promise<void> => {
  let left = requests;
  while (left.length > 0) {
    const { UnprocessedItems } = await client.call<{ UnprocessedItems?: Record<string, unknown[]> }>('BatchWriteItem', {
      RequestItems: { [table]: left },
    });
    left = UnprocessedItems?.[table] ?? [];
  }
};

/** All rows of the view of users, by id. */
export const usersShown = async ({ database, outputs }: Stack): Promise<Map<string, unknown>> => {
  const rows = new Map<string, unknown>();
  const segments = 4;
  await Promise.all(
    Array.from({ length: segments }, async (_, Segment) => {
      let ExclusiveStartKey: Item | undefined;
      do {
        const page = await database.client.call<{ Items: Item[]; LastEvaluatedKey?: Item }>('Scan', {
          TableName: outputs.Tables['user'],
          Segment,
          TotalSegments: segments,
          ExclusiveStartKey,
        });
        for (const item of page.Items) rows.set(item['id']!.S!, unmarshall(item));
        ExclusiveStartKey = page.LastEvaluatedKey;
      } while (ExclusiveStartKey);
    }),
  );
  return rows;
};
