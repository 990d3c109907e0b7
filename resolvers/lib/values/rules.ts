import { util } from '@aws-appsync/utils';
import type { AttributeRules, IdRule } from '../../manifest/constants.ts';
import { isCalendarDate } from './calendar.ts';
import { invalid } from '../fail.ts';
import { momentOf } from './moment.ts';

/**
 * Checks one value against its attribute's rules: the same as the command function does later, so that a caller
 * learns of a mistake at once.
 * @returns the broken rule in words, or null
 */
export function brokenRule(attribute: AttributeRules, value: unknown): string | null {
  if (value === null) {
    return attribute.nullable ? null : 'must not be null';
  }
  if (attribute.kind === 'flag') {
    return typeof value === 'boolean' ? null : attribute.rule;
  }
  if (attribute.kind === 'number') {
    return brokenNumberRule(attribute, value);
  }
  return attribute.kind === 'references' ? brokenListRule(attribute, value) : brokenTextRule(attribute, value);
}

function brokenNumberRule({ range, rule }: AttributeRules, value: unknown): string | null {
  const number = value as number;
  const within = typeof value === 'number' && range && number >= range.from && number <= range.to;
  return within && number % 1 === 0 ? null : rule;
}

function brokenTextRule(attribute: AttributeRules, value: unknown): string | null {
  const { kind, maxLength, pattern, rule, mayBeEmpty } = attribute;
  if (typeof value !== 'string') {
    return 'must be a string';
  }
  const tooLong = `must have at most ${maxLength} characters`;
  if (value.length > maxLength * VALUES.rawUnits) {
    return tooLong;
  }
  const text = composed(kind, value);
  if (text === '') {
    return mayBeEmpty ? null : 'must not be empty';
  }
  if (util.matches(VALUES.invisible, text)) {
    return 'must have a character that can be seen';
  }
  // A pattern counts characters, where a length counts UTF-16 units.
  if (text.length > maxLength && !util.matches(`^[\\x{0}-\\x{10ffff}]{0,${maxLength}}\\z`, text)) {
    return tooLong;
  }
  if (!util.matches(pattern, text) || (kind === 'date' && !isPastDate(text.slice(0, 10)))) {
    return rule;
  }
  return kind === 'moment' && momentOf(text) === null ? rule : null;
}

function brokenListRule(attribute: AttributeRules, value: unknown): string | null {
  if (typeof value !== 'object' || value === null || typeof (value as string[]).length !== 'number') {
    return attribute.rule;
  }
  const entries = value as unknown[];
  if (entries.length > attribute.maxLength) {
    return `must have at most ${attribute.maxLength} entries`;
  }
  const ids = entries.map((entry) => (typeof entry === 'string' ? asMade(entry) : ''));
  const wrong = entries.some(
    (entry, index) =>
      typeof entry !== 'string' ||
      entry.length > VALUES.longestId ||
      ids.indexOf(ids[index] as string) !== index ||
      !util.matches(attribute.pattern, ids[index] as string),
  );
  return wrong ? attribute.rule : null;
}

/** Without surrounding white space, text in its composed form, an id as it was made. */
function composed(kind: string, value: string): string {
  const trimmed = value.trim();
  if (kind === 'reference') {
    return asMade(trimmed);
  }
  return kind === 'text' ? util.str.normalize(trimmed, 'nfc') : trimmed;
}

/** A value that breaks no rule, in the form in which it is stored. */
export function normalized({ kind }: AttributeRules, value: unknown): unknown {
  if (kind === 'references' && value !== null) {
    return (value as string[]).map((id) => asMade(id));
  }
  if (typeof value !== 'string') {
    return value;
  }
  const text = composed(kind, value);
  if (kind === 'moment') {
    return util.time.epochMilliSecondsToISO8601(momentOf(text) as number);
  }
  return kind === 'date' ? text.slice(0, 10) : text;
}

/** Whether a date of the right form is in the calendar, from the earliest to today, wherever on earth it is today. */
function isPastDate(date: string): boolean {
  const latest = util.time
    .epochMilliSecondsToISO8601(util.time.nowEpochMilliSeconds() + VALUES.aheadOfUtc)
    .slice(0, 10);
  return isCalendarDate(date) && numberOf(date) >= numberOf(VALUES.earliestDate) && numberOf(date) <= numberOf(latest);
}

/** 2026-11-22 as 20261122: texts have no order here. */
function numberOf(date: string): number {
  return +date.split('-').join('');
}

/** The id given as an argument, if it keeps the rule; otherwise refuses. */
export function checkedId(field: string, id: string, { maxLength, pattern, rule }: IdRule): string {
  if (id.length > maxLength || !util.matches(pattern, id)) {
    invalid(field, rule);
  }
  return id;
}

/** The id of one of an aggregate, given as an argument to look it up: as it is kept. */
export function checkedKey(field: string, id: string, aggregate: string): string {
  return GIVEN.indexOf(aggregate) >= 0 ? checkedId(field, id, KEYS.given) : checkedMadeId(field, id);
}

/** An id that the system made, given as an argument: as it was made. */
export function checkedMadeId(field: string, id: string): string {
  return checkedId(field, asMade(id), KEYS.made);
}

/** An id that the system made, as it was made: UUIDs are lower-case. */
export function asMade(id: string): string {
  return util.matches('^[\\dA-Fa-f-]{36}\\z', id) ? id.toLowerCase() : id;
}

/** The UUID given as an argument. Those of commands and recoveries are lower-case, however they are written. */
export function checkedUuid(field: string, id: string): string {
  return checkedId(field, id, UUID).toLowerCase();
}
