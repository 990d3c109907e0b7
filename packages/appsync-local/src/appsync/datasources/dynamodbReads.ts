/** GetItem, Query, Scan, BatchGetItem, TransactGetItems. */
import { RequestObjectError } from '../execution/errors.ts';
import type { DataSourceOutcome } from './dataSource.ts';
import type { CallDynamoDb } from './dynamodbCalls.ts';
import { expressionAt, optionalExpression, placeholders, projectionAt } from './dynamodbExpressions.ts';
import { itemAt, plainItem } from './dynamodbValues.ts';
import type { Item } from './dynamodbValues.ts';
import { compact, listAt, mapAt, objectAt, optional, required } from './requestObject.ts';
import type { PageTokens } from './pageToken.ts';

const selects = ['ALL_ATTRIBUTES', 'ALL_PROJECTED_ATTRIBUTES', 'SPECIFIC_ATTRIBUTES', 'COUNT'] as const;
const readKeys = [
  'index',
  'nextToken',
  'limit',
  'consistentRead',
  'select',
  'filter',
  'projection',
  'scanIndexForward',
];
const maximumKeys = 100;

export interface ReadScope {
  callDynamoDb: CallDynamoDb;
  tableName: string;
  tokens: PageTokens;
  owner: string;
}

export async function getItem(request: unknown, { callDynamoDb, tableName }: ReadScope): Promise<DataSourceOutcome> {
  const object = objectAt(request, '$', ['version', 'operation', 'key', 'consistentRead', 'projection']);
  const projection = projectionAt(object.projection, '$[projection]');
  const { Item } = await callDynamoDb(
    'GetItem',
    compact({
      TableName: tableName,
      Key: itemAt(object.key, '$[key]'),
      ConsistentRead: optional(object, 'consistentRead', 'boolean'),
      ProjectionExpression: projection?.text,
      ...placeholders(projection),
    }),
  );
  return { result: Item ? plainItem(Item) : null };
}

/** Query and Scan. */
export async function readPage(
  operation: 'Query' | 'Scan',
  request: unknown,
  { callDynamoDb, tableName, tokens, owner }: ReadScope,
): Promise<DataSourceOutcome> {
  const object = objectAt(request, '$', [
    'version',
    'operation',
    ...readKeys,
    ...(operation === 'Query' ? ['query'] : ['totalSegments', 'segment']),
  ]);
  const query = operation === 'Query' ? expressionAt(object.query, '$[query]') : undefined;
  const filter = optionalExpression(object.filter, '$[filter]');
  const projection = projectionAt(object.projection, '$[projection]');
  const select = selects.find((one) => one === optional(object, 'select', 'string'));
  if (object.select && !select)
    throw new RequestObjectError(`Unsupported value for '$[select]': ${String(object.select)}.`);
  if (projection && select !== 'SPECIFIC_ATTRIBUTES')
    throw new RequestObjectError("'$[projection]' requires the select SPECIFIC_ATTRIBUTES.");
  const nextToken = object.nextToken ?? undefined;
  const input = compact({
    TableName: tableName,
    IndexName: optional(object, 'index', 'string'),
    Limit: optional(object, 'limit', 'number'),
    ConsistentRead: optional(object, 'consistentRead', 'boolean'),
    Select: select,
    FilterExpression: filter?.text,
    ProjectionExpression: projection?.text,
    ExclusiveStartKey: nextToken === undefined ? undefined : (tokens.open(nextToken, owner) as Item),
    ...placeholders(query, filter, projection),
  });
  const page = await (query
    ? callDynamoDb(
        'Query',
        compact({
          ...input,
          KeyConditionExpression: query.text,
          ScanIndexForward: optional(object, 'scanIndexForward', 'boolean'),
        }),
      )
    : callDynamoDb(
        'Scan',
        compact({
          ...input,
          TotalSegments: optional(object, 'totalSegments', 'number'),
          Segment: optional(object, 'segment', 'number'),
        }),
      ));
  return {
    result: {
      items: (page.Items ?? []).map(plainItem),
      nextToken: page.LastEvaluatedKey ? tokens.seal(page.LastEvaluatedKey, owner) : null,
      scannedCount: page.ScannedCount ?? 0,
    },
  };
}

export async function batchGetItem(request: unknown, { callDynamoDb }: ReadScope): Promise<DataSourceOutcome> {
  const tables = Object.entries(
    mapAt(objectAt(request, '$', ['version', 'operation', 'tables']).tables, '$[tables]'),
  ).map(([table, value]) => {
    const path = `$[tables][${table}]`;
    const object = objectAt(value, path, ['keys', 'consistentRead', 'projection']);
    const keys = listAt(object.keys, `${path}[keys]`, maximumKeys).map((key, index) =>
      itemAt(key, `${path}[keys][${index}]`),
    );
    return {
      table,
      keys,
      consistent: optional(object, 'consistentRead', 'boolean', path),
      projection: projectionAt(object.projection, `${path}[projection]`),
    };
  });
  if (tables.reduce((sum, { keys }) => sum + keys.length, 0) > maximumKeys)
    throw new RequestObjectError(`A BatchGetItem request takes at most ${maximumKeys} keys.`);
  const { Responses = {}, UnprocessedKeys = {} } = await callDynamoDb('BatchGetItem', {
    RequestItems: Object.fromEntries(
      tables.map(({ table, keys, consistent, projection }) => [
        table,
        compact({
          Keys: keys,
          ConsistentRead: consistent,
          ProjectionExpression: projection?.text,
          ...placeholders(projection),
        }),
      ]),
    ),
  });
  return {
    result: {
      data: Object.fromEntries(tables.map(({ table, keys }) => [table, inOrder(keys, Responses[table] ?? [])])),
      unprocessedKeys: Object.fromEntries(
        tables.map(({ table }) => [table, (UnprocessedKeys[table]?.Keys ?? []).map(plainItem)]),
      ),
    },
  };
}

/** Of what was found, the items of these keys, in their order; null where there is none. */
function inOrder(keys: Item[], found: Item[]): (Record<string, unknown> | null)[] {
  const names = Object.keys(keys[0] ?? {});
  const placeOf = (item: Item) => JSON.stringify(names.map((name) => item[name]));
  const byPlace = new Map(found.map((item) => [placeOf(item), plainItem(item)]));
  return keys.map((key) => byPlace.get(placeOf(key)) ?? null);
}

export async function transactGetItems(request: unknown, { callDynamoDb }: ReadScope): Promise<DataSourceOutcome> {
  const items = listAt(
    objectAt(request, '$', ['version', 'operation', 'transactItems']).transactItems,
    '$[transactItems]',
    maximumKeys,
  ).map((value, index) => {
    const path = `$[transactItems][${index}]`;
    const object = objectAt(value, path, ['table', 'key', 'projection']);
    const projection = projectionAt(object.projection, `${path}[projection]`);
    return {
      Get: compact({
        TableName: required(object, 'table', path),
        Key: itemAt(object.key, `${path}[key]`),
        ProjectionExpression: projection?.text,
        ...placeholders(projection),
      }),
    };
  });
  const { Responses = [] } = await callDynamoDb('TransactGetItems', { TransactItems: items });
  return { result: { items: Responses.map(({ Item }) => (Item ? plainItem(Item) : null)), cancellationReasons: null } };
}
