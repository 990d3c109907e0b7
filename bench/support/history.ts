import { randomUUID } from 'node:crypto';
import { type AttributeValue, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMSClient } from '@aws-sdk/client-kms';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { Command } from '../../domain/kernel/command/command.ts';
import type { DomainEvent } from '../../domain/kernel/stream/event.ts';
import { decide } from '../../domain/kernel/command/decide.ts';
import { streamOf } from '../../domain/kernel/stream/stream.ts';
import { streamIdOf } from '../../domain/kernel/stream/event.ts';
import { fold } from '../../domain/kernel/stream/fold.ts';
import { claimsOf } from '../../domain/kernel/stream/unique.ts';
import { entriesOf } from '../../domain/kernel/view/directory.ts';
import { rowOf, type ViewRow } from '../../domain/kernel/view/view.ts';
import { aggregates } from '../../domain/operations.ts';
import { storedClaims } from '../../functions/ports/claims/stored.ts';
import { sealedEvent } from '../../functions/ports/eventStore/sealing.ts';
import type { Key } from '../../functions/ports/keys/cipher.ts';
import { dynamoDbKeys } from '../../functions/ports/keys/dynamodb.ts';
import { lifeAttribute } from '../../functions/ports/keys/keyring.ts';
import { kmsKeyService } from '../../functions/ports/keys/kms.ts';
import { chunksOf } from '../../functions/runtime/concurrency.ts';
import type { Keys } from '../../functions/ports/keys/port.ts';
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

/** The keys of a running stack, for its administrator. */
const keysOf = ({ outputs, model }: Stack): Keys => {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const local = { region: outputs.Region, credentials };
  const client = DynamoDBDocumentClient.from(new DynamoDBClient({ ...local, endpoint: outputs.DynamoDBEndpoint }));
  const service = kmsKeyService(new KMSClient({ ...local, endpoint: outputs.KmsEndpoint }), `alias/${model.stackName}`);
  return dynamoDbKeys(client, outputs.Tables['subjectKey']!, service);
};

/** A life as it is stored: the items of its events, and that of its keys. */
const sealed = async (life: DomainEvent[], keys: Keys) => {
  const subject = streamIdOf(life[0]!.aggregate, life[0]!.aggregateId);
  const made = new Map<number, Key>();
  const known: Keys = { ...keys, of: async (subjects) => new Map(subjects.map((each) => [each, made])) };
  const items: Record<string, unknown>[] = [];
  const wrapped: Record<string, string> = {};
  for (const event of life) {
    const { item, newKey } = await sealedEvent(event, known);
    items.push(item);
    if (!newKey) continue;
    made.set(newKey.life, newKey.key);
    wrapped[lifeAttribute(newKey.life)] = newKey.wrapped;
  }
  return { items, keys: { subject, ...wrapped } };
};

/**
 * Writes users' streams, keys and claims straight into the tables, past everything else; no view knows of them.
 * @param options number of the first, the moment of the last event of each, and how many events each has
 * @returns the rows that the view should have, by id
 */
export const seedUsers = async (
  stack: Stack,
  count: number,
  { first = 0, now = Date.now() - 60_000, events: length = eventsPerStream } = {},
): Promise<Map<string, ViewRow>> => {
  const { database, outputs } = stack;
  const stackKeys = keysOf(stack);
  const rows = new Map<string, ViewRow>();
  const users = Math.floor(batchSize / length);
  await inFlight(Array.from({ length: Math.ceil(count / users) }), batchesInFlight, async (_, batch) => {
    const events: Record<string, unknown>[] = [];
    const keys: Record<string, unknown>[] = [];
    const claims: Record<string, unknown>[] = [];
    for (let n = batch * users; n < Math.min(count, (batch + 1) * users); n += 1) {
      const id = `user-${String(first + n).padStart(6, '0')}`;
      const life = lifeOf(id, now, length);
      const state = fold(life);
      rows.set(id, rowOf('user', id, state)!);
      const stored = await sealed(life, stackKeys);
      events.push(...stored.items);
      keys.push(stored.keys);
      claims.push(
        ...(await storedClaims(claimsOf('user', state), stackKeys)).map(({ key, aggregate, attribute }) => ({
          uniqueKey: key,
          streamId: streamIdOf('user', id),
          aggregate,
          attribute,
        })),
      );
    }
    await putAll(database, outputs.Tables['eventStore']!, events);
    await putAll(database, outputs.Tables['subjectKey']!, keys);
    await putAll(database, outputs.Tables['uniqueValue']!, claims);
  });
  return rows;
};

export const putAll = (database: DynamoDatabase, table: string, items: Record<string, unknown>[]): Promise<void> =>
  writeAll(
    database,
    table,
    items.map((item) => ({ PutRequest: { Item: marshall(item, { removeUndefinedValues: true }) } })),
  );

/** Empties the view of users. */
export const emptyUsers = (stack: Stack, all: Iterable<string>): Promise<void> =>
  removeAll(
    stack,
    'user',
    [...all].map((id) => ({ id })),
  );

/** Takes users out of the directory. */
export const emptyLists = (stack: Stack, all: Iterable<ViewRow>): Promise<void> =>
  removeAll(
    stack,
    'directory',
    [...all].flatMap((row) => entriesOf(aggregates.user, row)).map(({ rowKey, entry }) => ({ rowKey, entry })),
  );

const removeAll = async ({ database, outputs }: Stack, table: string, keys: Record<string, string>[]): Promise<void> =>
  writeAll(
    database,
    outputs.Tables[table]!,
    keys.map((key) => ({ DeleteRequest: { Key: marshall(key) } })),
  );

const writeAll = (database: DynamoDatabase, table: string, requests: unknown[]): Promise<void> =>
  inFlight(chunksOf(requests, batchSize), batchesInFlight, (batch) => batchWrite(database, table, batch));

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
