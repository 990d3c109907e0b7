import { AssemblyError } from './error.ts';
import type { Place } from './error.ts';

type Values = Record<string, unknown>;

/**
 * Reads the resolved properties of one resource and remembers what was asked for, so that `finish` can refuse, by path,
 * every property that nobody knows. Reading code is thereby the only list of supported properties.
 */
export class PropertyReader {
  readonly #known = new Set<string>();
  readonly #children: PropertyReader[] = [];

  constructor(
    readonly place: Place,
    readonly values: Values,
    readonly path = 'Properties',
  ) {}

  /** Ends with an AssemblyError that names `property` of this object. */
  fail(property: string, problem: string): never {
    throw new AssemblyError(this.place, `${this.path}.${property}`, problem);
  }

  has(name: string): boolean {
    return this.values[name] !== undefined;
  }

  /** The value as it stands, for parts of free form (JSON documents). */
  raw(name: string): unknown {
    this.#known.add(name);
    return this.values[name];
  }

  string(name: string): string {
    return this.optionalString(name) ?? this.fail(name, 'is missing');
  }

  optionalString(name: string): string | undefined {
    const value = this.raw(name);
    if (value === undefined) return undefined;
    if (typeof value === 'object' || value === null) this.fail(name, 'must be a string');
    return String(value);
  }

  /** CloudFormation takes numbers in strings too. */
  number(name: string): number | undefined {
    const value = this.raw(name);
    if (value === undefined) return undefined;
    const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
    if (typeof number !== 'number' || Number.isNaN(number)) this.fail(name, 'must be a number');
    return number;
  }

  boolean(name: string): boolean | undefined {
    const value = this.raw(name);
    if (value === undefined) return undefined;
    if (value === true || value === 'true') return true;
    if (value === false || value === 'false') return false;
    return this.fail(name, 'must be true or false');
  }

  strings(name: string): string[] {
    return this.#list(name).map((value, index) =>
      typeof value === 'string' ? value : this.fail(`${name}[${index}]`, 'must be a string'),
    );
  }

  /** A map of strings, e.g. environment variables. */
  stringMap(name: string): Record<string, string> {
    const value = this.raw(name) ?? {};
    if (!isObject(value)) this.fail(name, 'must be an object');
    return Object.fromEntries(
      Object.entries(value).map(([key, entry]) =>
        typeof entry === 'object' ? this.fail(`${name}.${key}`, 'must be a string') : [key, String(entry)],
      ),
    );
  }

  object(name: string): PropertyReader | undefined {
    const value = this.raw(name);
    return value === undefined ? undefined : this.#child(value, name);
  }

  objects(name: string): PropertyReader[] {
    return this.#list(name).map((value, index) => this.#child(value, `${name}[${index}]`));
  }

  /** Properties that change nothing on one machine (encryption, tags, backups …). */
  inert(...names: string[]): void {
    for (const name of names) this.#known.add(name);
  }

  /** Refuses what was neither read nor declared inert, here and in every object read through this reader. */
  finish(): void {
    for (const name of Object.keys(this.values)) {
      if (!this.#known.has(name)) this.fail(name, 'this property is not supported by the local stack');
    }
    for (const child of this.#children) child.finish();
  }

  #list(name: string): unknown[] {
    const value = this.raw(name) ?? [];
    if (!Array.isArray(value)) this.fail(name, 'must be a list');
    return value;
  }

  #child(value: unknown, name: string): PropertyReader {
    if (!isObject(value)) this.fail(name, 'must be an object');
    const child = new PropertyReader(this.place, value, `${this.path}.${name}`);
    this.#children.push(child);
    return child;
  }
}

export function isObject(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
