import { runtime, type Context, type DynamoDBBatchGetItemRequest } from '@aws-appsync/utils';
import { batchGet, batchRows, distinct } from '../lib/batch.ts';
import type { NestingStash } from '../lib/stash.ts';

/** The roles of the users read before, in one call; they carry the authorizations too. */
export function request(ctx: Context<unknown, NestingStash>): DynamoDBBatchGetItemRequest {
  const ids = distinct(ctx.stash.rows.map((user) => user.roleId as string | null));
  if (!ctx.stash.wants.roles || ids.length === 0) {
    runtime.earlyReturn();
  }
  return batchGet(`${ctx.env.ROLE_TABLE}`, ids, ctx.stash.consistent);
}

export function response(ctx: Context<unknown, NestingStash>): null {
  ctx.stash.roles = batchRows(ctx, `${ctx.env.ROLE_TABLE}`);
  return null;
}
