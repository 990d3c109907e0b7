import { util, type DynamoDBQueryRequest } from '@aws-appsync/utils';
import type { Cursor, Search } from './search.ts';

/** The rows of one facet that come next, so many of them. */
export function queryOf(search: Search, facet: string, cursor: Cursor, limit: number): DynamoDBQueryRequest {
  const { order, forward, condition } = search;
  const after = cursor ? cursor.after : null;
  const low = forward && after !== null ? after : search.low;
  const high = !forward && after !== null ? after : search.high;
  const range = low !== '' && high !== '' ? 'BETWEEN :low AND :high' : low !== '' ? '>= :low' : '<= :high';
  const bounded = low !== '' || high !== '';
  const values: Record<string, string> = { ':facet': facet };
  if (low !== '') {
    values[':low'] = low;
  }
  if (high !== '') {
    values[':high'] = high;
  }
  return {
    operation: 'Query',
    index: order,
    query: {
      expression: bounded ? `facet = :facet AND #order ${range}` : 'facet = :facet',
      expressionNames: bounded ? { '#order': order } : undefined,
      expressionValues: util.dynamodb.toMapValues(values),
    },
    filter: condition ?? undefined,
    scanIndexForward: forward,
    limit,
    nextToken: cursor ? (cursor.token ?? undefined) : undefined,
  };
}
