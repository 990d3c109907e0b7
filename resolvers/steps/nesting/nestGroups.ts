import { runtime, type Context, type DynamoDBBatchGetItemRequest } from '@aws-appsync/utils';
import { batchGet, batchRows, referred } from '../../lib/batch.ts';
import type { NestingStash } from '../../lib/lists/stash.ts';

/** The groups of the users read before, where they did not come with the roles. */
export function request(ctx: Context<unknown, NestingStash>): DynamoDBBatchGetItemRequest {
  const ids = referred(ctx.stash.rows, 'groupId');
  if (!ctx.stash.wants.groups || ids.length === 0) {
    runtime.earlyReturn();
  }
  return batchGet(`${ctx.env.GROUP_TABLE}`, ids, ctx.stash.consistent);
}

export function response(ctx: Context<unknown, NestingStash>): null {
  ctx.stash.groups = batchRows(ctx, `${ctx.env.GROUP_TABLE}`);
  return null;
}
