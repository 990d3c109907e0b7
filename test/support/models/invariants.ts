import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMSClient } from '@aws-sdk/client-kms';
import { DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { expect } from 'vitest';
import type { AggregateName } from '../../../domain/kernel/aggregate.ts';
import type { DomainEvent } from '../../../domain/kernel/stream/event.ts';
import { fold } from '../../../domain/kernel/stream/fold.ts';
import { aggregateNames, aggregates, uniqueAttributesOf } from '../../../domain/operations.ts';
import { claimsOf } from '../../../domain/kernel/stream/unique.ts';
import { rowOf } from '../../../domain/kernel/view/view.ts';
import { storedClaims } from '../../../functions/ports/claims/stored.ts';
import { UnreadableEvent } from '../../../functions/ports/eventStore/item.ts';
import { eventsOf } from '../../../functions/ports/eventStore/sealing.ts';
import { dynamoDbKeys } from '../../../functions/ports/keys/dynamodb.ts';
import { kmsKeyService } from '../../../functions/ports/keys/kms.ts';
import { eventually, type Outputs } from '../clients/client.ts';

const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };

/** A look into a running stack's tables and queues, as its administrator. */
export const inspect = (outputs: Outputs) => {
  const dynamoDb = DynamoDBDocumentClient.from(
    new DynamoDBClient({ endpoint: outputs.DynamoDBEndpoint, region: outputs.Region, credentials }),
  );
  const sqs = new SQSClient({ endpoint: outputs.SqsEndpoint, region: outputs.Region, credentials });

  const scan = async (table: string): Promise<Record<string, unknown>[]> => {
    const items: Record<string, unknown>[] = [];
    let from: Record<string, unknown> | undefined;
    do {
      const page = await dynamoDb.send(
        new ScanCommand({ TableName: outputs.Tables[table], ConsistentRead: true, ExclusiveStartKey: from }),
      );
      items.push(...(page.Items ?? []));
      from = page.LastEvaluatedKey;
    } while (from);
    return items;
  };

  const kms = new KMSClient({ endpoint: outputs.KmsEndpoint, region: outputs.Region, credentials });
  const keys = dynamoDbKeys(dynamoDb, outputs.Tables['subjectKey']!, kmsKeyService(kms));

  const depthOf = async (queue: string): Promise<number> => {
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: outputs.Queues[queue], AttributeNames: ['All'] }),
    );
    return (
      Number(Attributes?.['ApproximateNumberOfMessages']) +
      Number(Attributes?.['ApproximateNumberOfMessagesNotVisible']) +
      Number(Attributes?.['ApproximateNumberOfMessagesDelayed'] ?? 0)
    );
  };

  const streams = async (): Promise<Map<string, DomainEvent[]>> => {
    const found = new Map<string, DomainEvent[]>();
    const items = await scan('eventStore');
    const events = await eventsOf(items, keys, true);
    for (const [index, event] of events.entries()) {
      const streamId = String(items[index]!['streamId']);
      if (event instanceof UnreadableEvent) throw event;
      found.set(streamId, [...(found.get(streamId) ?? []), event]);
    }
    for (const ofStream of found.values()) ofStream.sort((one, other) => one.version - other.version);
    return found;
  };

  return {
    dynamoDb,
    sqs,
    scan,
    depthOf,
    streams,
    keys,

    /** Queues, by name, that hold messages. */
    waiting: async (deadLetters: boolean): Promise<string[]> => {
      const names = Object.keys(outputs.Queues).filter((name) => /Dlq|[Ff]ailures/.test(name) === deadLetters);
      const depths = await Promise.all(names.map(depthOf));
      return names.filter((_, index) => depths[index]! > 0);
    },
  };
};

export type Inspection = ReturnType<typeof inspect>;

const aggregateOf = (streamId: string): AggregateName => streamId.slice(0, streamId.indexOf('#')) as AggregateName;

/** What a row may hold: what is declared of its aggregate, and what every row has. */
const mayHold = (aggregate: AggregateName): Set<string> => {
  const { columns } = aggregates[aggregate];
  const references = Object.keys(columns).filter((name) => columns[name]?.to !== undefined);
  return new Set([
    ...Object.keys(columns),
    ...uniqueAttributesOf(aggregate).map((name) => `${name}Key`),
    ...references.map((name) => `${name}Since`),
    ...['id', 'version', 'createdAt', 'updatedAt', 'deletedAt', 'expiresAt'],
  ]);
};

/** A tombstone past its time may be there or not. */
const isKept = (row: object): boolean => !('expiresAt' in row) || Number(row.expiresAt) * 1000 > Date.now();

/**
 * I3, I4, I5 and I6 for everything in the stack: streams without gaps and back-steps, views equal to the folds of their
 * streams, claims held by exactly those who hold the values. Waits until the views have caught up.
 */
export const expectInvariants = async (inspection: Inspection, seconds = 180): Promise<void> => {
  const { scan, streams } = inspection;
  const views = async () => {
    const rows = new Map<string, Record<string, unknown>>();
    for (const aggregate of aggregateNames)
      for (const row of await scan(aggregate)) rows.set(`${aggregate}#${String(row['id'])}`, row);
    return new Map([...rows].filter(([, row]) => isKept(row)));
  };
  const expectedOf = (all: Map<string, DomainEvent[]>) =>
    new Map(
      [...all].flatMap(([streamId, events]) => {
        const row = rowOf(aggregateOf(streamId), events[0]!.aggregateId, fold(events));
        return row && isKept(row) ? [[streamId, row] as const] : [];
      }),
    );

  await eventually('queues empty', async () => (await inspection.waiting(false)).length === 0, seconds);
  await eventually(
    'views at the versions of their streams',
    async () => {
      const [all, rows] = [await streams(), await views()];
      return [...expectedOf(all)].every(([streamId, { version }]) => rows.get(streamId)?.['version'] === version);
    },
    seconds,
  );

  const all = await streams();
  for (const [streamId, events] of all) {
    expect(
      events.map(({ version }) => version),
      streamId,
    ).toEqual(events.map((_, index) => index + 1));
    for (const [index, { timestamp }] of events.entries())
      expect(timestamp, streamId).toBeGreaterThanOrEqual(events[index - 1]?.timestamp ?? 0);
    const commands = events.map(({ actor, commandId }) => `${actor} ${commandId}`);
    expect(new Set(commands).size, `${streamId}: a command had its effect twice`).toBe(commands.length);
  }
  const rows = await views();
  expect(rows).toEqual(expectedOf(all));
  for (const [streamId, row] of rows) {
    const known = mayHold(aggregateOf(streamId));
    expect(
      Object.keys(row).filter((name) => !known.has(name)),
      streamId,
    ).toEqual([]);
  }

  const perStream = await Promise.all(
    [...all].map(async ([streamId, events]) => {
      const claims = claimsOf(aggregateOf(streamId), fold(events));
      return (await storedClaims(claims, inspection.keys)).map(({ key }) => [key, streamId] as const);
    }),
  );
  const held = perStream.flat();
  expect(new Set(held.map(([key]) => key)).size, 'a unique value is held twice').toBe(held.length);
  const claims = (await scan('uniqueValue')).map(
    (item) => [String(item['uniqueKey']), String(item['streamId'])] as const,
  );
  expect(new Map(claims)).toEqual(new Map(held));
};
