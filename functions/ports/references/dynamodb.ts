import { type DynamoDBDocumentClient, QueryCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { indexNameOf, listIndexOf, referrersOf } from '../../../domain/operations.ts';
import type { ViewTables } from '../../runtime/environment.ts';
import type { EventStore } from '../eventStore/port.ts';
import { missingIn } from '../dynamodb/missing.ts';
import type { References } from './port.ts';

type Referrer = ReturnType<typeof referrersOf>[number];

/**
 * References by the streams and, for use, by the views' indexes: a single reference costs one index query, a list
 * of references a scan of the referring view, of which there are few rows.
 */
export const dynamoDbReferences = (
  client: DynamoDBDocumentClient,
  eventStore: EventStore,
  views: ViewTables,
): References => ({
  missing: (references) => missingIn(eventStore, references),
  inUse: async (aggregate, aggregateId) => {
    for (const referrer of referrersOf(aggregate)) {
      const found = referrer.list
        ? await anyListHas(client, views, referrer, aggregateId)
        : await anyPointsTo(client, views, referrer, aggregateId);
      if (found) return true;
    }
    return false;
  },
});

const anyPointsTo = async (
  client: DynamoDBDocumentClient,
  views: ViewTables,
  { aggregate, attribute }: Referrer,
  id: string,
): Promise<boolean> => {
  const { Count } = await client.send(
    new QueryCommand({
      TableName: views[aggregate],
      IndexName: indexNameOf(attribute),
      KeyConditionExpression: '#attribute = :id',
      ExpressionAttributeNames: { '#attribute': attribute },
      ExpressionAttributeValues: { ':id': id },
      Select: 'COUNT',
      Limit: 1,
    }),
  );
  return (Count ?? 0) > 0;
};

const anyListHas = async (
  client: DynamoDBDocumentClient,
  views: ViewTables,
  { aggregate, attribute }: Referrer,
  id: string,
): Promise<boolean> => {
  let from: Record<string, unknown> | undefined;
  do {
    // It holds live rows only.
    const page = await client.send(
      new ScanCommand({
        TableName: views[aggregate],
        IndexName: listIndexOf(aggregate),
        FilterExpression: 'contains(#attribute, :id)',
        ExpressionAttributeNames: { '#attribute': attribute },
        ExpressionAttributeValues: { ':id': id },
        Select: 'COUNT',
        ExclusiveStartKey: from,
      }),
    );
    if ((page.Count ?? 0) > 0) return true;
    from = page.LastEvaluatedKey;
  } while (from);
  return false;
};
