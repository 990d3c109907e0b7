import { type DynamoDBDocumentClient, QueryCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { mapBounded } from '../../runtime/concurrency.ts';
import { batchWrite, type Write } from '../dynamodb/batchWrite.ts';
import { type Directory, isRight, type Place, standing } from './port.ts';
import { startKeyIn } from '../dynamodb/startKey.ts';
import type { Item } from '../dynamodb/item.ts';

/** Rows looked at side by side. */
const concurrency = 10;

/**
 * The directory in its DynamoDB table: key `rowKey` and `entry`, an index per order with partition key `facet`, and one
 * of terms by `initial`.
 */
export const dynamoDbDirectory = (client: DynamoDBDocumentClient, table: string): Directory => {
  const settleAll: Directory['settleAll'] = async (places) => {
    const writes = await mapBounded(places, concurrency, async (place) =>
      writesOf(place, place.isNew ? new Map() : await entriesUnder(client, table, place.rowKey)),
    );
    await batchWrite(client, table, writes.flat());
    return writes.map(({ length }) => length);
  };
  return {
    settle: async (rowKey, entries) => (await settleAll([{ rowKey, entries }]))[0]!,
    settleAll,
    ...reading(client, table),
  };
};

/** What it takes to make what was found what should stand. */
const writesOf = ({ rowKey, entries }: Place, found: Map<string, Item>): Write[] => {
  const wanted = standing(entries, found);
  const places = new Set(wanted.map(({ entry }) => entry));
  return [
    ...wanted.filter((each) => !isRight(each, found)).map((each) => ({ PutRequest: { Item: each } })),
    ...[...found.keys()]
      .filter((entry) => !places.has(entry))
      .map((entry) => ({ DeleteRequest: { Key: { rowKey, entry } } })),
  ];
};

const reading = (client: DynamoDBDocumentClient, table: string): Pick<Directory, 'owners' | 'page'> => ({
  async owners(facet, limit) {
    const { Items } = await client.send(
      new QueryCommand({
        TableName: table,
        IndexName: 'byName',
        KeyConditionExpression: 'facet = :facet',
        ExpressionAttributeValues: { ':facet': facet },
        Limit: limit,
      }),
    );
    return (Items ?? []).map(({ rowKey }) => String(rowKey));
  },

  async page(limit, after) {
    const { Items, LastEvaluatedKey } = await client.send(
      new ScanCommand({
        TableName: table,
        ProjectionExpression: '#rowKey',
        ExpressionAttributeNames: { '#rowKey': 'rowKey' },
        Limit: limit,
        ExclusiveStartKey: startKeyIn(after),
      }),
    );
    return {
      rowKeys: [...new Set((Items ?? []).map(({ rowKey }) => String(rowKey)))],
      next: LastEvaluatedKey && JSON.stringify(LastEvaluatedKey),
    };
  },
});

/** What stands under a rowKey, consistently read, whole. */
const entriesUnder = async (
  client: DynamoDBDocumentClient,
  table: string,
  rowKey: string,
): Promise<Map<string, Item>> => {
  const found = new Map<string, Item>();
  let from: Item | undefined;
  do {
    const page = await client.send(
      new QueryCommand({
        TableName: table,
        KeyConditionExpression: '#rowKey = :rowKey',
        ExpressionAttributeNames: { '#rowKey': 'rowKey' },
        ExpressionAttributeValues: { ':rowKey': rowKey },
        ConsistentRead: true,
        ExclusiveStartKey: from,
      }),
    );
    for (const item of page.Items ?? []) found.set(String(item['entry']), item);
    from = page.LastEvaluatedKey;
  } while (from);
  return found;
};
