// The built-ins of APPSYNC_JS 1.0.0 that AWS documents, and no others. The only library that bundles are checked
// against.

interface Object {}
declare const Object: {
  assign(target: any, ...sources: any[]): any;
  entries(value: any): [string, any][];
  hasOwn(value: any, key: any): boolean;
  keys(value: any): string[];
  values(value: any): any[];
};

interface Function {
  // Without a member of its own everything would be a function, and could be called.
  readonly ' function': never;
}
interface CallableFunction extends Function {}
interface NewableFunction extends Function {}
interface IArguments {}
interface RegExp {}
interface Boolean {}

interface Number {}
declare const Number: {
  isFinite(value: any): boolean;
  isNaN(value: any): boolean;
};
declare const NaN: number;
declare const Infinity: number;

interface String {
  readonly length: number;
  readonly [index: number]: string;
  charAt(index: number): string;
  concat(...parts: any[]): string;
  endsWith(part: string, position?: number): boolean;
  /** Not documented; seen to work. */
  includes(part: string, position?: number): boolean;
  indexOf(part: string, from?: number): number;
  lastIndexOf(part: string, from?: number): number;
  replace(javaPattern: string, replacement: string): string;
  replaceAll(javaPattern: string, replacement: string): string;
  slice(start?: number, end?: number): string;
  split(separator: string, limit?: number): string[];
  startsWith(part: string, position?: number): boolean;
  /** Not documented; seen to work. */
  substring(start: number, end?: number): string;
  toLowerCase(): string;
  toUpperCase(): string;
  trim(): string;
  trimEnd(): string;
  trimStart(): string;
  [Symbol.iterator](): IterableIterator<string>;
}

declare const Math: {
  random(): number;
  min(...values: number[]): number;
  max(...values: number[]): number;
  round(value: number): number;
  floor(value: number): number;
  ceil(value: number): number;
};

interface Array<T> {
  length: number;
  [index: number]: T;
  concat(...items: (T | T[])[]): T[];
  fill(value: T, start?: number, end?: number): this;
  flat(depth?: number): any[];
  /** Not documented; seen to work. */
  includes(item: T, from?: number): boolean;
  indexOf(item: T, from?: number): number;
  join(separator?: string): string;
  lastIndexOf(item: T, from?: number): number;
  pop(): T | undefined;
  push(...items: T[]): number;
  reverse(): T[];
  shift(): T | undefined;
  slice(start?: number, end?: number): T[];
  /** Takes no comparator. */
  sort(): this;
  splice(start: number, deleteCount?: number, ...items: T[]): T[];
  unshift(...items: T[]): number;
  forEach(visit: (item: T, index: number, all: T[]) => void): void;
  map<U>(convert: (item: T, index: number, all: T[]) => U): U[];
  flatMap<U>(convert: (item: T, index: number, all: T[]) => U | U[]): U[];
  filter(keep: (item: T, index: number, all: T[]) => any): T[];
  reduce<U>(combine: (sum: U, item: T, index: number, all: T[]) => U, initial: U): U;
  reduce(combine: (sum: T, item: T, index: number, all: T[]) => T): T;
  reduceRight<U>(combine: (sum: U, item: T, index: number, all: T[]) => U, initial: U): U;
  reduceRight(combine: (sum: T, item: T, index: number, all: T[]) => T): T;
  find(matches: (item: T, index: number, all: T[]) => any): T | undefined;
  some(matches: (item: T, index: number, all: T[]) => any): boolean;
  every(matches: (item: T, index: number, all: T[]) => any): boolean;
  findIndex(matches: (item: T, index: number, all: T[]) => any): number;
  findLast(matches: (item: T, index: number, all: T[]) => any): T | undefined;
  findLastIndex(matches: (item: T, index: number, all: T[]) => any): number;
  [Symbol.iterator](): IterableIterator<T>;
}

declare const JSON: {
  stringify(value: any): string;
  /** Of what is no JSON it makes an empty string. */
  parse(text: string): any;
};

declare const console: {
  log(...values: any[]): void;
  error(...values: any[]): void;
};

// What the compiler needs to know of `for … of`; no code can name it, as the gate refuses the name.
interface SymbolConstructor {
  readonly iterator: unique symbol;
}
declare const Symbol: SymbolConstructor;
interface IteratorResult<T> {
  done: boolean;
  value: T;
}
interface Iterator<T> {
  next(): IteratorResult<T>;
}
interface Iterable<T> {
  [Symbol.iterator](): Iterator<T>;
}
interface IterableIterator<T> extends Iterator<T> {
  [Symbol.iterator](): IterableIterator<T>;
}
