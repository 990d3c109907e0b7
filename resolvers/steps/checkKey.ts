import { util, type Context, type NONERequest } from '@aws-appsync/utils';
import { guard } from '../lib/guard.ts';
import { checkedKey } from '../lib/values/rules.ts';
import { beginNesting, type NestingStash, settleWants } from '../lib/lists/stash.ts';
import type { Read } from '../manifest/reads.ts';

/**
 * Begins every read of one row by its id: the argument's, or the caller's own. Whoever was notified of a change is to
 * see it.
 */
export function request(ctx: Context<Record<string, string>, NestingStash>): NONERequest {
  const caller = guard(ctx);
  const { aggregate, argument } = READS[ctx.info.fieldName] as Read;
  const id = argument ? checkedKey(argument, `${ctx.args[argument]}`, aggregate) : caller.id;
  ctx.stash.key = util.dynamodb.toMapValues({ id });
  settleWants(ctx);
  beginNesting(ctx, [], null, true);
  return { payload: null };
}

export function response(): null {
  return null;
}
