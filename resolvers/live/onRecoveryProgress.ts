import { extensions, type Context, type NONERequest } from '@aws-appsync/utils';
import type { SubscriptionOnRecoveryProgressArgs } from '../../generated/schema.ts';
import { guard } from '../lib/guard.ts';
import { checkedId } from '../lib/values/rules.ts';

export function request(ctx: Context<SubscriptionOnRecoveryProgressArgs>): NONERequest {
  guard(ctx);
  checkedId('recoveryId', ctx.args.recoveryId, UUID);
  return { payload: null };
}

export function response(ctx: Context<SubscriptionOnRecoveryProgressArgs>): null {
  extensions.setSubscriptionFilter({
    filterGroup: [{ filters: [{ fieldName: 'recoveryId', operator: 'eq', value: ctx.args.recoveryId }] }],
  });
  return null;
}
