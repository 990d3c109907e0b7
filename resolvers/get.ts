import { util, type Context, type DynamoDBGetItemRequest } from '@aws-appsync/utils';
import { type Row } from './lib/batch.ts';
import { unreadable } from './lib/fail.ts';
import { guard } from './lib/guard.ts';
import { checkedId, keyRuleOf } from './lib/rules.ts';
import { shownRows } from './lib/shown.ts';
import { beginNesting, type NestingStash } from './lib/stash.ts';

/** One row by id: the argument's, or the caller's own. Consistent, so that whoever was notified of a change sees it. */
export function request(ctx: Context): DynamoDBGetItemRequest {
  const caller = guard(ctx);
  const { aggregate, argument } = READS[ctx.info.fieldName] as (typeof READS)[string];
  const id = argument ? checkedId(argument, ctx.args[argument], keyRuleOf(aggregate)) : caller.id;
  return { operation: 'GetItem', key: util.dynamodb.toMapValues({ id }), consistentRead: true };
}

export function response(ctx: Context<unknown, NestingStash>): Row | null {
  if (ctx.error) {
    unreadable(ctx.error);
  }
  // What a deletion leaves is for late events, not for readers.
  const rows = shownRows(`${READS[ctx.info.fieldName]?.aggregate}`, [ctx.result]);
  beginNesting(ctx, rows, null, true);
  return rows[0] ?? null;
}
