/** The module `@aws-appsync/utils/dynamodb`: request objects from plain inputs. */
import { list, mapValues, onlyKeys, record, text, UtilityError } from './arguments.ts';
import { toBinarySet, toDynamoDB, toMapValues, toNumberSet, toStringSet } from './dynamodb.ts';
import type { TypedValue } from './dynamodb.ts';
import { filterExpression, keyExpression } from './expressions.ts';

type Input = Record<string, unknown>;

/** An input of a helper: an object with none but the given keys; null and undefined count as left out. */
function inputOf(value: unknown, keys: readonly string[], what: string): Input {
  const input = Object.fromEntries(
    Object.entries(record(value, `the input of ${what}`)).filter(([, one]) => one !== null && one !== undefined),
  );
  onlyKeys(input, keys, `the input of ${what}`);
  return input;
}

function keyOf(input: Input, what: string): Record<string, TypedValue> {
  return toMapValues(record(input.key, `the key of ${what}`)) ?? {};
}

/** A condition without the empty maps that DynamoDB would refuse. */
function conditionOf(filter: unknown): Input {
  const { expression, expressionNames, expressionValues } = filterExpression(filter);
  return Object.keys(expressionValues).length > 0
    ? { expression, expressionNames, expressionValues }
    : { expression, expressionNames };
}

function withCondition(input: Input): Input {
  return input.condition === undefined ? {} : { condition: conditionOf(input.condition) };
}

function projectionOf(paths: unknown): Input {
  const expressionNames: Record<string, string> = {};
  const expression = list(paths, 'the projection')
    .map((path) =>
      text(path, 'a projected attribute')
        .split('.')
        .map((segment) => {
          const [, name = '', index = ''] = /^([^[]*)(.*)$/.exec(segment) ?? [];
          const placeholder = `#projection_${Object.keys(expressionNames).length + 1}`;
          expressionNames[placeholder] = name;
          return placeholder + index;
        })
        .join('.'),
    )
    .join(', ');
  return { expression, expressionNames };
}

function withProjection(input: Input): Input {
  return input.projection === undefined ? {} : { projection: projectionOf(input.projection) };
}

function get(value: unknown): Input {
  const input = inputOf(value, ['key', 'consistentRead', 'projection'], 'get');
  return {
    operation: 'GetItem',
    key: keyOf(input, 'get'),
    ...pick(input, ['consistentRead']),
    ...withProjection(input),
  };
}

function put(value: unknown): Input {
  const input = inputOf(value, ['key', 'item', 'condition'], 'put');
  return {
    operation: 'PutItem',
    key: keyOf(input, 'put'),
    attributeValues: toMapValues(record(input.item, 'the item of put')),
    ...withCondition(input),
  };
}

function remove(value: unknown): Input {
  const input = inputOf(value, ['key', 'condition'], 'remove');
  return { operation: 'DeleteItem', key: keyOf(input, 'remove'), ...withCondition(input) };
}

function update(value: unknown): Input {
  const input = inputOf(value, ['key', 'update', 'condition'], 'update');
  return {
    operation: 'UpdateItem',
    key: keyOf(input, 'update'),
    update: updateExpression(input.update),
    ...withCondition(input),
  };
}

const readKeys = [
  'index',
  'filter',
  'limit',
  'nextToken',
  'scanIndexForward',
  'consistentRead',
  'projection',
  'select',
];

function readOf(input: Input): Input {
  return {
    ...pick(input, [
      'index',
      'limit',
      'nextToken',
      'scanIndexForward',
      'consistentRead',
      'select',
      'totalSegments',
      'segment',
    ]),
    ...(input.filter === undefined ? {} : { filter: conditionOf(input.filter) }),
    ...withProjection(input),
  };
}

function query(value: unknown): Input {
  const input = inputOf(value, ['query', ...readKeys], 'query');
  return { operation: 'Query', query: keyExpression(input.query), ...readOf(input) };
}

function scan(value: unknown): Input {
  return { operation: 'Scan', ...readOf(inputOf(value, [...readKeys, 'totalSegments', 'segment'], 'scan')) };
}

function batchGet(value: unknown): Input {
  const tables = mapValues(record(inputOf(value, ['tables'], 'batchGet').tables, 'the tables of batchGet'), (table) => {
    const input = inputOf(table, ['keys', 'consistentRead', 'projection'], 'batchGet');
    return {
      keys: list(input.keys, 'the keys of batchGet').map(toMapValues),
      ...pick(input, ['consistentRead']),
      ...withProjection(input),
    };
  });
  return { operation: 'BatchGetItem', tables };
}

function batchWrite(operation: string, value: unknown): Input {
  const tables = mapValues(
    record(inputOf(value, ['tables'], operation).tables, `the tables of ${operation}`),
    (items) => list(items, `a table of ${operation}`).map(toMapValues),
  );
  return { operation, tables };
}

function transactGet(value: unknown): Input {
  const transactItems = list(inputOf(value, ['items'], 'transactGet').items, 'the items of transactGet').map((item) => {
    const input = inputOf(item, ['table', 'key', 'projection'], 'transactGet');
    return { table: text(input.table, 'the table'), key: keyOf(input, 'transactGet'), ...withProjection(input) };
  });
  return { operation: 'TransactGetItems', transactItems };
}

function transactWrite(value: unknown): Input {
  const transactItems = list(inputOf(value, ['items'], 'transactWrite').items, 'the items of transactWrite').map(
    (item) => {
      const kinds = inputOf(item, ['putItem', 'updateItem', 'deleteItem', 'conditionCheck'], 'transactWrite');
      const [kind, body] = Object.entries(kinds)[0] ?? [];
      if (kind === undefined || Object.keys(kinds).length !== 1)
        throw new UtilityError(
          'an item of transactWrite has exactly one of putItem updateItem deleteItem conditionCheck',
        );
      const input = inputOf(
        body,
        ['table', 'key', 'condition', ...(kind === 'putItem' ? ['item'] : kind === 'updateItem' ? ['update'] : [])],
        kind,
      );
      return {
        table: text(input.table, 'the table'),
        operation: kind === 'conditionCheck' ? 'ConditionCheck' : `${kind[0]?.toUpperCase()}${kind.slice(1)}`,
        key: keyOf(input, kind),
        ...(kind === 'putItem' ? { attributeValues: toMapValues(record(input.item, 'the item')) } : {}),
        ...(kind === 'updateItem' ? { update: updateExpression(input.update) } : {}),
        ...withCondition(input),
      };
    },
  );
  return { operation: 'TransactWriteItems', transactItems };
}

/** `SET` and `REMOVE` clauses, with the placeholders that the service makes. */
function updateExpression(value: unknown): Input {
  const expressionNames: Record<string, string> = {};
  const expressionValues: Record<string, TypedValue> = {};
  const sets: string[] = [];
  const removes: string[] = [];
  for (const [attribute, change] of Object.entries(record(value, 'the update'))) {
    const name = `#expName_${Object.keys(expressionNames).length + 1}`;
    expressionNames[name] = attribute;
    const operand = (one: unknown) => {
      const placeholder = `:expValue_${Object.keys(expressionValues).length + 1}`;
      expressionValues[placeholder] = toDynamoDB(one);
      return placeholder;
    };
    const clause = setClause(name, change, operand);
    if (clause === null) removes.push(name);
    else sets.push(clause);
  }
  if (sets.length + removes.length === 0) throw new UtilityError('the update is empty');
  const expression = [
    sets.length > 0 ? `SET ${sets.join(', ')}` : '',
    removes.length > 0 ? `REMOVE ${removes.join(', ')}` : '',
  ]
    .filter(Boolean)
    .join(' ');
  return { expression, expressionNames, ...(Object.keys(expressionValues).length > 0 ? { expressionValues } : {}) };
}

function setClause(name: string, change: unknown, operand: (value: unknown) => string): string | null {
  const operation = typeof change === 'object' && change !== null && !Array.isArray(change) ? (change as Input) : {};
  switch (operation.type) {
    case 'OPERATION_ADD':
    case 'OPERATION_REPLACE':
      return `${name} = ${operand(operation.value)}`;
    case 'OPERATION_INCREMENT':
      return `${name} = ${name} + ${operand(operation.by)}`;
    case 'OPERATION_DECREMENT':
      return `${name} = ${name} - ${operand(operation.by)}`;
    case 'OPERATION_APPEND':
      return `${name} = list_append(${name}, ${operand(operation.items)})`;
    case 'OPERATION_PREPEND':
      return `${name} = list_append(${operand(operation.items)}, ${name})`;
    case 'OPERATION_UPDATE_LIST_ITEM':
      return `${name}[${Number(operation.index)}] = ${operand(operation.value)}`;
    case 'OPERATION_REMOVE':
      return null;
    default:
      if (JSON.stringify(change).includes('"type":"OPERATION_'))
        throw new UtilityError('operations below the top level of an update are not available in the local AppSync');
      return `${name} = ${operand(change)}`;
  }
}

function pick(input: Input, keys: readonly string[]): Input {
  return Object.fromEntries(keys.filter((key) => input[key] !== undefined).map((key) => [key, input[key]]));
}

export const dynamodbHelpers = {
  get,
  put,
  update,
  remove,
  query,
  scan,
  batchGet,
  batchPut: (value: unknown): Input => batchWrite('BatchPutItem', value),
  batchDelete: (value: unknown): Input => batchWrite('BatchDeleteItem', value),
  transactGet,
  transactWrite,
  toStringSet,
  toNumberSet,
  toBinarySet,
  operations: {
    add: (value: unknown): Input => ({ type: 'OPERATION_ADD', value }),
    remove: (): Input => ({ type: 'OPERATION_REMOVE' }),
    replace: (value: unknown): Input => ({ type: 'OPERATION_REPLACE', value }),
    increment: (by: unknown): Input => ({ type: 'OPERATION_INCREMENT', by: by ?? 1 }),
    decrement: (by: unknown): Input => ({ type: 'OPERATION_DECREMENT', by: by ?? 1 }),
    append: (items: unknown): Input => ({ type: 'OPERATION_APPEND', items }),
    prepend: (items: unknown): Input => ({ type: 'OPERATION_PREPEND', items }),
    updateListItem: (value: unknown, index: unknown): Input => ({ type: 'OPERATION_UPDATE_LIST_ITEM', value, index }),
  },
};
