import { runtime, util, type Context, type DynamoDBBatchGetItemRequest } from '@aws-appsync/utils';
import type { QueryCanArgs } from '../../../generated/schema.ts';
import { batchRows, distinct, keysOf, type Row } from '../../lib/batch.ts';
import { formOf, type DecisionStash } from '../../lib/decision.ts';
import { invalid } from '../../lib/fail.ts';
import { guard } from '../../lib/guard.ts';
import { checkedId } from '../../lib/values/rules.ts';
import { standing } from '../../lib/standing.ts';

/**
 * The user whom a decision is about, and the authorizations of the names asked for, by what holds those names: in one
 * batch.
 */
export function request(ctx: Context<QueryCanArgs, DecisionStash>): DynamoDBBatchGetItemRequest {
  const caller = guard(ctx);
  const userId = checkedId('userId', ctx.args.userId, KEYS.given);
  if (caller.kind === 'user' && userId !== caller.id) {
    util.unauthorized();
  }
  const { authorizations, at } = ctx.args;
  if (authorizations.length > DECISIONS.most) {
    invalid('authorizations', `must have at most ${DECISIONS.most} entries`);
  }
  ctx.stash.asked = authorizations.map((name) => ({ name, form: formOf(name) }));
  if (ctx.stash.asked.some(({ form }) => form === '' || form.length > DECISIONS.longest)) {
    invalid('authorizations', `each must have 1 to ${DECISIONS.longest} characters`);
  }
  if (at) {
    runtime.earlyReturn();
  }
  ctx.stash.tells = caller.kind === 'admin';
  ctx.stash.user = null;
  ctx.stash.role = null;
  ctx.stash.ids = {};
  ctx.stash.authorizations = {};
  const claims = distinct(ctx.stash.asked.map(({ form }) => form)).map((form) =>
    util.dynamodb.toMapValues({ uniqueKey: `${claimed}${form}` }),
  );
  const tables: DynamoDBBatchGetItemRequest['tables'] = {
    [`${ctx.env.USER_TABLE}`]: { keys: keysOf([userId]), consistentRead: true },
  };
  if (claims.length > 0) {
    tables[`${ctx.env.UNIQUE_VALUE_TABLE}`] = { keys: claims, consistentRead: true };
  }
  return { operation: 'BatchGetItem', tables };
}

const claimed = 'authorization#name#';

export function response(ctx: Context<QueryCanArgs, DecisionStash>): null {
  const [user] = batchRows(ctx, `${ctx.env.USER_TABLE}`);
  ctx.stash.user = user ? standing('user', user) : null;
  for (const claim of batchRows(ctx, `${ctx.env.UNIQUE_VALUE_TABLE}`)) {
    const { uniqueKey, streamId } = claim as Row & { uniqueKey: string; streamId: string };
    ctx.stash.ids[uniqueKey.slice(claimed.length)] = streamId.slice('authorization#'.length);
  }
  return null;
}
