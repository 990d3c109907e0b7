import { type Context, type DynamoDBGetItemRequest } from '@aws-appsync/utils';
import { unreadable } from './lib/fail.ts';
import type { NestingStash } from './lib/lists/stash.ts';

/**
 * The row with the key that was checked before. Every view has a function of this code, so it says no more than it
 * must.
 */
export function request(ctx: Context<unknown, NestingStash>): DynamoDBGetItemRequest {
  return { operation: 'GetItem', key: ctx.stash.key, consistentRead: ctx.stash.consistent };
}

export function response(ctx: Context<unknown, NestingStash>): null {
  if (ctx.error) {
    unreadable(ctx.error);
  }
  ctx.stash.rows = ctx.result ? [ctx.result] : [];
  return null;
}
