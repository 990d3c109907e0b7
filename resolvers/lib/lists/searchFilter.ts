import { util, type Context } from '@aws-appsync/utils';
import { invalid } from '../fail.ts';
import { momentOf } from '../values/moment.ts';
import { checkedMadeId } from '../values/rules.ts';
import { searchForm } from './searchForm.ts';

/** What a list may be narrowed to, in the forms in which the directory holds it; null where nothing is asked. */
export interface Filter {
  /** The beginning of a term. */
  text: string | null;
  /** Attributes with the id that they must hold. */
  references: Record<string, string>;
  /** Roles of which rows must have one. */
  roles: string[] | null;
  status: string | null;
  /** ISO 8601, UTC, inclusive. */
  createdFrom: string | null;
  createdTo: string | null;
}

/** A part of a DynamoDB request: an expression with its names and values. */
export interface Condition {
  expression: string;
  expressionNames: Record<string, string>;
  expressionValues: Record<string, unknown>;
}

const longestText = 200;
const isoFormat = "yyyy-MM-dd'T'HH:mm:ss.SSS'Z'";

/** Reads the argument `filter`; refuses what no row could match by its form. */
export function filterOf(ctx: Context, references: string[]): Filter {
  const given = (ctx.args.filter ?? {}) as Record<string, string | null>;
  const ids: Record<string, string> = {};
  for (const name of references) {
    const id = given[name];
    if (typeof id === 'string') {
      ids[name] = checkedMadeId(`filter.${name}`, id);
    }
  }
  return {
    text: textOf(given.text),
    references: ids,
    roles: null,
    status: given.status ?? null,
    createdFrom: createdAt('filter.createdFrom', given.createdFrom),
    createdTo: createdAt('filter.createdTo', given.createdTo),
  };
}

/** White space alone asks for nothing. */
function textOf(text: string | null | undefined): string | null {
  if (text === null || text === undefined) {
    return null;
  }
  if (text.length > longestText) {
    invalid('filter.text', `must have at most ${longestText} characters`);
  }
  const form = searchForm(text);
  return form === '' ? null : form;
}

/** A moment in the form in which rows hold when they were created. */
function createdAt(field: string, value: string | null | undefined): string | null {
  if (value === null || value === undefined) {
    return null;
  }
  const milliseconds = momentOf(value);
  if (milliseconds === null) {
    invalid(field, MOMENT.rule);
  }
  return util.time.epochMilliSecondsToFormatted(milliseconds as number, isoFormat);
}

/**
 * What the rows under a facet must meet besides, as DynamoDB checks it.
 * @param terms how many terms a row has
 * @param by what the facet and the range of the index see to already
 */
export function conditionOf(
  filter: Filter,
  terms: number,
  by: { text: boolean; attributes: string[]; range: boolean },
): Condition | null {
  const parts: string[] = [];
  const names: Record<string, string> = {};
  const values: Record<string, unknown> = {};
  if (filter.text !== null && !by.text) {
    const some = ['0', '1', '2'].slice(0, terms).map((place) => `begins_with(term${place}, :text)`);
    parts.push(`(${some.join(' OR ')})`);
    values[':text'] = filter.text;
  }
  if (filter.status !== null) {
    // A suspension ends by itself: whether it has is seen when it is read.
    const suspended = filter.status === 'SUSPENDED';
    const listed = by.attributes.indexOf('status') >= 0;
    const never = suspended || listed ? 'suspendedUntil' : '#status';
    parts.push(`(attribute_not_exists(${never}) OR suspendedUntil ${suspended ? '>' : '<='} :now)`);
    values[':now'] = util.time.epochMilliSecondsToFormatted(util.time.nowEpochMilliSeconds(), isoFormat);
    if (!listed) {
      names['#status'] = 'status';
    }
    if (suspended && !listed) {
      parts.push('#status = :status');
      values[':status'] = filter.status;
    }
  }
  for (const attribute of Object.keys(filter.references)) {
    if (by.attributes.indexOf(attribute) < 0) {
      parts.push(`#${attribute} = :${attribute}`);
      names[`#${attribute}`] = attribute;
      values[`:${attribute}`] = filter.references[attribute];
    }
  }
  if (filter.roles && by.attributes.indexOf('roles') < 0) {
    const places = filter.roles.map((_, place) => `:role${place}`);
    parts.push(`roleId IN (${places.join(', ')})`);
    for (const place of places) {
      values[place] = filter.roles[places.indexOf(place)];
    }
  }
  if (filter.createdFrom !== null && !by.range) {
    parts.push('createdAt >= :from');
    values[':from'] = filter.createdFrom;
  }
  if (filter.createdTo !== null && !by.range) {
    parts.push('createdAt <= :to');
    values[':to'] = filter.createdTo;
  }
  return parts.length === 0
    ? null
    : { expression: parts.join(' AND '), expressionNames: names, expressionValues: util.dynamodb.toMapValues(values) };
}
