import { util, type Context, type DynamoDBQueryRequest } from '@aws-appsync/utils';
import type { Read } from '../manifest/reads.ts';
import { invalid } from './fail.ts';
import { checkedId } from './rules.ts';
import { conditionOf, filterOf, type Condition, type Filter } from './searchFilter.ts';
import { limitOf, tokenRule } from './paging.ts';

/** Where a facet's next page starts: behind a sort key, or where DynamoDB stopped; null: there is no more. */
export type Cursor = { after: string | null; token: string | null } | null;

/** How a page of a list is read: from each facet the next rows in one order, which are then merged. */
export interface Search {
  /** Partitions of the index; a row stands under no more than one of them. */
  facets: string[];
  cursors: Cursor[];
  /** The index, and its sort key. */
  order: string;
  forward: boolean;
  /** Bounds of the sort key, inclusive; empty: none. */
  low: string;
  high: string;
  condition: Condition | null;
  limit: number;
  /** Rows to read from each facet. */
  reads: number;
  /** What all pages of one list have in common. */
  signature: string;
}

/** Rows that a filter lets through here and there are looked for among so many, which is less than a megabyte and than a loop may visit. */
const readsOfSparse = 1000;

/** Above every sort key that begins alike. */
const last = '\uffff';

const orders: Record<string, string> = {
  NAME: 'byName',
  EMAIL: 'byEmail',
  CREATED: 'byCreated',
  UPDATED: 'byUpdated',
};

/** Settles how the list that a field asks for is read: under the narrowest facet, and where there is none under all shards. */
export function searchOf(ctx: Context, read: Read): Search {
  const { aggregate } = read;
  const { references, terms } = SEARCH.aggregates[aggregate] as { references: string[]; terms: number };
  const filter = filterOf(ctx, references);
  const fixed = `${read.key ?? ''}`;
  if (fixed !== '') {
    filter.references[fixed] = checkedId(fixed, `${ctx.args[`${read.argument}`]}`.trim(), KEYS.made);
  }
  const orderBy = (ctx.args.orderBy ?? {}) as { by?: string; direction?: string };
  const order = `${orders[orderBy.by ?? 'NAME']}`;
  const place = placeOf(aggregate, filter);
  const range = order === 'byCreated' && (filter.createdFrom !== null || filter.createdTo !== null);
  const condition = conditionOf(filter, terms, { text: place.text, attribute: place.attribute, range });
  const limit = limitOf(ctx);
  const search = {
    facets: place.facets,
    order,
    forward: orderBy.direction !== 'DESC',
    low: range ? (filter.createdFrom ?? '') : '',
    high: range && filter.createdTo !== null ? `${filter.createdTo}${last}` : '',
    condition,
  };
  const { facets, forward, low, high } = search;
  const signature = util.base64Encode(JSON.stringify({ facets, order, forward, low, high, filter }));
  return {
    ...search,
    cursors: cursorsOf(ctx, signature, place.facets),
    limit,
    reads: readsFor(limit, filter, condition),
    signature,
  };
}

/** Nearly all users are active: of twice as many as are shown, enough are. */
function readsFor(
  limit: number,
  { text, references, status, createdFrom, createdTo }: Filter,
  condition: Condition | null,
): number {
  const others = text !== null || Object.keys(references).length > 0 || createdFrom !== null || createdTo !== null;
  if (!condition) {
    return limit + 2;
  }
  return status === 'ACTIVE' && !others ? 2 * limit + 2 : readsOfSparse;
}

interface Place {
  facets: string[];
  /** The facet sees to the text. */
  text: boolean;
  /** The facet sees to this attribute. */
  attribute: string;
}

/** The narrowest facet: a long beginning before a value, a value before a single letter. */
function placeOf(aggregate: string, { text, references, status }: Filter): Place {
  const { short, long } = SEARCH.prefixLengths;
  if (text !== null && text.length >= long) {
    return {
      facets: [`${aggregate}#text#${text.slice(0, long)}`],
      text: text.length === long,
      attribute: '',
    };
  }
  if (status === 'SUSPENDED') {
    return { facets: [`${aggregate}#status#${status}`], text: false, attribute: 'status' };
  }
  const attribute = Object.keys(references)[0] ?? '';
  if (attribute !== '') {
    return { facets: [`${aggregate}#${attribute}#${references[attribute]}`], text: false, attribute };
  }
  if (text !== null) {
    return {
      facets: [`${aggregate}#text#${text.slice(0, short)}`],
      text: text.length === short,
      attribute: '',
    };
  }
  return { facets: SEARCH.shards.map((shard) => `${aggregate}#all#${shard}`), text: false, attribute: '' };
}

/** The cursors that the token of the page before carries; refuses one of another list. */
function cursorsOf(ctx: Context, signature: string, facets: string[]): Cursor[] {
  const token = ctx.args.nextToken as string | null | undefined;
  if (token === null || token === undefined) {
    return facets.map(() => ({ after: null, token: null }));
  }
  // Of what is no JSON, and of a token cut short, it makes an empty string.
  const read = JSON.parse(util.base64Decode(token)) as unknown as { signature?: string; cursors?: Cursor[] } | string;
  if (typeof read !== 'object' || read === null || read.signature !== signature) {
    invalid('nextToken', tokenRule);
  }
  const { cursors } = read as { cursors?: Cursor[] };
  if (typeof cursors !== 'object' || cursors === null || cursors.length !== facets.length) {
    invalid('nextToken', tokenRule);
  }
  return cursors as Cursor[];
}

/** The rows of one facet that come next. */
export function queryOf(search: Search, facet: string, cursor: Cursor): DynamoDBQueryRequest {
  const { order, forward, condition } = search;
  const after = cursor ? cursor.after : null;
  const low = forward && after !== null ? after : search.low;
  const high = !forward && after !== null ? after : search.high;
  const range = low !== '' && high !== '' ? 'BETWEEN :low AND :high' : low !== '' ? '>= :low' : '<= :high';
  const bounded = low !== '' || high !== '';
  const values: Record<string, string> = { ':facet': facet };
  if (low !== '') {
    values[':low'] = low;
  }
  if (high !== '') {
    values[':high'] = high;
  }
  return {
    operation: 'Query',
    index: order,
    query: {
      expression: bounded ? `facet = :facet AND #order ${range}` : 'facet = :facet',
      expressionNames: bounded ? { '#order': order } : undefined,
      expressionValues: util.dynamodb.toMapValues(values),
    },
    filter: condition ?? undefined,
    scanIndexForward: forward,
    limit: search.reads,
    nextToken: cursor ? (cursor.token ?? undefined) : undefined,
  };
}
