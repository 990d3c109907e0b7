/** Typed values as handlers write them, as DynamoDB's JSON has them, and as plain values for `ctx.result`. */
import type { AttributeValue as SdkValue } from '@aws-sdk/client-dynamodb';
import type { Wire } from '../../model.ts';
import { RequestObjectError } from '../execution/errors.ts';
import { mapAt } from './requestObject.ts';

export type AttributeValue = Wire<SdkValue>;
export type Item = Record<string, AttributeValue>;

/** A map of typed values, such as a key or an item. */
export function itemAt(value: unknown, path: string): Item {
  const item: Item = Object.create(null) as Item;
  for (const [name, typed] of Object.entries(mapAt(value, path))) item[name] = attributeAt(typed, `${path}[${name}]`);
  return item;
}

function attributeAt(value: unknown, path: string): AttributeValue {
  const entries = Object.entries(mapAt(value, path));
  const [type, content] = entries[0] ?? [];
  if (entries.length !== 1)
    throw new RequestObjectError(`Value for field '${path}' must be one typed value, such as { S: 'text' }.`);
  const wrong = () => new RequestObjectError(`Unable to convert the value of '${path}' to type ${type ?? ''}.`);
  const each = <T>(convert: (one: unknown) => T): T[] => {
    if (!Array.isArray(content)) throw wrong();
    return content.map(convert);
  };
  const string = (one: unknown): string => {
    if (typeof one !== 'string') throw wrong();
    return one;
  };
  const number = (one: unknown): string => {
    if (typeof one !== 'number' && (typeof one !== 'string' || one.trim() === '' || Number.isNaN(Number(one))))
      throw wrong();
    return String(one);
  };
  const binary = (one: unknown): string => Buffer.from(string(one), 'base64').toString('base64');
  switch (type) {
    case 'S':
      return { S: string(content) };
    case 'N':
      return { N: number(content) };
    case 'B':
      return { B: binary(content) };
    case 'BOOL':
      if (typeof content !== 'boolean') throw wrong();
      return { BOOL: content };
    case 'NULL':
      if (content !== null && content !== true) throw wrong();
      return { NULL: true };
    case 'SS':
      return { SS: each(string) };
    case 'NS':
      return { NS: each(number) };
    case 'BS':
      return { BS: each(binary) };
    case 'L':
      if (!Array.isArray(content)) throw wrong();
      return { L: content.map((one, index) => attributeAt(one, `${path}[${index}]`)) };
    case 'M':
      return { M: itemAt(content, path) };
    default:
      throw new RequestObjectError(`Unsupported element '${path}[${type ?? ''}]'.`);
  }
}

/** Numbers as numbers, sets as lists, binaries in base64. */
export function plainItem(item: Item): Record<string, unknown> {
  const plain: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  for (const [name, value] of Object.entries(item)) plain[name] = plainValue(value);
  return plain;
}

function plainValue(value: AttributeValue): unknown {
  if (value.S !== undefined) return value.S;
  if (value.N !== undefined) return Number(value.N);
  if (value.BOOL !== undefined) return value.BOOL;
  if (value.B !== undefined) return value.B;
  if (value.L !== undefined) return value.L.map(plainValue);
  if (value.M !== undefined) return plainItem(value.M);
  if (value.SS !== undefined) return value.SS;
  if (value.NS !== undefined) return value.NS.map(Number);
  if (value.BS !== undefined) return value.BS;
  return null;
}
