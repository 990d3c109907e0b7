import { util, type Context, type DynamoDBQueryRequest } from '@aws-appsync/utils';
import type { Recovery, RecoveryPage } from '../../generated/schema.ts';
import { guard } from '../lib/guard.ts';
import { limitOf, refuseFailedPage, tokenOf } from '../lib/lists/paging.ts';
import { ledgerColumns, ledgerItem } from '../lib/recovery.ts';
import { presentable, showable } from '../lib/shown.ts';

/** A page of recoveries, the latest first, without those that no type can show. */
export function request(ctx: Context): DynamoDBQueryRequest {
  guard(ctx);
  return {
    operation: 'Query',
    index: 'byStart',
    query: {
      expression: '#item = :item',
      expressionNames: { '#item': 'item' },
      expressionValues: util.dynamodb.toMapValues({ ':item': ledgerItem }),
    },
    scanIndexForward: false,
    limit: limitOf(ctx),
    nextToken: tokenOf(ctx),
  };
}

export function response(ctx: Context): RecoveryPage {
  refuseFailedPage(ctx);
  const { items, nextToken } = ctx.result;
  const shown = showable('recovery', ledgerColumns, items as Recovery[]);
  return { items: shown.map((recovery) => presentable(ledgerColumns, recovery)), nextToken };
}
