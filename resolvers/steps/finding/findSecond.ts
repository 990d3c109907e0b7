import { runtime, type Context, type DynamoDBQueryRequest } from '@aws-appsync/utils';
import { pageOf, pageOfTerms } from '../../lib/lists/page.ts';
import { refuseFailedPage } from '../../lib/lists/paging.ts';
import { queryOf } from '../../lib/lists/query.ts';
import type { Search } from '../../lib/lists/search.ts';
import { beginNesting, type NestingStash } from '../../lib/lists/stash.ts';

/** Reads the next rows of the second facet, if the list has one. With it the page is known. */
export function request(ctx: Context<unknown, NestingStash>): DynamoDBQueryRequest {
  const search = ctx.stash.search as Search;
  const facet = search.facets[1];
  const cursor = search.cursors[1];
  if (ctx.stash.matched || facet === undefined || !cursor) {
    if (!ctx.stash.matched && facet !== undefined) {
      ctx.stash.found.push({ rows: [], token: null });
    }
    settlePage(ctx);
    runtime.earlyReturn();
  }
  return queryOf(search, `${facet}`, cursor ?? null);
}

export function response(ctx: Context<unknown, NestingStash>): null {
  refuseFailedPage(ctx);
  ctx.stash.found.push({ rows: ctx.result.items, token: ctx.result.nextToken ?? null });
  settlePage(ctx);
  return null;
}

function settlePage(ctx: Context<unknown, NestingStash>): void {
  const { matched, found } = ctx.stash;
  const search = ctx.stash.search as Search;
  const { items, nextToken } = matched ? pageOfTerms(search, found[0]?.rows ?? []) : pageOf(search, found);
  beginNesting(ctx, items, nextToken, false);
}
