import { runtime, type Context, type DynamoDBBatchGetItemRequest } from '@aws-appsync/utils';
import { batchRows, keysOf, maximumBatch, referred } from '../../lib/batch.ts';
import { authorizationIdsOf } from '../../lib/granted.ts';
import { countCall, type NestingStash } from '../../lib/lists/stash.ts';

/**
 * The roles of the users read before, in one call, and their groups with them, unless that is more than a batch takes.
 * Where the roles are known already, their authorizations come in their place.
 */
export function request(ctx: Context<unknown, NestingStash>): DynamoDBBatchGetItemRequest {
  const { rows, wants, granting, consistent: consistentRead } = ctx.stash;
  const roles = wants.roles ? referred(rows, 'roleId') : [];
  const groups = wants.groups ? referred(rows, 'groupId') : [];
  const ids = granting && wants.authorizations ? authorizationIdsOf(ctx.stash.roles) : [];
  const granted = ids.length + groups.length <= maximumBatch ? ids : [];
  const together = roles.length + groups.length <= maximumBatch;
  if (roles.length === 0 && granted.length === 0 && (groups.length === 0 || !together)) {
    runtime.earlyReturn();
  }
  countCall(ctx);
  const tables: DynamoDBBatchGetItemRequest['tables'] = {};
  if (roles.length > 0) {
    tables[`${ctx.env.ROLE_TABLE}`] = { keys: keysOf(roles), consistentRead };
  }
  if (granted.length > 0) {
    tables[`${ctx.env.AUTHORIZATION_TABLE}`] = { keys: keysOf(granted), consistentRead };
    ctx.stash.wants.authorizations = false;
  }
  if (groups.length > 0 && together) {
    tables[`${ctx.env.GROUP_TABLE}`] = { keys: keysOf(groups), consistentRead };
    ctx.stash.wants.groups = false;
  }
  return { operation: 'BatchGetItem', tables };
}

export function response(ctx: Context<unknown, NestingStash>): null {
  if (!ctx.stash.granting) {
    ctx.stash.roles = batchRows(ctx, `${ctx.env.ROLE_TABLE}`);
  }
  ctx.stash.authorizations = batchRows(ctx, `${ctx.env.AUTHORIZATION_TABLE}`);
  ctx.stash.groups = batchRows(ctx, `${ctx.env.GROUP_TABLE}`);
  return null;
}
