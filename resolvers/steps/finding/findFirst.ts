import { runtime, type Context, type DynamoDBQueryRequest } from '@aws-appsync/utils';
import { refuseFailedPage } from '../../lib/lists/paging.ts';
import { queryOf } from '../../lib/lists/query.ts';
import { type Search, termsQueryOf } from '../../lib/lists/search.ts';
import type { NestingStash } from '../../lib/lists/stash.ts';

/**
 * Reads the next rows of the first facet, unless a text found all. Where these were looked at before, they are kept if
 * the other facet can be expected to fill the page with as many; otherwise, what begins with the text is rare enough to
 * be read as a whole.
 */
export function request(ctx: Context<unknown, NestingStash>): DynamoDBQueryRequest {
  const search = ctx.stash.search as Search;
  if (search.walksFirst) {
    const first = ctx.stash.found[0];
    if (!first || !first.token || 4 * first.rows.length >= 3 * search.limit) {
      runtime.earlyReturn();
    }
    return termsQueryOf(search);
  }
  const facet = search.facets[0];
  const cursor = search.cursors[0];
  if (ctx.stash.matched || facet === undefined || !cursor) {
    // What was read to its end on a page before gives nothing more.
    if (!ctx.stash.matched && facet !== undefined) {
      ctx.stash.found.push({ rows: [], token: null });
    }
    runtime.earlyReturn();
  }
  return queryOf(search, `${facet}`, cursor ?? null);
}

export function response(ctx: Context<unknown, NestingStash>): null {
  refuseFailedPage(ctx);
  const found = { rows: ctx.result.items, token: ctx.result.nextToken ?? null };
  if (!ctx.stash.search?.walksFirst) {
    ctx.stash.found.push(found);
  } else if (!found.token) {
    ctx.stash.matched = true;
    ctx.stash.found = [found];
  }
  return null;
}
