import { type DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { aggregateNames, aggregates, isPersonal, uniqueAttributesOf } from '../../domain/operations.ts';
import type { Keys } from '../../functions/ports/keys/port.ts';
import { type SealTables, sealStream } from './stream.ts';

/** How far a run is. */
export interface Progress {
  /** Events that were looked at. */
  read: number;
  /** Events that were in clear, and are sealed. */
  sealed: number;
  /** Streams of persons that had some. */
  streams: number;
  /** Streams that could not be sealed, with the reason. */
  failed: Map<string, string>;
}

const personal = aggregateNames.filter(isPersonal);
const erasures = personal.map((name) => `${aggregates[name].typeName}Erased`);

/**
 * Seals all that a store holds of persons in clear. It may be stopped at any moment, and goes on where it was when it
 * is started again: what is sealed is passed by.
 * @param told how far it is, after each page
 */
export const sealStore = async (
  client: DynamoDBDocumentClient,
  tables: SealTables,
  keys: Keys,
  told: (progress: Progress) => void = () => undefined,
): Promise<Progress> => {
  const progress: Progress = { read: 0, sealed: 0, streams: 0, failed: new Map() };
  const seen = new Set<string>();
  for await (const { streams, read } of clearStreams(client, tables.eventStore)) {
    for (const streamId of streams) {
      if (seen.has(streamId)) continue;
      seen.add(streamId);
      try {
        progress.sealed += await sealStream(client, tables, keys, streamId);
        progress.streams += 1;
      } catch (error) {
        progress.failed.set(streamId, error instanceof Error ? error.message : String(error));
      }
    }
    progress.read += read;
    told(progress);
  }
  return progress;
};

/** How many events of persons are in clear. */
export const countClear = async (client: DynamoDBDocumentClient, table: string): Promise<number> => {
  let count = 0;
  for await (const { clear } of clearStreams(client, table)) count += clear;
  return count;
};

/**
 * How many claims of personal values are in clear: a release without seals made them. A rebuild from the beginning
 * makes them anew.
 */
export const countClearClaims = async (client: DynamoDBDocumentClient, table: string): Promise<number> => {
  const prefixes = personal.flatMap((aggregate) =>
    uniqueAttributesOf(aggregate)
      .filter((name) => aggregates[aggregate].attributes[name]?.personal)
      .map((name) => `${aggregate}#${name}#`),
  );
  let count = 0;
  for await (const { Items = [] } of pages(client, { TableName: table, ProjectionExpression: 'uniqueKey' }))
    count += Items.filter(({ uniqueKey }) =>
      // A hash, of 32 bytes, has no other characters.
      prefixes.some(
        (prefix) => String(uniqueKey).startsWith(prefix) && !hash.test(String(uniqueKey).slice(prefix.length)),
      ),
    ).length;
  return count;
};

const hash = /^[\w-]{43}$/;

/** Pages of the store, with the streams of persons that have something in clear. */
async function* clearStreams(client: DynamoDBDocumentClient, table: string) {
  const scan = {
    TableName: table,
    ConsistentRead: true,
    ProjectionExpression: 'streamId',
    FilterExpression: `attribute_not_exists(#life) AND NOT #type IN (${erasures.map((_, index) => `:e${index}`).join(', ')}) AND (${personal
      .map((_, index) => `begins_with(streamId, :p${index})`)
      .join(' OR ')})`,
    ExpressionAttributeNames: { '#life': 'life', '#type': 'type' },
    ExpressionAttributeValues: {
      ...Object.fromEntries(erasures.map((type, index) => [`:e${index}`, type])),
      ...Object.fromEntries(personal.map((name, index) => [`:p${index}`, `${name}#`])),
    },
  };
  for await (const { Items = [], ScannedCount = 0 } of pages(client, scan))
    yield {
      streams: new Set(Items.map(({ streamId }) => String(streamId))),
      clear: Items.length,
      read: ScannedCount,
    };
}

async function* pages(client: DynamoDBDocumentClient, input: ConstructorParameters<typeof ScanCommand>[0]) {
  let from: Record<string, unknown> | undefined;
  do {
    const page = await client.send(new ScanCommand({ ...input, ExclusiveStartKey: from }));
    yield page;
    from = page.LastEvaluatedKey;
  } while (from);
}
