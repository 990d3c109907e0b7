import { type Context, type DynamoDBGetItemRequest } from '@aws-appsync/utils';
import type { QueryRecoveryArgs, Recovery } from '../../generated/schema.ts';
import { guard } from '../lib/guard.ts';
import { ledgerKey, readLedger } from '../lib/recovery.ts';
import { checkedUuid } from '../lib/values/rules.ts';

export function request(ctx: Context<QueryRecoveryArgs>): DynamoDBGetItemRequest {
  guard(ctx);
  return {
    operation: 'GetItem',
    key: ledgerKey(checkedUuid('recoveryId', ctx.args.recoveryId)),
    consistentRead: true,
  };
}

export function response(ctx: Context<QueryRecoveryArgs>): Recovery | null {
  return readLedger(ctx);
}
