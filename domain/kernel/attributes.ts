import type { AggregateName, AttributeValue } from './aggregate.ts';

/**
 * Rules of one attribute, as plain data: the API's resolvers check by the same table as the command function.
 * Patterns are anchored and mean the same in Java (AppSync's `util.matches`) and JavaScript.
 */
export interface Attribute {
  kind: 'text' | 'date' | 'email' | 'reference' | 'references';
  /** UTF-16 units of a string, entries of a list. */
  maxLength: number;
  /** What a string (each entry of a list) must match. */
  pattern: string;
  /** The pattern in words, completing "<field>: …". */
  rule: string;
  /** No two live aggregates of the kind hold the same normalized value. */
  unique: boolean;
  /** Null is a value: an update may clear it, a self-service create may leave it out. */
  nullable: boolean;
  /** A create may leave it out. Such an attribute is nullable. */
  optional: boolean;
  /** What a reference points to. */
  to?: AggregateName;
}

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

const base = { unique: false, nullable: false, optional: false };

/** What any attribute may be besides. */
interface Options {
  unique?: boolean;
  optional?: boolean;
}

const withOptions = ({ unique = false, optional = false }: Options) => ({ unique, optional, nullable: optional });

/** One line of text, not blank. */
export const text = (maxLength: number, options: Options = {}): Attribute => ({
  ...base,
  kind: 'text',
  maxLength,
  pattern: singleLine,
  rule: 'must be one line of text without control characters',
  ...withOptions(options),
});

/** Text of any number of lines, not blank. */
export const longText = (maxLength: number, options: Options = {}): Attribute => ({
  ...base,
  kind: 'text',
  maxLength,
  pattern: `^[^\\u0000${nonCharacters}]*$`,
  rule: 'must be text without null characters',
  ...withOptions(options),
});

/** A calendar date from 1900-01-01 to today. */
export const pastDate = (options: Options = {}): Attribute => ({
  ...base,
  kind: 'date',
  maxLength: 10,
  pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}$',
  rule: 'must be a date as YYYY-MM-DD, from 1900-01-01 to today',
  ...withOptions(options),
});

const addressPart = (exceptions: string) => `[^\\s@${exceptions}\\u0000-\\u001f${nonCharacters}]+`;

/** An e-mail address, compared without case. */
export const email = (options: Options = {}): Attribute => ({
  ...base,
  kind: 'email',
  maxLength: 254,
  pattern: `^${addressPart('')}@${addressPart('')}\\.${addressPart('.')}$`,
  rule: 'must be an e-mail address',
  ...withOptions(options),
});

/** Id of another aggregate, which must exist when the command is decided. */
export const reference = (to: AggregateName, options: { nullable?: boolean } = {}): Attribute => ({
  ...base,
  kind: 'reference',
  maxLength: 128,
  pattern: printable,
  rule: `must be the id of an existing ${to}`,
  to,
  ...options,
});

/** Ids of other aggregates, without repeats, which must exist when the command is decided. */
export const references = (to: AggregateName, maxLength: number): Attribute => ({
  ...base,
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
  if (typeof value !== 'string') return 'must be a string';
  // A name of zero-width characters alone looks like none.
  if (!/[^\s\p{Cf}]/u.test(value)) return 'must not be empty';
  // Half of a surrogate pair is no character; stores and queues each make something else of it.
  if (/\p{Surrogate}/u.test(value)) return 'must be well-formed text';
  if (value.trim().length > attribute.maxLength) return `must have at most ${attribute.maxLength} characters`;
  if (!matches(attribute.pattern, value.trim())) return attribute.rule;
  if (attribute.kind === 'date' && !isPastDate(value.trim(), now)) return attribute.rule;
  return undefined;
};

/** The form in which a valid value is stored: without surrounding white space, text composed (NFC). */
export const normalize = (attribute: Attribute, value: AttributeValue): AttributeValue =>
  typeof value === 'string' ? value.trim().normalize(attribute.kind === 'text' ? 'NFC' : undefined) : value;

/** The form in which a unique value is compared. */
export const comparable = (attribute: Attribute, value: string): string =>
  attribute.kind === 'email' ? value.trim().toLowerCase() : value.trim().normalize('NFC');

export const matches = (pattern: string, value: string): boolean => new RegExp(pattern).test(value);
