import { util, type Context, type DynamoDBQueryRequest } from '@aws-appsync/utils';
import type { CommandOutcome } from '../../../generated/schema.ts';
import { unreadable } from '../../lib/fail.ts';
import { outcomeOf, type OutcomeStash } from '../../lib/commands/outcome.ts';

/** The event that the command made, if any. */
export function request(ctx: Context<unknown, OutcomeStash>): DynamoDBQueryRequest {
  return {
    operation: 'Query',
    index: 'byCommand',
    query: {
      expression: '#key = :key',
      expressionNames: { '#key': 'commandKey' },
      expressionValues: util.dynamodb.toMapValues({ ':key': ctx.stash.commandKey }),
    },
    limit: 1,
  };
}

export function response(ctx: Context<unknown, OutcomeStash>): CommandOutcome | null {
  if (ctx.error) {
    unreadable(ctx.error);
  }
  const event = ctx.result.items[0];
  ctx.stash.outcome = event ? outcomeOf(ctx, { ...event, status: 'APPLIED' }) : null;
  return ctx.stash.outcome;
}
