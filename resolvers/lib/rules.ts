import { util } from '@aws-appsync/utils';
import type { AttributeRules, KeyRule } from '../manifest/constants.ts';
import { invalid } from './fail.ts';

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
  if (typeof value !== 'string') {
    return 'must be a string';
  }
  const trimmed = value.trim();
  if (trimmed === '') {
    return 'must not be empty';
  }
  if (trimmed.length > attribute.maxLength) {
    return `must have at most ${attribute.maxLength} characters`;
  }
  if (!util.matches(attribute.pattern, trimmed)) {
    return attribute.rule;
  }
  return attribute.kind === 'date' && !isPastDate(trimmed) ? attribute.rule : null;
}

function brokenListRule(attribute: AttributeRules, value: unknown): string | null {
  if (typeof value !== 'object' || value === null || typeof (value as string[]).length !== 'number') {
    return attribute.rule;
  }
  const entries = value as unknown[];
  if (entries.length > attribute.maxLength) {
    return `must have at most ${attribute.maxLength} entries`;
  }
  const wrong = entries.some(
    (entry, index) =>
      typeof entry !== 'string' ||
      entry.length > KEY.maxLength ||
      entries.indexOf(entry) !== index ||
      !util.matches(attribute.pattern, entry),
  );
  return wrong ? attribute.rule : null;
}

const longMonths = ['01', '03', '05', '07', '08', '10', '12'];

/** Whether a date of the right form is in the calendar, from 1900-01-01 to today. */
function isPastDate(date: string): boolean {
  const year = date.slice(0, 4);
  const month = date.slice(5, 7);
  const day = date.slice(8, 10);
  const leap = +year % 4 === 0 && (+year % 100 !== 0 || +year % 400 === 0);
  const shortest = leap ? 29 : 28;
  const others = longMonths.indexOf(month) >= 0 ? 31 : 30;
  const days = month === '02' ? shortest : others;
  const today = util.time.nowISO8601().slice(0, 10);
  return +year >= 1900 && +month >= 1 && +month <= 12 && +day >= 1 && +day <= days && numberOf(date) <= numberOf(today);
}

/** 2026-11-22 as 20261122: texts have no order here. */
function numberOf(date: string): number {
  return +date.split('-').join('');
}

/** The id given as an argument, if it keeps the rule; otherwise refuses. */
export function checkedId(field: string, id: string, { maxLength, pattern, rule }: KeyRule): string {
  if (id.length > maxLength || !util.matches(pattern, id)) {
    invalid(field, rule);
  }
  return id;
}
