import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import {
  BatchGetCommand,
  type BatchGetCommandInput,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import type { AggregateName } from '../../../domain/kernel/aggregate.ts';
import { streamIdOf } from '../../../domain/kernel/stream/event.ts';
import { aggregateNames } from '../../../domain/operations.ts';
import type { RowChange, ViewRow } from '../../../domain/kernel/view/view.ts';
import { itemIn } from '../../runtime/clients/numbers.ts';
import { chunksOf } from '../../runtime/concurrency.ts';
import type { ViewTables } from '../../runtime/environment.ts';
import { pause, servicePolicy } from '../../runtime/retry.ts';
import { isKey } from '../dynamodb/key.ts';
import { viewRowIn } from './item.ts';
import type { Before, RowKey, Views, WriteResult } from './port.ts';
import { Failure } from '../../runtime/failure.ts';

/** Most keys that one BatchGetItem takes. */
const batchSize = 100;

/** The views in their DynamoDB tables; each write is one conditional call. */
export const dynamoDbViews = (client: DynamoDBDocumentClient, tables: ViewTables): Views => ({
  get: async ({ aggregate, id }) => {
    const { Item } = await client.send(
      new GetCommand({ TableName: tables[aggregate], Key: { id }, ConsistentRead: true }),
    );
    return Item && viewRowIn(Item);
  },
  getMany: async (keys) => {
    const found = [];
    const possible = keys.filter(({ id }) => isKey(id));
    const distinct = [...new Map(possible.map((key) => [streamIdOf(key.aggregate, key.id), key])).values()];
    for (const chunk of chunksOf(distinct, batchSize)) found.push(...(await batchGet(client, tables, chunk)));
    return found;
  },
  put: ({ aggregate }, row, before) =>
    unlessMoved(async () => {
      await client.send(new PutCommand({ TableName: tables[aggregate], Item: row, ...inPlaceOf(before) }));
      return row;
    }),
  change: ({ aggregate, id }, change, expected) =>
    unlessMoved(async () => {
      const { Attributes } = await client.send(
        new UpdateCommand({
          TableName: tables[aggregate],
          Key: { id },
          ...updateOf(change, expected),
          ReturnValues: 'ALL_NEW',
        }),
      );
      return viewRowIn(Attributes ?? {});
    }),
});

const inPlaceOf = (before: Before | undefined) => ({
  ...(before === undefined
    ? { ConditionExpression: 'attribute_not_exists(id)' }
    : {
        ConditionExpression:
          before.version === undefined
            ? 'attribute_exists(id) AND attribute_not_exists(#version)'
            : '#version = :before',
        ExpressionAttributeNames: { '#version': 'version' },
        ...(before.version !== undefined && { ExpressionAttributeValues: { ':before': before.version } }),
      }),
  ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
});

const updateOf = ({ set, remove }: RowChange, expected: number) => {
  const sets = Object.entries(set);
  const removes = remove.map((name, index) => [name, `#r${index}`] as const);
  return {
    UpdateExpression: [
      `SET ${sets.map((_, index) => `#s${index} = :s${index}`).join(', ')}`,
      ...(removes.length > 0 ? [`REMOVE ${removes.map(([, placeholder]) => placeholder).join(', ')}`] : []),
    ].join(' '),
    ConditionExpression: '#version = :expected AND attribute_not_exists(deletedAt)',
    ExpressionAttributeNames: {
      '#version': 'version',
      ...Object.fromEntries(sets.map(([name], index) => [`#s${index}`, name])),
      ...Object.fromEntries(removes.map(([name, placeholder]) => [placeholder, name])),
    },
    ExpressionAttributeValues: {
      ':expected': expected,
      ...Object.fromEntries(sets.map(([, value], index) => [`:s${index}`, value])),
    },
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
  };
};

const unlessMoved = async (write: () => Promise<ViewRow>): Promise<WriteResult> => {
  try {
    return { kind: 'written', row: await write() };
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    return { kind: 'conflict', row: error.Item && viewRowIn(itemIn(error.Item)) };
  }
};

/** One BatchGetItem, repeated for what the service left unprocessed. */
const batchGet = async (
  client: DynamoDBDocumentClient,
  tables: ViewTables,
  keys: RowKey[],
): Promise<{ key: RowKey; row: ViewRow }[]> => {
  const found: { key: RowKey; row: ViewRow }[] = [];
  let wanted: BatchGetCommandInput['RequestItems'] = requestFor(tables, keys);
  for (let attempt = 1; wanted && Object.keys(wanted).length > 0; attempt += 1) {
    const over = attempt > servicePolicy.attempts || (attempt > 1 && !(await pause(attempt - 1, servicePolicy)));
    if (over) throw new Failure('The view tables left keys of a batch unprocessed at every try');
    const { Responses, UnprocessedKeys } = await client.send(new BatchGetCommand({ RequestItems: wanted }));
    for (const aggregate of aggregateNames) {
      for (const row of Responses?.[tables[aggregate]] ?? [])
        found.push({ key: { aggregate, id: String(row['id']) }, row: viewRowIn(row) });
    }
    wanted = UnprocessedKeys;
  }
  return found;
};

const requestFor = (tables: ViewTables, keys: RowKey[]): BatchGetCommandInput['RequestItems'] => {
  const keysOf = (aggregate: AggregateName) =>
    keys.filter((key) => key.aggregate === aggregate).map(({ id }) => ({ id }));
  const requests = aggregateNames.map((aggregate) => [tables[aggregate], { Keys: keysOf(aggregate) }] as const);
  return Object.fromEntries(requests.filter(([, { Keys }]) => Keys.length > 0));
};
