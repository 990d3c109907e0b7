import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, type DynamoDBDocumentClient, GetCommand, PutCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { streamIdOf } from '../../../domain/kernel/stream/event.ts';
import { groupBy } from '../../runtime/concurrency.ts';
import type { ViewTables } from '../../runtime/environment.ts';
import { batchGet } from '../dynamodb/batchGet.ts';
import type { FoundRow, Rows } from './port.ts';

export const dynamoDbRows = (client: DynamoDBDocumentClient, tables: ViewTables): Rows => ({
  async get({ aggregate, id }) {
    const { Item } = await client.send(
      new GetCommand({ TableName: tables[aggregate], Key: { id }, ConsistentRead: true }),
    );
    return Item;
  },

  async getMany(keys) {
    const found = await Promise.all(
      [...groupBy(keys, ({ aggregate }) => tables[aggregate])].map(async ([table, group]) => {
        const { aggregate } = group[0]!;
        const items = await batchGet(
          client,
          table,
          [...new Set(group.map(({ id }) => id))].map((id) => ({ id })),
        );
        return items.map((row) => [streamIdOf(aggregate, String(row['id'])), row] as const);
      }),
    );
    return new Map(found.flat());
  },

  async replace({ aggregate, id }, row, found) {
    const place = { TableName: tables[aggregate], ...asFound(found) };
    try {
      if (row) await client.send(new PutCommand({ ...place, Item: row }));
      else if (found) await client.send(new DeleteCommand({ ...place, Key: { id } }));
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  },

  async page(aggregate, limit, after) {
    const { Items, LastEvaluatedKey } = await client.send(
      new ScanCommand({
        TableName: tables[aggregate],
        ProjectionExpression: 'id',
        Limit: limit,
        ExclusiveStartKey: after === undefined ? undefined : { id: after },
      }),
    );
    return {
      ids: (Items ?? []).map((item) => String(item['id'])),
      next: LastEvaluatedKey && String(LastEvaluatedKey['id']),
    };
  },
});

// The version tells rows apart: every write raises it, except those of other recoveries, which write the same row.
const asFound = (found: FoundRow | undefined) => {
  if (!found) return { ConditionExpression: 'attribute_not_exists(id)' };
  const ExpressionAttributeNames = { '#version': 'version' };
  if (found['version'] === undefined)
    return { ConditionExpression: 'attribute_not_exists(#version)', ExpressionAttributeNames };
  return {
    ConditionExpression: '#version = :version',
    ExpressionAttributeNames,
    ExpressionAttributeValues: { ':version': found['version'] },
  };
};
