import { runtime, util, type Context, type DynamoDBGetItemRequest } from '@aws-appsync/utils';
import type { CommandOutcome } from '../../../generated/schema.ts';
import { unreadable } from '../../lib/fail.ts';
import { outcomeOf, type OutcomeStash } from '../../lib/commands/outcome.ts';

/** The record of a command that made no event. An event is final: where there is one, it is the outcome. */
export function request(ctx: Context<unknown, OutcomeStash>): DynamoDBGetItemRequest {
  if (ctx.stash.outcome) {
    runtime.earlyReturn();
  }
  return {
    operation: 'GetItem',
    key: util.dynamodb.toMapValues({ commandKey: ctx.stash.commandKey }),
    consistentRead: true,
  };
}

export function response(ctx: Context<unknown, OutcomeStash>): CommandOutcome | null {
  if (ctx.error) {
    unreadable(ctx.error);
  }
  ctx.stash.outcome = ctx.result ? outcomeOf(ctx, ctx.result) : null;
  return ctx.stash.outcome;
}
