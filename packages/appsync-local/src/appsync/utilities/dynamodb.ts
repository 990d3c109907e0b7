/** `util.dynamodb`: plain values to typed ones, as the service writes them (numbers stay numbers in `N`). */
import { list, mapValues, record, text, UtilityError } from './arguments.ts';

/** A typed value such as `{ S: 'a' }`. */
export type TypedValue = Record<string, unknown>;

export function toDynamoDB(value: unknown): TypedValue {
  switch (typeof value) {
    case 'string':
      return { S: value };
    case 'number':
      return { N: value };
    case 'boolean':
      return { BOOL: value };
    case 'object':
      if (value === null) return { NULL: null };
      return Array.isArray(value)
        ? { L: value.map(toDynamoDB) }
        : { M: mapValues(record(value, 'the value'), toDynamoDB) };
    default:
      return { NULL: null };
  }
}

export function toMapValues(value: unknown): Record<string, TypedValue> | null {
  return value === null || value === undefined
    ? null
    : mapValues(record(value, 'the value of toMapValues'), toDynamoDB);
}

/** A converter that lets null through. */
const nullable =
  <R>(convert: (value: unknown) => R) =>
  (value?: unknown): R | null =>
    value === null || value === undefined ? null : convert(value);

function typed<T extends 'string' | 'number' | 'boolean'>(value: unknown, type: T, what: string): unknown {
  if (typeof value !== type) throw new UtilityError(`${what} takes a ${type}`);
  return value;
}

export const toStringSet = nullable((values) => ({
  SS: list(values, 'the value of toStringSet').map((value) => typed(value, 'string', 'toStringSet')),
}));
export const toNumberSet = nullable((values) => ({
  NS: list(values, 'the value of toNumberSet').map((value) => typed(value, 'number', 'toNumberSet')),
}));
export const toBinarySet = nullable((values) => ({
  BS: list(values, 'the value of toBinarySet').map((value) => typed(value, 'string', 'toBinarySet')),
}));

export const dynamodb = {
  toDynamoDB,
  toMapValues,
  toString: nullable((value) => ({ S: typed(value, 'string', 'toString') })),
  toStringSet,
  toNumber: nullable((value) => ({ N: typed(value, 'number', 'toNumber') })),
  toNumberSet,
  toBinary: nullable((value) => ({ B: typed(value, 'string', 'toBinary') })),
  toBinarySet,
  toBoolean: nullable((value) => ({ BOOL: typed(value, 'boolean', 'toBoolean') })),
  toNull: (): TypedValue => ({ NULL: null }),
  toList: nullable((value) => ({ L: list(value, 'the value of toList').map(toDynamoDB) })),
  toMap: nullable((value) => ({ M: mapValues(record(value, 'the value of toMap'), toDynamoDB) })),
  toS3Object(key: unknown, bucket: unknown, region: unknown, version?: unknown): TypedValue {
    const place = { key: text(key, 'the key'), bucket: text(bucket, 'the bucket'), region: text(region, 'the region') };
    return { S: JSON.stringify({ s3: typeof version === 'string' ? { ...place, version } : place }) };
  },
  fromS3ObjectJson(value: unknown): unknown {
    return record(JSON.parse(text(value, 'the value of fromS3ObjectJson')), 'the S3 object').s3 ?? null;
  },
};
