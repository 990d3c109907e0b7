import { runtime, type Context, type DynamoDBBatchGetItemRequest } from '@aws-appsync/utils';
import { batchRows, keysOf, maximumBatch, referred } from '../../lib/batch.ts';
import { authorizationIdsOf } from '../../lib/granted.ts';
import { countCall, type NestingStash } from '../../lib/lists/stash.ts';

/**
 * The groups of the users read before, where they did not come with the roles; with the authorizations, unless that is
 * more than a batch takes.
 */
export function request(ctx: Context<unknown, NestingStash>): DynamoDBBatchGetItemRequest {
  const { rows, roles, wants, consistent: consistentRead } = ctx.stash;
  const groups = wants.groups ? referred(rows, 'groupId') : [];
  if (groups.length === 0) {
    runtime.earlyReturn();
  }
  countCall(ctx);
  const tables: DynamoDBBatchGetItemRequest['tables'] = {
    [`${ctx.env.GROUP_TABLE}`]: { keys: keysOf(groups), consistentRead },
  };
  const ids = wants.authorizations ? authorizationIdsOf(roles) : [];
  if (ids.length > 0 && ids.length + groups.length <= maximumBatch) {
    tables[`${ctx.env.AUTHORIZATION_TABLE}`] = { keys: keysOf(ids), consistentRead };
    ctx.stash.wants.authorizations = false;
  }
  return { operation: 'BatchGetItem', tables };
}

export function response(ctx: Context<unknown, NestingStash>): null {
  ctx.stash.groups = batchRows(ctx, `${ctx.env.GROUP_TABLE}`);
  if (!ctx.stash.wants.authorizations) {
    ctx.stash.authorizations = batchRows(ctx, `${ctx.env.AUTHORIZATION_TABLE}`);
  }
  return null;
}
