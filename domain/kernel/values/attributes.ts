import type { AggregateName } from '../aggregate.ts';
import { blanks, controls, ignorables, invisible, lineBreaks, notCharacters, whiteSpace } from './characters.ts';
import { asMade, madeIdRule } from './ids.ts';
import { isCalendarDate, momentOf, momentRule, momentText } from './moment.ts';

/** What an attribute may hold: null where it may be empty, a list where it refers to several. */
export type AttributeValue = string | number | boolean | string[] | null;
/** Values of attributes, by name. */
export type Attributes = Record<string, AttributeValue>;

/**
 * Rules of one attribute, as plain data: the API's resolvers check by the same table as the command function.
 * Patterns are anchored and mean the same in Java (AppSync's `util.matches`) and JavaScript; they say what the stored
 * form must be, and no more than the API's scalar of the attribute can show.
 */
export interface Attribute<Value extends AttributeValue = AttributeValue> {
  kind: 'text' | 'date' | 'moment' | 'number' | 'flag' | 'choice' | 'email' | 'reference' | 'references';
  /** Characters (code points) of the stored form, entries of a list. */
  maxLength: number;
  /** What a string (each entry of a list) must match. */
  pattern: string;
  /** The pattern in words, completing "<field>: …". */
  rule: string;
  /** Of a number, both included. */
  range?: { from: number; to: number };
  /** No two live aggregates of the kind hold values that are equal in their comparable form. */
  unique: boolean;
  /** Null is a value: an update may clear it, a self-service create may leave it out. */
  nullable: boolean;
  /** A create may leave it out. Such an attribute is nullable. */
  optional: boolean;
  /** Says something of a person, who may ask for it and have it erased. */
  personal: boolean;
  /** A text without characters is a value. */
  mayBeEmpty: boolean;
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

/** What any attribute may be besides. */
interface Options {
  unique?: boolean;
  optional?: boolean;
  personal?: boolean;
  mayBeEmpty?: boolean;
}

/** The type of an attribute's values: null is one of an optional attribute. */
type Maybe<Value extends AttributeValue, Given> = Attribute<
  Given extends { optional: true } | { nullable: true } ? Value | null : Value
>;

const anything = {
  maxLength: 0,
  pattern: '',
  unique: false,
  nullable: false,
  optional: false,
  personal: false,
  mayBeEmpty: false,
};

const withOptions = ({ unique = false, optional = false, personal = false, mayBeEmpty = false }: Options) => ({
  unique,
  optional,
  nullable: optional,
  personal,
  mayBeEmpty,
});

/** One line of text that shows something, or nothing where it may be empty. */
export const text = <const Given extends Options>(maxLength: number, options?: Given): Maybe<string, Given> => ({
  kind: 'text',
  maxLength,
  pattern: `^[^${controls}${lineBreaks}${notCharacters}]*$`,
  rule: 'must be one line of well-formed text without control characters',
  ...withOptions(options ?? {}),
});

/** Text of any number of lines that shows something. */
export const longText = <const Given extends Options>(maxLength: number, options?: Given): Maybe<string, Given> => ({
  kind: 'text',
  maxLength,
  pattern: `^[^\\u0000${notCharacters}]*$`,
  rule: 'must be well-formed text without null characters',
  ...withOptions(options ?? {}),
});

const offset = '(?:Z|[+-](?:0[0-9]|1[0-8]):[0-5][0-9](?::[0-5][0-9])?)';

/**
 * A calendar date from 1900-01-01 to today, wherever on earth it is today. An offset behind it says nothing of a date,
 * and is left out.
 */
export const pastDate = <const Given extends Options>(options?: Given): Maybe<string, Given> => ({
  kind: 'date',
  maxLength: 19,
  pattern: `^[0-9]{4}-[0-9]{2}-[0-9]{2}${offset}?$`,
  rule: 'must be a date as YYYY-MM-DD, from 1900-01-01 to today',
  ...withOptions(options ?? {}),
});

/** A moment, with an offset from UTC; kept and shown in UTC, to the millisecond. */
export const moment = <const Given extends Options>(options?: Given): Maybe<string, Given> => ({
  kind: 'moment',
  maxLength: 40,
  pattern: momentRule.pattern,
  rule: momentRule.rule,
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
export const flag = <const Given extends Options & { initially?: boolean }>(
  options?: Given,
): Maybe<boolean, Given> => ({
  ...anything,
  kind: 'flag',
  rule: 'must be true or false',
  ...withOptions(options ?? {}),
  ...(options?.initially !== undefined && { initially: options.initially }),
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

const atom = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+";
const label = '[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?';

/**
 * What the API's scalar shows of addresses that are stored already: wider than what is taken, the domain may be a
 * single label.
 */
export const shownEmail = `^(?=[^@]{1,64}@)(?:${atom}(?:\\.${atom})*|"[!#-?A-\\[\\]-~]+")@(?=.{1,253}$)(?:${label}\\.)*${label}$`;

/**
 * An e-mail address, compared without case: a dotted or quoted name of at most 64 characters, and a domain of at least
 * two labels, the last with a letter. An international domain is written in its ASCII form (`xn--…`).
 */
export const email = <const Given extends Options>(options?: Given): Maybe<string, Given> => ({
  kind: 'email',
  maxLength: 254,
  pattern: `^(?=[^@]{1,64}@)(?:${atom}(?:\\.${atom})*|"[!#-?A-\\[\\]-~]+")@(?:${label}\\.)+(?=[0-9-]*[A-Za-z])${label}$`,
  rule: 'must be an e-mail address as name@example.com',
  ...withOptions(options ?? {}),
});

/** Id of another aggregate, which must exist when the command is decided. */
export const reference = <const Given extends { nullable?: boolean; personal?: boolean }>(
  to: AggregateName,
  options?: Given,
): Maybe<string, Given> => ({
  ...anything,
  kind: 'reference',
  maxLength: madeIdRule.maxLength,
  pattern: madeIdRule.pattern,
  rule: `must be the id of an existing ${to}`,
  to,
  ...options,
});

/** Ids of other aggregates, without repeats, which must exist when the command is decided. */
export const references = (to: AggregateName, maxLength: number): Attribute<string[]> => ({
  ...anything,
  kind: 'references',
  maxLength,
  pattern: madeIdRule.pattern,
  rule: `must be a list of ids of existing ${to}s, each once`,
  to,
});

/**
 * UTF-16 units of a raw value for each character that its stored form may have: decomposed forms and surrogates need
 * some, and a little white space is forgiven.
 */
export const rawUnits = 8;

/** A text of these shows nothing. */
export const invisiblePattern = `^[${invisible}]*$`;

export const earliestDate = '1900-01-01';

/** Milliseconds by which the first places on earth have a date before UTC has it. */
export const aheadOfUtc = 14 * 3600 * 1000;

const isPastDate = (date: string, now: number): boolean =>
  isCalendarDate(date) && date >= earliestDate && Date.parse(date) <= now + aheadOfUtc;

/**
 * Checks one value against its attribute's rules.
 * @param now milliseconds since the epoch, for dates
 * @returns the broken rule in words, or undefined
 */
export const brokenRule = (attribute: Attribute, value: unknown, now: number): string | undefined => {
  if (value === null) return attribute.nullable ? undefined : 'must not be null';
  switch (attribute.kind) {
    case 'references':
      return brokenListRule(attribute, value);
    case 'flag':
      return typeof value === 'boolean' ? undefined : attribute.rule;
    case 'number': {
      const { from, to } = attribute.range!;
      const within = typeof value === 'number' && Number.isInteger(value) && value >= from && value <= to;
      return within ? undefined : attribute.rule;
    }
    default:
      return brokenTextRule(attribute, value, now);
  }
};

const brokenListRule = (attribute: Attribute, value: unknown): string | undefined => {
  if (!Array.isArray(value)) return attribute.rule;
  if (value.length > attribute.maxLength) return `must have at most ${attribute.maxLength} entries`;
  const isId = (entry: unknown) =>
    typeof entry === 'string' && entry.length <= madeIdRule.maxLength && matches(attribute.pattern, asMade(entry));
  return value.every(isId) && new Set(value.map(asMade)).size === value.length ? undefined : attribute.rule;
};

const brokenTextRule = (attribute: Attribute, value: unknown, now: number): string | undefined => {
  if (typeof value !== 'string') return 'must be a string';
  const tooLong = `must have at most ${attribute.maxLength} characters`;
  if (value.length > attribute.maxLength * rawUnits) return tooLong;
  const text = composed(attribute, value);
  if (text === '') return attribute.mayBeEmpty ? undefined : 'must not be empty';
  if (matches(invisiblePattern, text)) return 'must have a character that can be seen';
  if ([...text].length > attribute.maxLength) return tooLong;
  if (!matches(attribute.pattern, text)) return attribute.rule;
  if (attribute.kind === 'date' && !isPastDate(text.slice(0, 10), now)) return attribute.rule;
  if (attribute.kind === 'moment' && momentOf(text) === undefined) return attribute.rule;
  return undefined;
};

/**
 * Whether a stored value is of the kind that its attribute holds; rules may have grown stricter since it was stored.
 */
export const isOfKind = ({ kind }: Attribute, value: unknown): boolean => {
  if (value === null) return true;
  if (kind === 'references') return Array.isArray(value) && value.every((id) => typeof id === 'string');
  if (kind === 'number' || kind === 'flag') return typeof value === (kind === 'flag' ? 'boolean' : 'number');
  return typeof value === 'string';
};

/** Without surrounding white space, text in its composed form (NFC), an id as it was made. */
const composed = ({ kind }: Attribute, value: string): string => {
  const text = value.trim();
  if (kind === 'reference') return asMade(text);
  return kind === 'text' ? text.normalize('NFC') : text;
};

/** The form in which a valid value is stored, which is valid and normalized itself: what was read can be sent back. */
export const normalize = (attribute: Attribute, value: AttributeValue): AttributeValue => {
  if (Array.isArray(value)) return value.map(asMade);
  if (typeof value !== 'string') return value;
  const text = composed(attribute, value);
  switch (attribute.kind) {
    case 'date':
      return text.slice(0, 10);
    case 'moment':
      return momentText(momentOf(text) ?? NaN);
    default:
      return text;
  }
};

/** The form in which a unique value is compared. */
export const comparable = (attribute: Attribute, value: string): string =>
  attribute.kind === 'email' ? value.trim().toLowerCase() : value.trim().normalize('NFC');

/**
 * Longer than any name that a person types; what is longer is compared as it stands, as a claim's key takes no more.
 */
const longestAlike = 500;

/**
 * What names that look alike have in common: without case, width, ligatures and what cannot be seen, and with single
 * spaces. Unicode's compatibility case folding, which JavaScript does not have, by way of both cases.
 */
export const alike = (text: string): string => {
  const visible = text.normalize('NFKC').replace(ignored, '').replace(spaces, ' ').trim();
  const folded = visible.toLowerCase().toUpperCase().toLowerCase().normalize('NFKC');
  return folded === '' || folded.length > longestAlike ? text : folded;
};
const ignored = new RegExp(`[${ignorables}]`, 'gu');
const spaces = new RegExp(`[${whiteSpace}${blanks}]+`, 'gu');

const compiled = new Map<string, RegExp>();

export const matches = (pattern: string, value: string): boolean => {
  const regex = compiled.get(pattern) ?? new RegExp(pattern, 'u');
  compiled.set(pattern, regex);
  return regex.test(value);
};
