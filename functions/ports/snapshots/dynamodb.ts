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
import { firstMark, itemOf, markKeyOf, pointKeyOf, snapshotOf, standingOf } from './item.ts';
import { markSeconds, type SnapshotReader, type Snapshots, type Standing } from './port.ts';

type Item = Record<string, unknown>;

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
    const { Items = [] } = await client.send(
      new QueryCommand({
        TableName: table,
        KeyConditionExpression: 'streamId = :streamId AND pointKey <= :point',
        ExpressionAttributeValues: { ':streamId': streamIdOf(aggregate, aggregateId), ':point': pointKeyOf(upTo) },
        ScanIndexForward: false,
        Limit: 1,
      }),
    );
    const [item] = Items;
    return item && snapshotOf(aggregate, item, keys, fresh).catch(() => undefined);
  },
  async marked(aggregate, aggregateId, command) {
    const { Item } = await client.send(
      new GetCommand({
        TableName: table,
        Key: { streamId: streamIdOf(aggregate, aggregateId), pointKey: markKeyOf(command) },
        ConsistentRead: true,
      }),
    );
    return Item && Number(Item['version']);
  },
});

/** Table snapshot: an item per snapshot of a stream, and one per mark. */
export const dynamoDbSnapshots = (client: DynamoDBDocumentClient, table: string, keys: Keys): Snapshots => ({
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
    const standing: Standing[] = [];
    let from: Item | undefined;
    do {
      const page = await client.send(
        new QueryCommand({
          TableName: table,
          KeyConditionExpression: 'streamId = :streamId AND pointKey BETWEEN :point AND :end',
          ExpressionAttributeValues: {
            ':streamId': streamIdOf(aggregate, aggregateId),
            // Nothing stands between a point and this.
            ':point': `${pointKeyOf(point)}+`,
            ':end': firstMark,
          },
          ConsistentRead: true,
          ExclusiveStartKey: from,
        }),
      );
      for (const item of page.Items ?? []) standing.push(await standingOf(aggregate, item, keys));
      from = page.LastEvaluatedKey;
    } while (from);
    return standing;
  },
  async remove(aggregate, aggregateId, point) {
    const Key = { streamId: streamIdOf(aggregate, aggregateId), pointKey: pointKeyOf(point) };
    await client.send(new DeleteCommand({ TableName: table, Key }));
  },
});
