/** Checks of what resolver code hands to a utility function. A wrong one ends the evaluation with errorType `Code`. */

/** Any function of the library, seen from the sandbox: JSON values in, a JSON value out. */
export type LibraryFunction = (...values: never[]) => unknown;

export class UtilityError extends Error {}

export function text(value: unknown, what: string): string {
  if (typeof value !== 'string') throw new UtilityError(`${what} must be a string`);
  return value;
}

export function number(value: unknown, what: string): number {
  if (typeof value !== 'number') throw new UtilityError(`${what} must be a number`);
  return value;
}

export function record(value: unknown, what: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new UtilityError(`${what} must be an object`);
  return value as Record<string, unknown>;
}

export function list(value: unknown, what: string): unknown[] {
  if (!Array.isArray(value)) throw new UtilityError(`${what} must be a list`);
  return value;
}

/** Refuses keys that are not listed, by name. */
export function onlyKeys(value: Record<string, unknown>, allowed: readonly string[], what: string): void {
  const unknown = Object.keys(value).find((key) => !allowed.includes(key));
  if (unknown !== undefined) throw new UtilityError(`${what} has no ${unknown}`);
}

/** A record without a prototype, so that no key of the input means anything special. */
export function mapValues<T, R>(values: Record<string, T>, change: (value: T, key: string) => R): Record<string, R> {
  const result: Record<string, R> = Object.create(null) as Record<string, R>;
  for (const [key, value] of Object.entries(values)) result[key] = change(value, key);
  return result;
}
