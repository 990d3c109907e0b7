import { type Context, type DynamoDBScanRequest } from '@aws-appsync/utils';
import { type Row } from './lib/batch.ts';
import { guard } from './lib/guard.ts';
import { limitOf, refuseFailedPage, tokenOf } from './lib/paging.ts';
import { beginNesting, type NestingStash } from './lib/stash.ts';

/** A page of all live rows: they, and no tombstones, are in the index. */
export function request(ctx: Context): DynamoDBScanRequest {
  guard(ctx);
  const index = READS[ctx.info.fieldName]?.index;
  return { operation: 'Scan', index, limit: limitOf(ctx), nextToken: tokenOf(ctx) };
}

export function response(ctx: Context<unknown, NestingStash>): { items: Row[]; nextToken: string | null } {
  refuseFailedPage(ctx);
  const { items, nextToken } = ctx.result;
  beginNesting(ctx, items, nextToken, false);
  return { items, nextToken };
}
