import { runtime, type Context, type DynamoDBQueryRequest } from '@aws-appsync/utils';
import { guard } from '../lib/guard.ts';
import { refuseFailedPage } from '../lib/paging.ts';
import { queryOf, searchOf } from '../lib/search.ts';
import type { NestingStash } from '../lib/stash.ts';
import type { Read } from '../manifest/reads.ts';

/** Begins every list: settles how it is read, and reads the next rows of its first facet. */
export function request(ctx: Context<unknown, NestingStash>): DynamoDBQueryRequest {
  guard(ctx);
  const search = searchOf(ctx, READS[ctx.info.fieldName] as Read);
  ctx.stash.search = search;
  ctx.stash.found = [{ rows: [], token: null }];
  const cursor = search.cursors[0];
  if (!cursor) {
    // What was read to its end on a page before gives nothing more.
    runtime.earlyReturn();
  }
  return queryOf(search, `${search.facets[0]}`, cursor ?? null);
}

export function response(ctx: Context<unknown, NestingStash>): null {
  refuseFailedPage(ctx);
  ctx.stash.found = [{ rows: ctx.result.items, token: ctx.result.nextToken ?? null }];
  return null;
}
