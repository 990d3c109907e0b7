/** The expression blocks of request objects, as parameters of DynamoDB's operations. */
import { RequestObjectError } from '../execution/errors.ts';
import { type AttributeValue, itemAt } from './dynamodbValues.ts';
import { mapAt, objectAt, optional } from './requestObject.ts';

export interface Expression {
  text: string;
  names: Record<string, string>;
  values: Record<string, AttributeValue>;
}

const keys = ['expression', 'expressionNames', 'expressionValues'];

/**
 * A block such as `{ expression, expressionNames?, expressionValues? }`; `more` lists further keys that it may have.
 */
export function expressionAt(value: unknown, path: string, more: readonly string[] = []): Expression {
  const block = objectAt(value, path, [...keys, ...more]);
  const text = optional(block, 'expression', 'string', path);
  if (!text) throw new RequestObjectError(`Expression block '${path}' requires an expression.`);
  const names = Object.entries(mapAt(block.expressionNames ?? {}, `${path}[expressionNames]`)).map(
    ([placeholder, name]) => {
      if (typeof name !== 'string')
        throw new RequestObjectError(`Value for field '${path}[expressionNames][${placeholder}]' must be a string.`);
      return [placeholder, name] as const;
    },
  );
  return {
    text,
    names: Object.fromEntries(names),
    values: itemAt(block.expressionValues ?? {}, `${path}[expressionValues]`),
  };
}

export function optionalExpression(value: unknown, path: string, more: readonly string[] = []): Expression | undefined {
  return value === undefined || value === null ? undefined : expressionAt(value, path, more);
}

export function projectionAt(value: unknown, path: string): Expression | undefined {
  if (value === undefined || value === null) return undefined;
  return expressionAt(objectAt(value, path, ['expression', 'expressionNames']), path);
}

/** Placeholders of several expressions together; empty maps, which DynamoDB refuses, are left out. */
export function placeholders(...expressions: (Expression | undefined)[]) {
  const names = new Map<string, string>();
  const values = new Map<string, AttributeValue>();
  for (const expression of expressions) {
    for (const [placeholder, name] of Object.entries(expression?.names ?? {})) names.set(placeholder, name);
    for (const [placeholder, value] of Object.entries(expression?.values ?? {})) values.set(placeholder, value);
  }
  return {
    ...(names.size > 0 ? { ExpressionAttributeNames: Object.fromEntries(names) } : {}),
    ...(values.size > 0 ? { ExpressionAttributeValues: Object.fromEntries(values) } : {}),
  };
}
