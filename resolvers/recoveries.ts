import { util, type Context, type DynamoDBQueryRequest } from '@aws-appsync/utils';
import type { RecoveryPage } from '../generated/schema.ts';
import { guard } from './lib/guard.ts';
import { limitOf, refuseFailedPage, tokenOf } from './lib/paging.ts';
import { ledgerItem } from './lib/recovery.ts';

/** A page of recoveries, the latest first. */
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
  return { items, nextToken };
}
