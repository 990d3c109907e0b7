import { type Context } from '@aws-appsync/utils';
import type { CommandOutcome, QueryCommandArgs } from '../generated/schema.ts';
import { guard } from './lib/guard.ts';
import type { OutcomeStash } from './lib/commands/outcome.ts';
import { checkedUuid } from './lib/values/rules.ts';

/** How a command ended. Its key holds the caller, so nobody finds another's. */
export function request(ctx: Context<QueryCommandArgs, OutcomeStash>): Record<string, never> {
  const { actor } = guard(ctx);
  const commandId = checkedUuid('commandId', ctx.args.commandId);
  ctx.stash.commandId = commandId;
  ctx.stash.actor = actor;
  ctx.stash.commandKey = `${actor}#${commandId}`;
  ctx.stash.outcome = null;
  return {};
}

export function response(ctx: Context<QueryCommandArgs, OutcomeStash>): CommandOutcome | null {
  return ctx.stash.outcome;
}
