import type { AggregateName } from './aggregate.ts';
import { momentOf } from './moment.ts';

/** What an attribute may hold: null where it may be empty, a list where it refers to several. */
export type AttributeValue = string | number | boolean | string[] | null;
/** Values of attributes, by name. */
export type Attributes = Record<string, AttributeValue>;

/**
 * Rules of one attribute, as plain data: the API's resolvers check by the same table as the command function.
 * Patterns are anchored and mean the same in Java (AppSync's `util.matches`) and JavaScript.
 */
export interface Attribute<Value extends AttributeValue = AttributeValue> {
  kind: 'text' | 'date' | 'moment' | 'number' | 'flag' | 'choice' | 'email' | 'reference' | 'references';
  /** UTF-16 units of a string, entries of a list. */
  maxLength: number;
  /** What a string (each entry of a list) must match. */
  pattern: string;
  /** The pattern in words, completing "<field>: …". */
  rule: string;
  /** Of a number, both included. */
  range?: { from: number; to: number };
  /** No two live aggregates of the kind hold the same normalized value. */
  unique: boolean;
  /** Null is a value: an update may clear it, a self-service create may leave it out. */
  nullable: boolean;
  /** A create may leave it out. Such an attribute is nullable. */
  optional: boolean;
  /** Says something of a person, who may ask for it and have it erased. */
  personal: boolean;
  /** What it is while no event has said anything of it; null if left out. */
  initially?: Value;
  /** What a reference points to. */
  to?: AggregateName;
}

/** Attributes by name. */
export type AttributeTable = Record<string, Attribute>;

type ValueOf<A> = A extends Attribute<infer Value> ? Value : never;

/** The values that a table of attributes describes: `{ name: string; roleId: string | null }`. */
export type ValuesOf<Table extends AttributeTable> = { [Name in keyof Table]: ValueOf<Table[Name]> };

/** Code points that never are characters; queues refuse them. */
const nonCharacters = '\\ufffe\\uffff';
const singleLine = `^[^\\u0000-\\u001f\\u007f-\\u009f\\u2028\\u2029${nonCharacters}]*$`;
const printable = '^[!-~]+$';
export const uuidPattern = '^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$';

/** An Auth0 user id without its `auth0|` prefix; ids of other providers keep theirs. */
export const givenIdRule = {
  maxLength: 128,
  pattern: '^(?!auth0\\|[^|]*$)[!-~]+$',
  rule: 'must be 1 to 128 printable characters without spaces, and without the `auth0|` prefix',
};
/** An id that the system made: the UUID of the command that created it, or what an older system used. */
export const madeIdRule = {
  maxLength: 128,
  pattern: printable,
  rule: 'must be 1 to 128 printable characters without spaces',
};

/** What any attribute may be besides. */
interface Options {
  unique?: boolean;
  optional?: boolean;
  personal?: boolean;
}

/** The type of an attribute's values: null is one of an optional attribute. */
type Maybe<Value extends AttributeValue, Given> = Attribute<
  Given extends { optional: true } | { nullable: true } ? Value | null : Value
>;

const anything = { maxLength: 0, pattern: '', unique: false, nullable: false, optional: false, personal: false };

const withOptions = ({ unique = false, optional = false, personal = false }: Options) => ({
  unique,
  optional,
  nullable: optional,
  personal,
});

/** One line of text, not blank. */
export const text = <const Given extends Options>(maxLength: number, options?: Given): Maybe<string, Given> => ({
  kind: 'text',
  maxLength,
  pattern: singleLine,
  rule: 'must be one line of text without control characters',
  ...withOptions(options ?? {}),
});

/** Text of any number of lines, not blank. */
export const longText = <const Given extends Options>(maxLength: number, options?: Given): Maybe<string, Given> => ({
  kind: 'text',
  maxLength,
  pattern: `^[^\\u0000${nonCharacters}]*$`,
  rule: 'must be text without null characters',
  ...withOptions(options ?? {}),
});

/** A calendar date from 1900-01-01 to today. */
export const pastDate = <const Given extends Options>(options?: Given): Maybe<string, Given> => ({
  kind: 'date',
  maxLength: 10,
  pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}$',
  rule: 'must be a date as YYYY-MM-DD, from 1900-01-01 to today',
  ...withOptions(options ?? {}),
});

/** A moment, with an offset from UTC; kept and shown in UTC, to the millisecond. */
export const moment = <const Given extends Options>(options?: Given): Maybe<string, Given> => ({
  kind: 'moment',
  maxLength: 40,
  pattern:
    '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,9})?)?(Z|[+-][0-9]{2}:[0-9]{2}(:[0-9]{2})?)$',
  rule: 'must be a date and time with an offset, in the years 0001 to 9999',
  ...withOptions(options ?? {}),
});

/** A whole number within bounds, both included. */
export const number = <const Given extends Options>(
  range: { from: number; to: number },
  options?: Given,
): Maybe<number, Given> => ({
  ...anything,
  kind: 'number',
  range,
  rule: `must be a whole number from ${range.from} to ${range.to}`,
  ...withOptions(options ?? {}),
});

/** Yes or no. */
export const flag = <const Given extends Options>(options?: Given): Maybe<boolean, Given> => ({
  ...anything,
  kind: 'flag',
  rule: 'must be true or false',
  ...withOptions(options ?? {}),
});

/** One of a few words; an enum in the API. */
export const choice = <const Word extends string, const Given extends Options & { initially?: NoInfer<Word> }>(
  words: readonly Word[],
  options?: Given,
): Maybe<Word, Given> => ({
  ...anything,
  kind: 'choice',
  maxLength: Math.max(...words.map(({ length }) => length)),
  pattern: `^(${words.join('|')})$`,
  rule: `must be one of ${words.join(', ')}`,
  ...withOptions(options ?? {}),
  ...(options?.initially !== undefined && { initially: options.initially }),
});

const addressPart = (exceptions: string) => `[^\\s@${exceptions}\\u0000-\\u001f${nonCharacters}]+`;

/** An e-mail address, compared without case. */
export const email = <const Given extends Options>(options?: Given): Maybe<string, Given> => ({
  kind: 'email',
  maxLength: 254,
  pattern: `^${addressPart('')}@${addressPart('')}\\.${addressPart('.')}$`,
  rule: 'must be an e-mail address',
  ...withOptions(options ?? {}),
});

/** Id of another aggregate, which must exist when the command is decided. */
export const reference = <const Given extends { nullable?: boolean; personal?: boolean }>(
  to: AggregateName,
  options?: Given,
): Maybe<string, Given> => ({
  ...anything,
  kind: 'reference',
  maxLength: 128,
  pattern: printable,
  rule: `must be the id of an existing ${to}`,
  to,
  ...options,
});

/** Ids of other aggregates, without repeats, which must exist when the command is decided. */
export const references = (to: AggregateName, maxLength: number): Attribute<string[]> => ({
  ...anything,
  kind: 'references',
  maxLength,
  pattern: printable,
  rule: `must be a list of ids of existing ${to}s, each once`,
  to,
});

const earliestDate = Date.UTC(1900, 0, 1);

const isPastDate = (value: string, now: number): boolean => {
  const time = Date.parse(`${value}T00:00:00.000Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(value) && time >= earliestDate && time <= now;
};

/**
 * Checks one value against its attribute's rules.
 * @param now milliseconds since the epoch, for dates
 * @returns the broken rule in words, or undefined
 */
export const brokenRule = (attribute: Attribute, value: unknown, now: number): string | undefined => {
  if (value === null) return attribute.nullable ? undefined : 'must not be null';
  if (attribute.kind === 'references') {
    if (!Array.isArray(value)) return attribute.rule;
    if (value.length > attribute.maxLength) return `must have at most ${attribute.maxLength} entries`;
    if (new Set(value).size !== value.length) return attribute.rule;
    return value.every((entry) => typeof entry === 'string' && entry.length <= 128 && matches(attribute.pattern, entry))
      ? undefined
      : attribute.rule;
  }
  if (attribute.kind === 'flag') return typeof value === 'boolean' ? undefined : attribute.rule;
  if (attribute.kind === 'number') {
    const { from, to } = attribute.range!;
    return typeof value === 'number' && Number.isInteger(value) && value >= from && value <= to
      ? undefined
      : attribute.rule;
  }
  if (typeof value !== 'string') return 'must be a string';
  // A name of zero-width characters alone looks like none.
  if (!/[^\s\p{Cf}]/u.test(value)) return 'must not be empty';
  // Half of a surrogate pair is no character; stores and queues each make something else of it.
  if (/\p{Surrogate}/u.test(value)) return 'must be well-formed text';
  if (value.trim().length > attribute.maxLength) return `must have at most ${attribute.maxLength} characters`;
  if (!matches(attribute.pattern, value.trim())) return attribute.rule;
  if (attribute.kind === 'date' && !isPastDate(value.trim(), now)) return attribute.rule;
  if (attribute.kind === 'moment' && momentOf(value) === undefined) return attribute.rule;
  return undefined;
};

/** Whether a stored value is of the kind that its attribute holds; rules may have grown stricter since it was stored. */
export const isOfKind = ({ kind }: Attribute, value: unknown): boolean => {
  if (value === null) return true;
  if (kind === 'references') return Array.isArray(value) && value.every((id) => typeof id === 'string');
  if (kind === 'number' || kind === 'flag') return typeof value === (kind === 'flag' ? 'boolean' : 'number');
  return typeof value === 'string';
};

/** The form in which a valid value is stored: without surrounding white space, text composed (NFC), moments in UTC. */
export const normalize = (attribute: Attribute, value: AttributeValue): AttributeValue => {
  if (typeof value !== 'string') return value;
  if (attribute.kind === 'moment') return new Date(momentOf(value)!).toISOString();
  return value.trim().normalize(attribute.kind === 'text' ? 'NFC' : undefined);
};

/** The form in which a unique value is compared. */
export const comparable = (attribute: Attribute, value: string): string =>
  attribute.kind === 'email' ? value.trim().toLowerCase() : value.trim().normalize('NFC');

export const matches = (pattern: string, value: string): boolean => new RegExp(pattern).test(value);
