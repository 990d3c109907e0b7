import { type DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { batchGet } from '../dynamodb/batchGet.ts';
import { startKeyIn } from '../dynamodb/startKey.ts';
import { eventsOf } from '../eventStore/sealing.ts';
import type { Keys } from '../keys/port.ts';
import { nameOf } from '../ledger/port.ts';
import { entryOf, type EventIndex, placeOf } from './port.ts';
import type { Item } from '../dynamodb/item.ts';

/** The indexes of the event store by time, and its items by key. */
export const dynamoDbEventIndex = (client: DynamoDBDocumentClient, table: string, keys: Keys): EventIndex => ({
  async page(partition, { from, to, limit, after }) {
    // DynamoDB refuses a range that ends before it begins.
    if (from > to) return { entries: [] };
    const { index, attribute, key } = placeOf(partition);
    const { Items, LastEvaluatedKey } = await client.send(
      new QueryCommand({
        TableName: table,
        IndexName: index,
        KeyConditionExpression: '#key = :key AND #timestamp BETWEEN :from AND :to',
        ExpressionAttributeNames: { '#key': attribute, '#timestamp': 'timestamp' },
        ExpressionAttributeValues: { ':key': key, ':from': from, ':to': to },
        Limit: limit,
        ExclusiveStartKey: startKeyIn(after),
      }),
    );
    return { entries: (Items ?? []).map(entryOf), next: LastEvaluatedKey && JSON.stringify(LastEvaluatedKey) };
  },

  async existing(streams) {
    const keys = streams.map((stream) => ({ streamId: nameOf(stream), version: 1 }));
    const items = await batchGet(client, table, keys, ['streamId']);
    return new Set(items.map((item) => String(item['streamId'])));
  },

  async events(entries) {
    const places = entries.map((entry) => ({ streamId: nameOf(entry), version: entry.version }));
    const items = await batchGet(client, table, places);
    const events = await eventsOf(items, keys, true);
    const found = new Map(items.map((item, index) => [keyOf(item), events[index]!]));
    return places.flatMap((key) => found.get(keyOf(key)) ?? []);
  },
});

const keyOf = ({ streamId, version }: Item): string => `${String(streamId)} ${String(version)}`;
