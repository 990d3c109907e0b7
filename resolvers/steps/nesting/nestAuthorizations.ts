import {
  runtime,
  util,
  type Context,
  type DynamoDBBatchGetItemRequest,
  type DynamoDBScanRequest,
} from '@aws-appsync/utils';
import { batchGet, batchRows, maximumBatch, type Row } from '../../lib/batch.ts';
import { unreadable } from '../../lib/fail.ts';
import { authorizationIdsOf } from '../../lib/granted.ts';
import { countCall, type NestingStash } from '../../lib/lists/stash.ts';

/** As many rows as a loop may visit. */
const maximumScan = 1000;

/**
 * The authorizations of the roles read before, in one call: by id, or all there are where ids are too many for a batch.
 */
export function request(ctx: Context<unknown, NestingStash>): DynamoDBBatchGetItemRequest | DynamoDBScanRequest {
  const ids = authorizationIdsOf(rolesOf(ctx));
  if (!ctx.stash.wants.authorizations || ids.length === 0) {
    runtime.earlyReturn();
  }
  countCall(ctx);
  return ids.length > maximumBatch
    ? { operation: 'Scan', index: 'byName', limit: maximumScan }
    : batchGet(`${ctx.env.AUTHORIZATION_TABLE}`, ids, ctx.stash.consistent);
}

export function response(ctx: Context<unknown, NestingStash>): null {
  ctx.stash.authorizations =
    authorizationIdsOf(rolesOf(ctx)).length > maximumBatch
      ? scannedRows(ctx)
      : batchRows(ctx, `${ctx.env.AUTHORIZATION_TABLE}`);
  return null;
}

function scannedRows(ctx: Context): Row[] {
  if (ctx.error) {
    unreadable(ctx.error);
  }
  const { items, nextToken } = ctx.result;
  if (nextToken) {
    util.error(
      `This page refers to more than ${maximumBatch} authorizations, of more than can be read at once; ask for a smaller page`,
      'PAGE_TOO_LARGE',
    );
  }
  return items;
}

function rolesOf(ctx: Context<unknown, NestingStash>): Row[] {
  return READS[ctx.info.fieldName]?.aggregate === 'role' ? ctx.stash.rows : ctx.stash.roles;
}
