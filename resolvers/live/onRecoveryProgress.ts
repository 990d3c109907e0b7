import { extensions, type Context, type NONERequest } from '@aws-appsync/utils';
import type { SubscriptionOnRecoveryProgressArgs } from '../../generated/schema.ts';
import { guard } from '../lib/guard.ts';
import { checkedUuid } from '../lib/values/rules.ts';

export function request(ctx: Context<SubscriptionOnRecoveryProgressArgs>): NONERequest {
  guard(ctx);
  checkedUuid('recoveryId', ctx.args.recoveryId);
  return { payload: null };
}

export function response(ctx: Context<SubscriptionOnRecoveryProgressArgs>): null {
  const value = checkedUuid('recoveryId', ctx.args.recoveryId);
  extensions.setSubscriptionFilter({
    filterGroup: [{ filters: [{ fieldName: 'recoveryId', operator: 'eq', value }] }],
  });
  return null;
}
