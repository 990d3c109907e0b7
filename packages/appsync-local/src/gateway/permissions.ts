import { sourceOfTask } from '../engines/sqs/moveTasks.ts';
import type { PolicyContext, TableModel } from '../model.ts';

/** One permission that a call needs. */
export interface Permission {
  action: string;
  resource: string;
  context?: PolicyContext;
}

type Input = Record<string, unknown>;

/** What names and ARNs are made of, and the tables, for the values of their partition keys. */
export interface PermissionScope {
  region: string;
  accountId: string;
  tables: TableModel[];
}

const writeActions: Record<string, string> = {
  Put: 'PutItem',
  Update: 'UpdateItem',
  Delete: 'DeleteItem',
  ConditionCheck: 'ConditionCheckItem',
};

/** What a DynamoDB (or DynamoDB Streams) call needs; undefined if the local stack cannot tell. */
export function dynamoDbPermissions(operation: string, input: Input, scope: PermissionScope): Permission[] | undefined {
  const table = (name: unknown) => tableArn(String(name), scope);
  switch (operation) {
    case 'Query':
    case 'Scan': {
      const index = input['IndexName'] === undefined ? '' : `/index/${String(input['IndexName'])}`;
      return [
        {
          action: `dynamodb:${operation}`,
          resource: `${table(input['TableName'])}${index}`,
          context: leadingKeys(input, scope),
        },
      ];
    }
    case 'BatchGetItem':
    case 'BatchWriteItem':
      return Object.keys(asObject(input['RequestItems'])).map((name) => ({
        action: `dynamodb:${operation}`,
        resource: table(name),
      }));
    case 'TransactGetItems':
      return entries(input['TransactItems']).map(([, item]) => ({
        action: 'dynamodb:GetItem',
        resource: table(item['TableName']),
        context: { 'dynamodb:EnclosingOperation': operation, ...leadingKeys(item, scope) },
      }));
    case 'TransactWriteItems':
      return entries(input['TransactItems']).map(([kind, item]) => ({
        action: `dynamodb:${writeActions[kind] ?? kind}`,
        resource: table(item['TableName']),
        context: { 'dynamodb:EnclosingOperation': operation, ...leadingKeys(item, scope) },
      }));
    case 'ExecuteStatement':
    case 'BatchExecuteStatement':
    case 'ExecuteTransaction':
      return undefined;
    case 'DescribeStream':
    case 'GetShardIterator':
      return [{ action: `dynamodb:${operation}`, resource: String(input['StreamArn']) }];
    case 'GetRecords':
      return [{ action: `dynamodb:${operation}`, resource: streamOfIterator(String(input['ShardIterator'])) }];
    case 'ListStreams': {
      const stream = scope.tables.find((one) => one.name === input['TableName'])?.streamArn;
      return [{ action: `dynamodb:${operation}`, resource: stream ?? '*' }];
    }
    default: {
      const resource =
        input['TableName'] === undefined ? String(input['ResourceArn'] ?? '*') : table(input['TableName']);
      return [{ action: `dynamodb:${operation}`, resource, context: leadingKeys(input, scope) }];
    }
  }
}

/** The engine's iterators begin with the stream's ARN. */
export function streamOfIterator(iterator: string): string {
  return iterator.split('|', 1)[0] ?? '';
}

/** What an SQS call needs: a batch needs what its single call needs. */
export function sqsPermissions(operation: string, input: Input, scope: PermissionScope): Permission[] {
  if (operation.endsWith('MessageMoveTask') || operation.endsWith('MessageMoveTasks'))
    return moveTaskPermissions(operation, input);
  const name = input['QueueUrl'] === undefined ? input['QueueName'] : queueNameOf(String(input['QueueUrl']));
  const action = `sqs:${operation.replace(/Batch$/, '')}`;
  return [
    { action, resource: `arn:aws:sqs:${scope.region}:${scope.accountId}:${name === undefined ? '*' : String(name)}` },
  ];
}

/** Moving messages takes the right to take them out and to put them in as well. */
function moveTaskPermissions(operation: string, input: Input): Permission[] {
  const source = String(input['SourceArn'] ?? sourceOfTask(String(input['TaskHandle'])));
  const needed: Permission[] = [{ action: `sqs:${operation}`, resource: source }];
  if (operation !== 'StartMessageMoveTask') return needed;
  for (const action of ['ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes'])
    needed.push({ action: `sqs:${action}`, resource: source });
  if (input['DestinationArn'] !== undefined)
    needed.push({ action: 'sqs:SendMessage', resource: String(input['DestinationArn']) });
  return needed;
}

/**
 * What a KMS call needs.
 *
 * @param key ARN of the key that it is about
 */
export function kmsPermissions(
  operation: string,
  input: Input,
  key: string | undefined,
  { accountId }: PermissionScope,
): Permission[] {
  const pairs = Object.entries(asObject(input['EncryptionContext']));
  const context: PolicyContext = {
    'kms:CallerAccount': accountId,
    ...(pairs.length === 0 ? {} : { 'kms:EncryptionContextKeys': pairs.map(([name]) => name) }),
    ...Object.fromEntries(pairs.map(([name, value]) => [`kms:EncryptionContext:${name.toLowerCase()}`, String(value)])),
  };
  return [{ action: `kms:${operation}`, resource: key ?? '*', context }];
}

/** A queue is known by the last part of its URL; the host may be AWS's, the engine's or the gateway's. */
export function queueNameOf(queueUrl: string): string {
  return queueUrl.slice(queueUrl.lastIndexOf('/') + 1);
}

function tableArn(nameOrArn: string, { region, accountId }: PermissionScope): string {
  return nameOrArn.startsWith('arn:') ? nameOrArn : `arn:aws:dynamodb:${region}:${accountId}:table/${nameOrArn}`;
}

/** `dynamodb:LeadingKeys`: the partition key's value, as far as the request names one. */
function leadingKeys(request: Input, scope: PermissionScope): PolicyContext {
  const table = scope.tables.find((one) => one.name === request['TableName']);
  if (!table) return {};
  const owner = indexOf(table, request['IndexName']) ?? table.createTable;
  const attribute = (owner['KeySchema'] as { AttributeName: string; KeyType: string }[]).find(
    (key) => key.KeyType === 'HASH',
  )?.AttributeName;
  if (attribute === undefined) return {};
  const item = asObject(request['Key'] ?? request['Item']);
  const value = item[attribute] ?? keyConditionValue(request, attribute);
  const [text] = Object.values(asObject(value));
  return typeof text === 'string' ? { 'dynamodb:LeadingKeys': text } : {};
}

function indexOf(table: TableModel, name: unknown): Input | undefined {
  const kinds = [table.createTable['GlobalSecondaryIndexes'], table.createTable['LocalSecondaryIndexes']];
  return kinds.flatMap((indexes) => (indexes ?? []) as Input[]).find((index) => index['IndexName'] === name);
}

/** The value that a query's key condition gives the attribute by `=`. */
function keyConditionValue(request: Input, attribute: string): unknown {
  const names = asObject(request['ExpressionAttributeNames']);
  const values = asObject(request['ExpressionAttributeValues']);
  for (const [, name = '', value = ''] of String(request['KeyConditionExpression'] ?? '').matchAll(
    /([#\w.-]+)\s*=\s*(:\w+)/g,
  )) {
    if ((names[name] ?? name) === attribute) return values[value];
  }
  return undefined;
}

/** The (kind, request) pairs of a transaction. */
function entries(items: unknown): [kind: string, item: Input][] {
  if (!Array.isArray(items)) return [];
  return items.flatMap((item) =>
    Object.entries(asObject(item)).map(([kind, request]) => [kind, asObject(request)] as [string, Input]),
  );
}

function asObject(value: unknown): Input {
  return typeof value === 'object' && value !== null ? (value as Input) : {};
}
