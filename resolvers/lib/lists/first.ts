import { runtime, type Context, type DynamoDBQueryRequest } from '@aws-appsync/utils';
import { refuseFailedPage } from './paging.ts';
import { queryOf } from './query.ts';
import { type Search, termsQueryOf, tooFrequent } from './search.ts';
import { callsToFind, countCall, type NestingStash } from './stash.ts';

/**
 * Reads the next rows of the first facet, unless a text found all. Where these were looked at before, they are kept if
 * the other facet can be expected to fill the page with as many; otherwise, what begins with the text is rare enough to
 * be read as a whole. Where a text found more than one call gives, the list is walked in its order instead: what begins
 * so is frequent in it. If no call is left for both facets, the rest of what begins so is read.
 */
export function firstRequest(ctx: Context<unknown, NestingStash>): DynamoDBQueryRequest {
  const search = ctx.stash.search as Search;
  const { facets, cursors, reads, limit, walksFirst } = search;
  const first = ctx.stash.found[0];
  if (ctx.stash.matched || (walksFirst && (!first?.token || 4 * first.rows.length >= 3 * limit))) {
    runtime.earlyReturn();
  }
  if (walksFirst) {
    countCall(ctx);
    return termsQueryOf(search, null);
  }
  if (first && facets.length > callsToFind(ctx)) {
    ctx.stash.readsOn = true;
    countCall(ctx);
    return termsQueryOf(search, first.token);
  }
  ctx.stash.found = [];
  const facet = facets[0];
  const cursor = cursors[0];
  if (facet === undefined || !cursor) {
    // What was read to its end on a page before gives nothing more.
    if (facet !== undefined) {
      ctx.stash.found.push({ rows: [], token: null });
    }
    runtime.earlyReturn();
  }
  countCall(ctx);
  return queryOf(search, `${facet}`, cursor ?? null, reads);
}

export function firstResponse(ctx: Context<unknown, NestingStash>): null {
  refuseFailedPage(ctx);
  const found = { rows: ctx.result.items, token: ctx.result.nextToken ?? null };
  if (ctx.stash.readsOn) {
    if (found.token) {
      tooFrequent();
    }
    ctx.stash.matched = true;
    ctx.stash.found.push(found);
  } else if (!ctx.stash.search?.walksFirst) {
    ctx.stash.found.push(found);
  } else if (!found.token) {
    ctx.stash.matched = true;
    ctx.stash.found = [found];
  }
  return null;
}
