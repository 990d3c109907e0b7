import { runtime, type Context, type DynamoDBQueryRequest } from '@aws-appsync/utils';
import { refuseFailedPage } from '../../lib/lists/paging.ts';
import { queryOf } from '../../lib/lists/query.ts';
import type { Search } from '../../lib/lists/search.ts';
import type { NestingStash } from '../../lib/lists/stash.ts';

/** Reads the next rows of the first facet, unless a text found all. */
export function request(ctx: Context<unknown, NestingStash>): DynamoDBQueryRequest {
  const search = ctx.stash.search as Search;
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
  ctx.stash.found.push({ rows: ctx.result.items, token: ctx.result.nextToken ?? null });
  return null;
}
