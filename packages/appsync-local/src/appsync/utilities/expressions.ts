/** DynamoDB expressions from filter objects such as `{ title: { contains: 'a' }, or: [ … ] }`. */
import { list, record, text, UtilityError } from './arguments.ts';
import { toDynamoDB } from './dynamodb.ts';
import type { TypedValue } from './dynamodb.ts';

export interface Expression {
  expression: string;
  expressionNames: Record<string, string>;
  expressionValues: Record<string, TypedValue>;
}

const comparisons: Record<string, string> = { eq: '=', ne: '<>', lt: '<', le: '<=', gt: '>', ge: '>=' };
const attributeTypes: Record<string, string> = {
  string: 'S',
  number: 'N',
  binary: 'B',
  boolean: 'BOOL',
  list: 'L',
  map: 'M',
  stringSet: 'SS',
  numberSet: 'NS',
  binarySet: 'BS',
  _null: 'NULL',
};
/** What a key condition may say. */
const keyOperators = ['eq', 'lt', 'le', 'gt', 'ge', 'between', 'beginsWith'];

/** Placeholders of one expression: the same attribute has one name, each value its own. */
export class Placeholders {
  readonly names: Record<string, string> = {};
  readonly values: Record<string, TypedValue> = {};

  name(attribute: string): string {
    const known = Object.entries(this.names).find(([, name]) => name === attribute);
    if (known) return known[0];
    const placeholder = unused(`#${attribute.replace(/\W/g, '_')}`, this.names);
    this.names[placeholder] = attribute;
    return placeholder;
  }

  value(suggestion: string, value: TypedValue): string {
    const placeholder = unused(`:${suggestion.replace(/\W/g, '_')}`, this.values);
    this.values[placeholder] = value;
    return placeholder;
  }
}

function unused(wanted: string, taken: Record<string, unknown>): string {
  let candidate = wanted;
  for (let suffix = 1; Object.hasOwn(taken, candidate); suffix += 1) candidate = `${wanted}_${suffix}`;
  return candidate;
}

/** A filter or condition. Different fields must all hold, as must all operators of one field. */
export function filterExpression(filter: unknown): Expression {
  const placeholders = new Placeholders();
  const expression = allOf(record(filter, 'the filter'), placeholders);
  return { expression, expressionNames: placeholders.names, expressionValues: placeholders.values };
}

/** The key condition of a query. */
export function keyExpression(query: unknown): Expression {
  const placeholders = new Placeholders();
  const terms = Object.entries(record(query, 'the query')).map(([attribute, operators]) => {
    const entries = Object.entries(record(operators, `the condition on ${attribute}`));
    const [operator, operand] = entries[0] ?? [];
    if (entries.length !== 1 || operator === undefined || !keyOperators.includes(operator))
      throw new UtilityError(`the key condition on ${attribute} must have one of ${keyOperators.join(' ')}`);
    return term(attribute, operator, operand, placeholders);
  });
  if (terms.length === 0) throw new UtilityError('the query has no key condition');
  return {
    expression: terms.join(' AND '),
    expressionNames: placeholders.names,
    expressionValues: placeholders.values,
  };
}

function allOf(filter: Record<string, unknown>, placeholders: Placeholders): string {
  const terms = Object.entries(filter).flatMap(([key, value]) => {
    if (key === 'not') return [`(NOT ${allOf(record(value, 'not'), placeholders)})`];
    if (key === 'and' || key === 'or') {
      const parts = (Array.isArray(value) ? value : [value]).map((part) => allOf(record(part, key), placeholders));
      if (parts.length === 0) throw new UtilityError(`the filter has an empty ${key}`);
      return [`(${parts.join(key === 'and' ? ' AND ' : ' OR ')})`];
    }
    return Object.entries(record(value, `the condition on ${key}`)).map(
      ([operator, operand]) => `(${term(key, operator, operand, placeholders)})`,
    );
  });
  if (terms.length === 0) throw new UtilityError('the filter is empty');
  return terms.length === 1 ? (terms[0] ?? '') : terms.join(' AND ');
}

function term(attribute: string, operator: string, operand: unknown, placeholders: Placeholders): string {
  if (operand === null || operand === undefined)
    throw new UtilityError(`${attribute}.${operator} is null; what the service makes of that is not known`);
  const name = placeholders.name(attribute);
  const value = (one: unknown) => placeholders.value(`${attribute}_${operator}`, toDynamoDB(one));
  const comparison = comparisons[operator];
  if (comparison !== undefined && Object.hasOwn(comparisons, operator))
    return `${name} ${comparison} ${value(operand)}`;
  switch (operator) {
    case 'in':
      return `${name} IN (${list(operand, `${attribute}.in`).map(value).join(', ')})`;
    case 'between': {
      const [low, high, ...rest] = list(operand, `${attribute}.between`);
      if (high === undefined || rest.length > 0) throw new UtilityError(`${attribute}.between takes two values`);
      return `${name} BETWEEN ${value(low)} AND ${value(high)}`;
    }
    case 'beginsWith':
      return `begins_with(${name},${value(operand)})`;
    case 'contains':
      return `contains(${name},${value(operand)})`;
    case 'notContains':
      return `NOT contains(${name},${value(operand)})`;
    case 'attributeExists':
      if (typeof operand !== 'boolean') throw new UtilityError(`${attribute}.attributeExists takes a boolean`);
      return `${operand ? 'attribute_exists' : 'attribute_not_exists'}(${name})`;
    case 'attributeType': {
      const type = attributeTypes[text(operand, `${attribute}.attributeType`)];
      if (type === undefined) throw new UtilityError(`${attribute}.attributeType: unknown type ${String(operand)}`);
      return `attribute_type(${name},${value(type)})`;
    }
    default:
      throw new UtilityError(`unknown operator ${operator} on ${attribute}`);
  }
}
