import { extensions, type Context, type NONERequest } from '@aws-appsync/utils';
import type { SubscriptionOnCommandCompletedArgs } from '../../generated/schema.ts';
import { guard } from '../lib/guard.ts';
import { checkedUuid } from '../lib/values/rules.ts';

/** Characters that a filter compares at the most. */
const longestFilter = 256;

interface Filter {
  fieldName: string;
  operator: 'eq' | 'beginsWith';
  value: string;
}

export function request(ctx: Context<SubscriptionOnCommandCompletedArgs>): NONERequest {
  guard(ctx);
  checkedUuid('commandId', ctx.args.commandId);
  return { payload: null };
}

/** Ids are the sender's choice, so two callers may choose the same: each hears of the own command. */
export function response(ctx: Context<SubscriptionOnCommandCompletedArgs>): null {
  const { kind, id, actor } = guard(ctx);
  const filters: Filter[] = [
    { fieldName: 'commandId', operator: 'eq', value: checkedUuid('commandId', ctx.args.commandId) },
    actor.length <= longestFilter
      ? { fieldName: 'actor', operator: 'eq', value: actor }
      : { fieldName: 'actor', operator: 'beginsWith', value: actor.slice(0, longestFilter) },
  ];
  // Where the actor is too long to be compared whole: a user's commands are all about the own user, and nobody else's
  // are.
  const own: Filter = { fieldName: 'aggregateId', operator: 'eq', value: id };
  extensions.setSubscriptionFilter({
    filterGroup: [{ filters: kind === 'user' && actor.length > longestFilter ? filters.concat([own]) : filters }],
  });
  return null;
}
