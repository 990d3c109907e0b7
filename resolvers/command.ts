import { util, type Context } from '@aws-appsync/utils';
import type { CommandOutcome, QueryCommandArgs } from '../generated/schema.ts';
import { invalid } from './lib/fail.ts';
import { guard } from './lib/guard.ts';
import type { OutcomeStash } from './lib/commands/outcome.ts';
import { checkedUuid } from './lib/values/rules.ts';

/** Characters of the longest actor: an application, a colon, and a subject as OIDC has it. */
const longestActor = 300;

/** How a command ended. Its key holds who sent it, so nobody finds another's; but admins may name whose they look for. */
export function request(ctx: Context<QueryCommandArgs, OutcomeStash>): Record<string, never> {
  const caller = guard(ctx);
  const actor = ctx.args.actor ?? caller.actor;
  if (actor !== caller.actor && caller.kind !== 'admin') {
    util.unauthorized();
  }
  if (actor.length < 1 || actor.length > longestActor) {
    invalid('actor', `must have 1 to ${longestActor} characters, as in "admin:auth0|admin"`);
  }
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
