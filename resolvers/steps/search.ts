import { runtime, type Context, type DynamoDBQueryRequest } from '@aws-appsync/utils';
import { guard } from '../lib/guard.ts';
import { refuseFailedPage } from '../lib/paging.ts';
import { pageOf, queryOf, searchOf, type Search } from '../lib/search.ts';
import { beginNesting, type NestingStash } from '../lib/stash.ts';
import type { Read } from '../manifest/reads.ts';

/** Reads the next rows of one facet: of the first where it stands first in a pipeline, of the second where it stands second. */
export function request(ctx: Context<unknown, NestingStash>): DynamoDBQueryRequest {
  if (!ctx.stash.search) {
    guard(ctx);
    ctx.stash.search = searchOf(ctx, READS[ctx.info.fieldName] as Read);
    ctx.stash.found = [];
  }
  const search = ctx.stash.search as Search;
  const turn = ctx.stash.found.length;
  const facet = search.facets[turn];
  const cursor = search.cursors[turn];
  if (facet === undefined || !cursor) {
    // What was read to its end on a page before gives nothing more.
    if (facet !== undefined) {
      ctx.stash.found.push({ rows: [], token: null });
      settlePage(ctx);
    }
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

/** With the last facet the page is known. */
function settlePage(ctx: Context<unknown, NestingStash>): void {
  const search = ctx.stash.search as Search;
  if (ctx.stash.found.length === search.facets.length) {
    const { items, nextToken } = pageOf(search, ctx.stash.found);
    beginNesting(ctx, items, nextToken, false);
  }
}
