/** Reads the request objects that handlers make, in the words in which the service refuses them. */
import { RequestObjectError } from '../execution/errors.ts';

export type RequestObject = Record<string, unknown>;

/** An object with none but the given keys. `path` is its place, e.g. `$[query]`. */
export function objectAt(value: unknown, path: string, keys: readonly string[]): RequestObject {
  const object = mapAt(value, path);
  const unknown = Object.keys(object).find((key) => !keys.includes(key));
  if (unknown !== undefined) throw new RequestObjectError(`Unsupported element '${path}[${unknown}]'.`);
  return object;
}

export function mapAt(value: unknown, path: string): RequestObject {
  if (value === undefined || value === null) throw new RequestObjectError(`Value for field '${path}' not found.`);
  if (typeof value !== 'object' || Array.isArray(value))
    throw new RequestObjectError(`Value for field '${path}' must be an object.`);
  return value as RequestObject;
}

export function listAt(value: unknown, path: string, longest: number): unknown[] {
  if (value === undefined || value === null) throw new RequestObjectError(`Value for field '${path}' not found.`);
  if (!Array.isArray(value)) throw new RequestObjectError(`Value for field '${path}' must be a list.`);
  if (value.length > longest)
    throw new RequestObjectError(`Value for field '${path}' has ${value.length} elements; the limit is ${longest}.`);
  return value;
}

/** Absent when null or left out. */
export function optional<T extends 'string' | 'number' | 'boolean'>(
  object: RequestObject,
  key: string,
  type: T,
  path = '$',
) {
  const value = object[key];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== type) throw new RequestObjectError(`Value for field '${path}[${key}]' must be a ${type}.`);
  return value as T extends 'string' ? string : T extends 'number' ? number : boolean;
}

export function required(object: RequestObject, key: string, path = '$'): string {
  const value = optional(object, key, 'string', path);
  if (value === undefined) throw new RequestObjectError(`Value for field '${path}[${key}]' not found.`);
  return value;
}

/** Copies without what is undefined. */
export function compact<T extends object>(object: T): T {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as T;
}
