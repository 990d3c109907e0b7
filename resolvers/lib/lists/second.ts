import { runtime, type Context, type DynamoDBQueryRequest } from '@aws-appsync/utils';
import { pageOf, pageOfTerms } from './page.ts';
import { refuseFailedPage } from './paging.ts';
import { queryOf } from './query.ts';
import { type Cursor, type Search, tooFrequent } from './search.ts';
import { beginNesting, callsToFind, countCall, type NestingStash } from './stash.ts';

/**
 * Reads the next rows of the second facet, if the list has one, or more of the only one, if those of it that were to be
 * shown do not fill the page. With it the page is known.
 */
export function secondRequest(ctx: Context<unknown, NestingStash>): DynamoDBQueryRequest {
  const search = ctx.stash.search as Search;
  const { facets, cursors, reads, readsMore } = search;
  const more = facets.length === 1 && isShort(ctx.stash.found[0]?.rows.length ?? 0, search);
  const cursor: Cursor = more ? followingOf(ctx, search) : (cursors[1] ?? null);
  if (ctx.stash.matched || !cursor) {
    if (!ctx.stash.matched && facets.length > 1) {
      ctx.stash.found.push({ rows: [], token: null });
    }
    settlePage(ctx);
    runtime.earlyReturn();
  }
  if (callsToFind(ctx) < 1) {
    tooFrequent();
  }
  countCall(ctx);
  return more ? queryOf(search, `${facets[0]}`, cursor, readsMore) : queryOf(search, `${facets[1]}`, cursor, reads);
}

export function secondResponse(ctx: Context<unknown, NestingStash>): null {
  refuseFailedPage(ctx);
  const found = { rows: ctx.result.items, token: ctx.result.nextToken ?? null };
  const first = ctx.stash.found[0];
  if (ctx.stash.search?.facets.length === 1 && first) {
    ctx.stash.found = [{ rows: first.rows.concat(found.rows), token: found.token }];
  } else {
    ctx.stash.found.push(found);
  }
  settlePage(ctx);
  return null;
}

/** Whether so many rows leave it open what the page shows, or whether it is the last. */
function isShort(rows: number, { limit, readsMore, cursors }: Search): boolean {
  return readsMore > 0 && rows <= (cursors[0]?.after ? limit + 1 : limit);
}

/** Behind what was read of the first facet; null where that was all, or no call is left. */
function followingOf(ctx: Context<unknown, NestingStash>, { cursors }: Search): Cursor {
  const token = ctx.stash.found[0]?.token ?? null;
  return token && callsToFind(ctx) > 0 ? { after: cursors[0]?.after ?? null, token } : null;
}

function settlePage(ctx: Context<unknown, NestingStash>): void {
  const { matched, found } = ctx.stash;
  const search = ctx.stash.search as Search;
  const { items, nextToken } = matched ? pageOfTerms(search, found) : pageOf(search, found);
  // All that is found goes from step to step.
  ctx.stash.found = [];
  beginNesting(ctx, items, nextToken, false);
}
