/** PutItem, UpdateItem, DeleteItem, BatchPutItem, BatchDeleteItem, TransactWriteItems. */
import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { ServiceError } from '../../gateway/roleCalls.ts';
import type { Wire } from '../../model.ts';
import { RequestObjectError } from '../execution/errors.ts';
import type { DataSourceOutcome } from './dataSource.ts';
import type { CallDynamoDb } from './dynamodbCalls.ts';
import { describeError } from './dynamodbErrors.ts';
import { expressionAt, optionalExpression, placeholders } from './dynamodbExpressions.ts';
import type { Expression } from './dynamodbExpressions.ts';
import { itemAt, plainItem } from './dynamodbValues.ts';
import type { Item } from './dynamodbValues.ts';
import { compact, listAt, mapAt, objectAt, optional, required } from './requestObject.ts';
import type { RequestObject } from './requestObject.ts';

const maximumBatch = 25;
const maximumTransaction = 100;

export interface WriteScope {
  callDynamoDb: CallDynamoDb;
  tableName: string;
}

interface Condition extends Expression {
  equalsIgnore: string[];
  consistentRead: boolean;
}

function conditionOf(object: RequestObject): Condition | undefined {
  const path = '$[condition]';
  const expression = optionalExpression(object.condition, path, [
    'equalsIgnore',
    'consistentRead',
    'conditionalCheckFailedHandler',
  ]);
  if (!expression) return undefined;
  const block = mapAt(object.condition, path);
  const handler = block.conditionalCheckFailedHandler;
  if (
    handler !== undefined &&
    objectAt(handler, `${path}[conditionalCheckFailedHandler]`, ['strategy']).strategy !== 'Reject'
  ) {
    throw new RequestObjectError(
      'Only the conditionalCheckFailedHandler strategy Reject is available in the local AppSync.',
    );
  }
  const ignored =
    block.equalsIgnore === undefined ? [] : listAt(block.equalsIgnore, `${path}[equalsIgnore]`, Infinity).map(String);
  return {
    ...expression,
    equalsIgnore: ignored,
    consistentRead: optional(block, 'consistentRead', 'boolean', path) ?? true,
  };
}

/**
 * A write with a condition. When the condition fails, the item is read: if the write's wish already holds, as `holds`
 * tells, the write counts as done.
 */
async function conditional(
  scope: WriteScope,
  key: Item,
  condition: Condition | undefined,
  write: () => Promise<unknown>,
  holds: (item: Record<string, unknown> | null) => boolean,
): Promise<DataSourceOutcome> {
  try {
    return { result: await write() };
  } catch (error) {
    if (!isRefusal(error, 'ConditionalCheckFailedException') || !condition) throw error;
    const { Item } = await scope.callDynamoDb('GetItem', {
      TableName: scope.tableName,
      Key: key,
      ConsistentRead: condition.consistentRead,
    });
    const current = Item ? plainItem(Item) : null;
    return holds(current) ? { result: current } : { result: current, error: describeError(error) };
  }
}

export async function putItem(request: unknown, scope: WriteScope): Promise<DataSourceOutcome> {
  const object = objectAt(request, '$', ['version', 'operation', 'key', 'attributeValues', 'condition']);
  const key = itemAt(object.key, '$[key]');
  const item: Item = { ...itemAt(object.attributeValues ?? {}, '$[attributeValues]'), ...key };
  const condition = conditionOf(object);
  const written = plainItem(item);
  const without = (one: Record<string, unknown>) =>
    Object.fromEntries(Object.entries(one).filter(([name]) => !condition?.equalsIgnore.includes(name)));
  const write = async () => {
    await scope.callDynamoDb(
      'PutItem',
      compact({
        TableName: scope.tableName,
        Item: item,
        ConditionExpression: condition?.text,
        ...placeholders(condition),
      }),
    );
    return written;
  };
  return conditional(
    scope,
    key,
    condition,
    write,
    (current) => current !== null && isDeepStrictEqual(without(current), without(written)),
  );
}

export async function updateItem(request: unknown, scope: WriteScope): Promise<DataSourceOutcome> {
  const object = objectAt(request, '$', ['version', 'operation', 'key', 'update', 'condition']);
  const key = itemAt(object.key, '$[key]');
  const update = expressionAt(object.update, '$[update]');
  const condition = conditionOf(object);
  const write = async () => {
    const { Attributes } = await scope.callDynamoDb(
      'UpdateItem',
      compact({
        TableName: scope.tableName,
        Key: key,
        UpdateExpression: update.text,
        ConditionExpression: condition?.text,
        ReturnValues: 'ALL_NEW' as const,
        ...placeholders(update, condition),
      }),
    );
    return Attributes ? plainItem(Attributes) : null;
  };
  return conditional(scope, key, condition, write, () => false);
}

export async function deleteItem(request: unknown, scope: WriteScope): Promise<DataSourceOutcome> {
  const object = objectAt(request, '$', ['version', 'operation', 'key', 'condition']);
  const key = itemAt(object.key, '$[key]');
  const condition = conditionOf(object);
  const write = async () => {
    const { Attributes } = await scope.callDynamoDb(
      'DeleteItem',
      compact({
        TableName: scope.tableName,
        Key: key,
        ConditionExpression: condition?.text,
        ReturnValues: 'ALL_OLD' as const,
        ...placeholders(condition),
      }),
    );
    return Attributes ? plainItem(Attributes) : null;
  };
  return conditional(scope, key, condition, write, (current) => current === null);
}

/** BatchPutItem and BatchDeleteItem. */
export async function batchWrite(
  operation: 'BatchPutItem' | 'BatchDeleteItem',
  request: unknown,
  { callDynamoDb }: WriteScope,
): Promise<DataSourceOutcome> {
  const tables = Object.entries(
    mapAt(objectAt(request, '$', ['version', 'operation', 'tables']).tables, '$[tables]'),
  ).map(([table, value]) => ({
    table,
    items: listAt(value, `$[tables][${table}]`, maximumBatch).map((item, index) =>
      itemAt(item, `$[tables][${table}][${index}]`),
    ),
  }));
  if (tables.reduce((sum, { items }) => sum + items.length, 0) > maximumBatch)
    throw new RequestObjectError(`A ${operation} request takes at most ${maximumBatch} items.`);
  const puts = operation === 'BatchPutItem';
  const { UnprocessedItems = {} } = await callDynamoDb('BatchWriteItem', {
    RequestItems: Object.fromEntries(
      tables.map(({ table, items }) => [
        table,
        items.map((item) => (puts ? { PutRequest: { Item: item } } : { DeleteRequest: { Key: item } })),
      ]),
    ),
  });
  const left = (table: string) =>
    (UnprocessedItems[table] ?? []).map(({ PutRequest, DeleteRequest }) =>
      plainItem(PutRequest?.Item ?? DeleteRequest?.Key ?? {}),
    );
  return {
    result: {
      data: Object.fromEntries(tables.map(({ table, items }) => [table, items.map(plainItem)])),
      [puts ? 'unprocessedItems' : 'unprocessedKeys']: Object.fromEntries(
        tables.map(({ table }) => [table, left(table)]),
      ),
    },
  };
}

export async function transactWriteItems(request: unknown, { callDynamoDb }: WriteScope): Promise<DataSourceOutcome> {
  const items = listAt(
    objectAt(request, '$', ['version', 'operation', 'transactItems']).transactItems,
    '$[transactItems]',
    maximumTransaction,
  ).map((item, index) => transactItem(item, `$[transactItems][${index}]`));
  try {
    // Told again by its token, it is not done again.
    await callDynamoDb('TransactWriteItems', {
      ClientRequestToken: randomUUID(),
      TransactItems: items.map(({ write }) => write),
    });
    return { result: { keys: items.map(({ key }) => plainItem(key)), cancellationReasons: null } };
  } catch (error) {
    if (!isRefusal(error, 'TransactionCanceledException')) throw error;
    const reasons = (error.details['CancellationReasons'] ?? []) as Parameters<typeof reasonOf>[0][];
    return {
      result: { keys: null, cancellationReasons: reasons.map(reasonOf) },
      error: describeError(error),
    };
  }
}

function isRefusal(error: unknown, name: string): error is ServiceError {
  return error instanceof ServiceError && error.name === name;
}

function reasonOf({
  Code = 'None',
  Message,
  Item,
}: {
  Code?: string;
  Message?: string;
  Item?: Item;
}): Record<string, unknown> {
  if (Code === 'None') return { type: 'None', message: 'None' };
  if (Code === 'ConditionalCheckFailed')
    return {
      type: 'ConditionCheckFailed',
      message: 'The condition check failed.',
      item: Item ? plainItem(Item) : null,
    };
  return { type: Code, message: Message ?? Code, item: Item ? plainItem(Item) : null };
}

const bodies: Record<string, string[]> = {
  PutItem: ['attributeValues'],
  UpdateItem: ['update'],
  DeleteItem: [],
  ConditionCheck: [],
};

function transactItem(value: unknown, path: string): { key: Item; write: Wire<TransactWriteItem> } {
  const operation = required(mapAt(value, path), 'operation', path);
  const body = Object.hasOwn(bodies, operation) ? bodies[operation] : undefined;
  if (!body) throw new RequestObjectError(`Unsupported operation '${operation}' in '${path}'.`);
  const object = objectAt(value, path, ['table', 'operation', 'key', 'condition', ...body]);
  const key = itemAt(object.key, `${path}[key]`);
  const condition = optionalExpression(object.condition, `${path}[condition]`, ['returnValuesOnConditionCheckFailure']);
  const returns =
    condition &&
    optional(
      mapAt(object.condition, `${path}[condition]`),
      'returnValuesOnConditionCheckFailure',
      'boolean',
      `${path}[condition]`,
    ) !== false;
  const common = {
    TableName: required(object, 'table', path),
    ReturnValuesOnConditionCheckFailure: returns ? ('ALL_OLD' as const) : ('NONE' as const),
  };
  const checked = compact({ ...common, ConditionExpression: condition?.text, ...placeholders(condition) });
  switch (operation) {
    case 'PutItem':
      return {
        key,
        write: {
          Put: { ...checked, Item: { ...itemAt(object.attributeValues ?? {}, `${path}[attributeValues]`), ...key } },
        },
      };
    case 'UpdateItem': {
      const update = expressionAt(object.update, `${path}[update]`);
      return {
        key,
        write: { Update: { ...checked, Key: key, UpdateExpression: update.text, ...placeholders(update, condition) } },
      };
    }
    case 'DeleteItem':
      return { key, write: { Delete: { ...checked, Key: key } } };
    default:
      if (!condition) throw new RequestObjectError(`'${path}' requires a condition.`);
      return { key, write: { ConditionCheck: { ...checked, Key: key, ConditionExpression: condition.text } } };
  }
}
