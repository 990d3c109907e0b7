import { extensions, type Context, type NONERequest } from '@aws-appsync/utils';
import type { SubscriptionOnCommandCompletedArgs } from '../generated/schema.ts';
import { guard } from './lib/guard.ts';
import { checkedId } from './lib/rules.ts';

export function request(ctx: Context<SubscriptionOnCommandCompletedArgs>): NONERequest {
  guard(ctx);
  checkedId('commandId', ctx.args.commandId, UUID);
  return { payload: null };
}

/** Ids are the sender's choice, so two callers may choose the same: each hears of the own command. */
export function response(ctx: Context<SubscriptionOnCommandCompletedArgs>): null {
  const { actor } = guard(ctx);
  extensions.setSubscriptionFilter({
    filterGroup: [
      {
        filters: [
          { fieldName: 'commandId', operator: 'eq', value: ctx.args.commandId },
          { fieldName: 'actor', operator: 'eq', value: actor },
        ],
      },
    ],
  });
  return null;
}
