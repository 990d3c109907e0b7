import { type DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { streamIdOf } from '../../domain/fold.ts';
import { batchGet } from './batchGet.ts';
import { eventOf } from './eventItem.ts';
import type { EventIndex, TimeEntry } from './eventIndex.ts';

type Key = { streamId: string; version: number };

/** Index byTime of the event store, and its items by key. */
export const dynamoDbEventIndex = (client: DynamoDBDocumentClient, table: string): EventIndex => ({
  async page(partition, { from, to, limit, after }) {
    // DynamoDB refuses a range that ends before it begins.
    if (from > to) return { entries: [] };
    const { Items, LastEvaluatedKey } = await client.send(new QueryCommand({
      TableName: table,
      IndexName: 'byTime',
      KeyConditionExpression: 'timeShard = :partition AND #timestamp BETWEEN :from AND :to',
      ExpressionAttributeNames: { '#timestamp': 'timestamp' },
      ExpressionAttributeValues: { ':partition': partition, ':from': from, ':to': to },
      Limit: limit,
      ExclusiveStartKey: after === undefined ? undefined : (JSON.parse(after) as Record<string, unknown>),
    }));
    return { entries: (Items ?? []).map(entryOf), next: LastEvaluatedKey && JSON.stringify(LastEvaluatedKey) };
  },

  async existing(streams) {
    const keys = streams.map(({ aggregate, aggregateId }) => ({ streamId: streamIdOf(aggregate, aggregateId), version: 1 }));
    const items = await batchGet(client, table, keys, ['streamId']);
    return new Set(items.map((item) => String(item['streamId'])));
  },

  async events(entries) {
    const keys = entries.map(({ aggregate, aggregateId, version }) => ({ streamId: streamIdOf(aggregate, aggregateId), version }));
    const items = new Map((await batchGet(client, table, keys)).map((item) => [placeOf(item as Key), eventOf(item)]));
    return keys.flatMap((key) => items.get(placeOf(key)) ?? []);
  },
});

const placeOf = ({ streamId, version }: Key): string => `${streamId} ${version}`;

/** The stream id is the truth of whose event it is; older shapes of events name their aggregate otherwise. */
const entryOf = (item: Record<string, unknown>): TimeEntry => {
  const streamId = String(item['streamId']);
  const separator = streamId.indexOf('#');
  return {
    aggregate: streamId.slice(0, separator) as TimeEntry['aggregate'],
    aggregateId: streamId.slice(separator + 1),
    version: Number(item['version']),
    timestamp: Number(item['timestamp']),
    eventId: String(item['eventId']),
    ...(typeof item['previousTimestamp'] === 'number' && { previousTimestamp: item['previousTimestamp'] }),
  };
};
