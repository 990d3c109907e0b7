import { runtime, type Context, type LambdaRequest } from '@aws-appsync/utils';
import type { Decision, QueryCanArgs } from '../../generated/schema.ts';
import { decisionsOf, type DecisionStash } from '../lib/decision.ts';
import { historyResult } from '../lib/history.ts';
import { checkedMoment } from '../lib/moment.ts';

/** Decisions about a moment of the past are the history function's; those about the present are made of what was found before. */
export function request(ctx: Context<QueryCanArgs, DecisionStash>): LambdaRequest {
  const { userId, authorizations, at } = ctx.args;
  if (!at) {
    runtime.earlyReturn(decisionsOf(ctx.stash));
  }
  return {
    operation: 'Invoke',
    payload: { field: 'can', arguments: { userId, authorizations, at: checkedMoment('at', `${at}`) } },
  };
}

export function response(ctx: Context<QueryCanArgs, DecisionStash>): Decision[] {
  return historyResult(ctx) as Decision[];
}
