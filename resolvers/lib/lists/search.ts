import { util, type Context, type DynamoDBQueryRequest } from '@aws-appsync/utils';
import type { Read } from '../../manifest/reads.ts';
import { isList } from '../batch.ts';
import { invalid } from '../fail.ts';
import { checkedMadeId } from '../values/rules.ts';
import { conditionOf, filterOf, type Condition, type Filter } from './searchFilter.ts';
import { limitOf, tokenRule } from './paging.ts';

/** Where a facet's next page starts: behind a sort key, or where DynamoDB stopped; null: there is no more. */
export type Cursor = { after: string | null; token: string | null } | null;

/** Where a list goes on: what the token of a page says. */
export interface Position {
  /** What all pages of one list have in common. */
  signature: string;
  /** What the page was read from, each with where it goes on; none where it was found by terms. */
  facets: string[];
  cursors: Cursor[];
  /** The sort key of the last row shown: all up to it have been, wherever they stand. */
  after: string | null;
}

/**
 * How a page of a list is read: by terms, all of which are put in order; or from each facet the next rows in one order,
 * which are then merged.
 */
export interface Search {
  /** What terms begin with that are looked for, and the partition where they stand; null: by facets. */
  text: { initial: string; begins: string } | null;
  /**
   * Of a short text: whether the first facet is looked at before the terms, as what is frequent there is too much to
   * sort.
   */
  walksFirst: boolean;
  /** Partitions of the index; a row stands under no more than one of them. */
  facets: string[];
  cursors: Cursor[];
  after: string | null;
  /** The index, and its sort key. */
  order: string;
  forward: boolean;
  /** Bounds of the sort key, inclusive; empty: none. */
  low: string;
  high: string;
  /** What rows under the facets must meet besides, and what those with such a term must. */
  condition: Condition | null;
  ofTerms: Condition | null;
  limit: number;
  /** Rows to read from each facet. */
  reads: number;
  /** Rows to read besides where there is one facet, and what was read of it does not fill the page. */
  readsMore: number;
  signature: string;
}

/** Characters of a text that many begin with. */
const shortText = 2;

/**
 * Rows that a filter lets through here and there are looked for among so many, which is less than a megabyte and than a
 * loop may visit.
 */
const readsOfSparse = 1000;

/** Where no row stands, as no id has white space. */
const nobodys = ' ';

/** Above every sort key that begins alike. */
const last = '\uffff';

const orders: Record<string, string> = {
  NAME: 'byName',
  EMAIL: 'byEmail',
  CREATED: 'byCreated',
  UPDATED: 'byUpdated',
};

/**
 * Settles how the list that a field asks for is read: by terms where a text is given; otherwise under the narrowest
 * facet, and where there is none under all shards.
 * @param roles the roles that rows must have one of; null: any
 */
export function searchOf(ctx: Context, read: Read, roles: string[] | null): Search {
  const { aggregate } = read;
  const { references, together, terms } = SEARCH.aggregates[aggregate] as (typeof SEARCH.aggregates)[string];
  const filter = filterOf(ctx, references);
  const given = read.argument ? checkedMadeId(read.argument, `${ctx.args[read.argument]}`.trim()) : '';
  if (read.key) {
    // All conditions must hold: nobody has two roles, or is in two groups.
    const narrowed = filter.references[read.key] ?? given;
    filter.references[read.key] = narrowed === given ? given : nobodys;
  }
  if (roles) {
    filter.roles = roles;
    filter.status = 'ACTIVE';
  }
  const orderBy = (ctx.args.orderBy ?? {}) as { by?: string; direction?: string };
  const order = `${orders[orderBy.by ?? 'NAME']}`;
  const forward = orderBy.direction !== 'DESC';
  const place = placeOf(aggregate, together, filter);
  const range = order === 'byCreated' && (filter.createdFrom !== null || filter.createdTo !== null);
  const condition = conditionOf(filter, terms, { text: false, attributes: place.attributes, range });
  const limit = limitOf(ctx);
  // Which roles they are may change from one page to the next.
  const signature = util.base64Encode(
    JSON.stringify({ aggregate, order, forward, given, filter: { ...filter, roles: null } }),
  );
  const position = positionOf(ctx, signature);
  const walks = position ? position.facets.length > 0 : false;
  const { text } = filter;
  return {
    text: text !== null && !walks ? { initial: `${aggregate}#${text.slice(0, 1)}`, begins: text } : null,
    walksFirst: text !== null && !position && place.facets.length > 1 && text.length <= shortText,
    facets: place.facets,
    cursors: place.facets.map((facet) => cursorOf(position, facet)),
    after: position ? position.after : null,
    order,
    forward,
    low: range ? (filter.createdFrom ?? '') : '',
    high: range && filter.createdTo !== null ? `${filter.createdTo}${last}` : '',
    condition,
    ofTerms: conditionOf(filter, terms, { text: true, attributes: [], range: false }),
    limit,
    reads: readsFor(limit, place.facets.length, { of: condition, others: isSparse(filter, place.attributes, range) }),
    readsMore: condition && place.facets.length === 1 ? readsOfSparse - limit : 0,
    signature,
  };
}

/**
 * How many rows to read from each facet. Where all are shown, one more than a page tells whether there is a next one, and
 * one is where the page before ended. Few that stand under a status do not have it any more, or not yet; and what one of
 * two facets lacks, the other has. From one facet more can be read if that was too few.
 */
function readsFor(limit: number, facets: number, { of, others }: { of: Condition | null; others: boolean }): number {
  if (!of) {
    return limit + 2;
  }
  if (facets > 1) {
    return others ? readsOfSparse : limit + 6;
  }
  return limit + Math.floor(others ? limit : limit / 4) + 8;
}

/** Whether rows under a facet must meet more than a status. */
function isSparse({ text, references, roles, createdFrom, createdTo }: Filter, attributes: string[], range: boolean) {
  return (
    text !== null ||
    Object.keys(references).some((name) => attributes.indexOf(name) < 0) ||
    (roles !== null && attributes.indexOf('roles') < 0) ||
    (!range && (createdFrom !== null || createdTo !== null))
  );
}

interface Place {
  facets: string[];
  /** The facets see to these. */
  attributes: string[];
}

/** As many as there are steps to read them. */
const mostFacets = 2;

/** The narrowest facet: that of all that is asked for together. Whoever is active, as at first, stands in parts. */
function placeOf(aggregate: string, together: string[], { references, roles, status }: Filter): Place {
  if (roles && roles.length <= mostFacets) {
    return { facets: roles.map((id) => `${aggregate}#roleId#${id}`), attributes: ['roles'] };
  }
  const asked: Record<string, string> = status === 'SUSPENDED' ? { ...references, status } : references;
  const listed = together.filter((name) => Object.hasOwn(asked, name));
  const attributes = listed.length > 0 ? listed : Object.keys(references).slice(0, 1);
  if (attributes.length > 0) {
    return { facets: [[aggregate, ...attributes.flatMap((name) => [name, asked[name]])].join('#')], attributes };
  }
  const all = status === null ? `${aggregate}#all` : `${aggregate}#status#${status}`;
  return { facets: SEARCH.shards.map((shard) => `${all}#${shard}`), attributes: status === null ? [] : ['status'] };
}

/** What the token of the page before says; null where there is none. Refuses one of another list. */
function positionOf(ctx: Context, signature: string): Position | null {
  const token = ctx.args.nextToken as string | null | undefined;
  if (token === null || token === undefined) {
    return null;
  }
  // Of what is no JSON, and of a token cut short, it makes an empty string.
  const read = JSON.parse(util.base64Decode(token)) as unknown as Position | string;
  if (typeof read !== 'object' || read === null || read.signature !== signature) {
    invalid('nextToken', tokenRule);
  }
  const { facets, cursors } = read as Partial<Position>;
  if (!isList(facets) || !isList(cursors) || facets?.length !== cursors?.length) {
    invalid('nextToken', tokenRule);
  }
  return read as Position;
}

/**
 * Where a facet goes on: where the page before left it; behind all that was shown, if it was not among those of that
 * page.
 */
function cursorOf(position: Position | null, facet: string): Cursor {
  if (!position) {
    return { after: null, token: null };
  }
  const { facets, cursors, after } = position;
  const place = facets.indexOf(facet);
  return place < 0 ? { after, token: null } : (cursors[place] ?? null);
}

/** The entries of all terms that begin as asked for, or those that come next. */
export function termsQueryOf({ text, ofTerms }: Search, nextToken: string | null): DynamoDBQueryRequest {
  return {
    operation: 'Query',
    index: 'byTerm',
    query: {
      expression: 'initial = :initial AND begins_with(term, :begins)',
      expressionValues: util.dynamodb.toMapValues({ ':initial': text?.initial, ':begins': text?.begins }),
    },
    filter: ofTerms ?? undefined,
    limit: readsOfSparse,
    nextToken: nextToken ?? undefined,
  };
}

/**
 * Refuses a text that so many begin with, so far apart in the order asked for, that no page of them can be found by the
 * calls that are left.
 */
export function tooFrequent(): never {
  return invalid(
    'filter.text',
    'is what too many begin with to put them in this order and read their authorizations; ask for a longer text, or without authorizations',
  );
}
