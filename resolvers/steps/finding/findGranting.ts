import { runtime, type Context, type DynamoDBBatchGetItemRequest } from '@aws-appsync/utils';
import type { QueryCanArgs } from '../../../generated/schema.ts';
import { batchRows, byId, distinct, keysOf, referred } from '../../lib/batch.ts';
import type { Decision } from '../../../generated/schema.ts';
import { decisionsOf, type DecisionStash } from '../../lib/decision.ts';

/** Decides about the present: by the role of the user, and the authorizations asked for, read in one batch. */
export function request(ctx: Context<QueryCanArgs, DecisionStash>): DynamoDBBatchGetItemRequest {
  const { user, ids } = ctx.stash;
  const { at } = ctx.args;
  if (at) {
    runtime.earlyReturn();
  }
  const roles = user ? referred([user], 'roleId') : [];
  const authorizations = distinct(Object.keys(ids).map((form) => ids[form]));
  if (!user || roles.length + authorizations.length === 0) {
    runtime.earlyReturn(decisionsOf(ctx.stash));
  }
  const tables: DynamoDBBatchGetItemRequest['tables'] = {};
  if (roles.length > 0) {
    tables[`${ctx.env.ROLE_TABLE}`] = { keys: keysOf(roles), consistentRead: true };
  }
  if (authorizations.length > 0) {
    tables[`${ctx.env.AUTHORIZATION_TABLE}`] = { keys: keysOf(authorizations), consistentRead: true };
  }
  return { operation: 'BatchGetItem', tables };
}

export function response(ctx: Context<QueryCanArgs, DecisionStash>): Decision[] {
  ctx.stash.role = batchRows(ctx, `${ctx.env.ROLE_TABLE}`)[0] ?? null;
  ctx.stash.authorizations = byId(batchRows(ctx, `${ctx.env.AUTHORIZATION_TABLE}`));
  return decisionsOf(ctx.stash);
}
