import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
} from '@aws-sdk/lib-dynamodb';
import { streamIdOf } from '../../../domain/kernel/stream/event.ts';
import { batchWrite } from '../dynamodb/batchWrite.ts';
import type { Keys } from '../keys/port.ts';
import { firstMark, firstPoint, itemOf, markKeyOf, pointKeyOf, snapshotOf, standingOf, versionIn } from './item.ts';
import { allLines, byLine, lineItemsOf, lineKeyOf, stretchKeyOf, stretchOf } from './lineItem.ts';
import { lastVersion, markSeconds, type SnapshotReader, type Snapshots, type Lines } from './port.ts';
import type { Item } from '../dynamodb/item.ts';

/**
 * Table snapshot, for those who only read.
 * @param fresh not to rely on keys kept from before
 */
export const dynamoDbSnapshotReader = (
  client: DynamoDBDocumentClient,
  table: string,
  keys: Keys,
  { fresh = false } = {},
): SnapshotReader => ({
  async latest(aggregate, aggregateId, upTo) {
    const item = await lastIn(client, table, streamIdOf(aggregate, aggregateId), firstPoint, pointKeyOf(upTo));
    return item && snapshotOf(aggregate, item, keys, fresh).catch(() => undefined);
  },
  async stretch(aggregate, aggregateId, known, moment) {
    const upTo = stretchKeyOf(known, { at: moment, version: lastVersion });
    const item = await lastIn(client, table, streamIdOf(aggregate, aggregateId), lineKeyOf(known), upTo);
    return item && stretchOf(aggregate, item, keys, fresh).catch(() => undefined);
  },
  async marked(aggregate, aggregateId, command) {
    const { Item } = await client.send(
      new GetCommand({
        TableName: table,
        Key: { streamId: streamIdOf(aggregate, aggregateId), pointKey: markKeyOf(command) },
        ConsistentRead: true,
      }),
    );
    return versionIn(Item);
  },
});

/** The last item of a stream in a range of sort keys; eventually consistent. */
const lastIn = async (
  client: DynamoDBDocumentClient,
  table: string,
  streamId: string,
  from: string,
  upTo: string,
): Promise<Item | undefined> => {
  const { Items = [] } = await client.send(
    new QueryCommand({
      TableName: table,
      KeyConditionExpression: 'streamId = :streamId AND pointKey BETWEEN :from AND :upTo',
      ExpressionAttributeValues: { ':streamId': streamId, ':from': from, ':upTo': upTo },
      ScanIndexForward: false,
      Limit: 1,
    }),
  );
  return Items[0];
};

/** Table snapshot: an item per snapshot of a stream, one per mark, and one per stretch of a time line. */
export const dynamoDbSnapshots = (client: DynamoDBDocumentClient, table: string, keys: Keys): Snapshots => {
  /** All items of a stream in a range of sort keys. */
  const allIn = async (streamId: string, from: string, upTo: string, attributes?: string): Promise<Item[]> => {
    const items: Item[] = [];
    let next: Item | undefined;
    do {
      const page = await client.send(
        new QueryCommand({
          TableName: table,
          KeyConditionExpression: 'streamId = :streamId AND pointKey BETWEEN :from AND :upTo',
          ExpressionAttributeValues: { ':streamId': streamId, ':from': from, ':upTo': upTo },
          ConsistentRead: true,
          ExclusiveStartKey: next,
          ...(attributes !== undefined && { ProjectionExpression: attributes }),
        }),
      );
      items.push(...(page.Items ?? []));
      next = page.LastEvaluatedKey;
    } while (next);
    return items;
  };

  return {
    ...dynamoDbSnapshotReader(client, table, keys),
    async keep(aggregate, aggregateId, snapshot, marks = []) {
      const item = await itemOf(aggregate, aggregateId, snapshot, keys);
      if (!item) return;
      const streamId = streamIdOf(aggregate, aggregateId);
      const expiresAt = Math.floor(Date.now() / 1000) + markSeconds;
      const marked = marks.map((mark) => ({ streamId, pointKey: markKeyOf(mark), version: mark.version, expiresAt }));
      await batchWrite(
        client,
        table,
        marked.map((Item) => ({ PutRequest: { Item } })),
      );
      await client.send(new PutCommand({ TableName: table, Item: item }));
    },
    async after(aggregate, aggregateId, point) {
      // Nothing stands between a point and what comes behind the sign.
      const items = await allIn(streamIdOf(aggregate, aggregateId), `${pointKeyOf(point)}+`, firstMark);
      return Promise.all(items.map((item) => standingOf(aggregate, item, keys)));
    },
    async remove(aggregate, aggregateId, point) {
      const Key = { streamId: streamIdOf(aggregate, aggregateId), pointKey: pointKeyOf(point) };
      await client.send(new DeleteCommand({ TableName: table, Key }));
    },
    async keepLine(aggregate, aggregateId, line) {
      const items = await lineItemsOf(aggregate, aggregateId, line, keys);
      await batchWrite(
        client,
        table,
        items.map((Item) => ({ PutRequest: { Item } })),
      );
    },
    async lines(aggregate, aggregateId) {
      const items = await allIn(streamIdOf(aggregate, aggregateId), ...keysOf(allLines));
      return byLine(aggregate, items, keys);
    },
    async dropLines(aggregate, aggregateId, which) {
      const streamId = streamIdOf(aggregate, aggregateId);
      const items = await allIn(streamId, ...keysOf(which), 'pointKey');
      await batchWrite(
        client,
        table,
        items.map(({ pointKey }) => ({ DeleteRequest: { Key: { streamId, pointKey } } })),
      );
    },
  };
};

const keysOf = ({ from, before }: Lines): [from: string, upTo: string] => [lineKeyOf(from), lineKeyOf(before)];
