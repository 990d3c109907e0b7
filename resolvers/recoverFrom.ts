import { util, type Context } from '@aws-appsync/utils';
import type { MutationRecoverFromArgs, Recovery } from '../generated/schema.ts';
import { invalid } from './lib/fail.ts';
import { guard } from './lib/guard.ts';
import { checkedId } from './lib/rules.ts';

interface Stash {
  ledger: Recovery;
}

/** Starts a recovery: a message to its function first, then the row that shows its progress. */
export function request(ctx: Context<MutationRecoverFromArgs, Stash>): Record<string, never> {
  const { actor } = guard(ctx);
  // The scalar takes an offset with seconds; what reads it does not.
  if (util.matches('^.*[+-][0-9]{2}:[0-9]{2}:[0-9]{2}$', ctx.args.timestamp)) {
    invalid('timestamp', 'must be a date and time with an offset in hours and minutes');
  }
  const now = util.time.nowISO8601();
  ctx.stash.ledger = {
    recoveryId: recoveryIdOf(ctx.args),
    // In UTC, whatever the offset that it was given in.
    timestamp: util.time.epochMilliSecondsToISO8601(util.time.parseISO8601ToEpochMilliSeconds(ctx.args.timestamp)),
    status: 'RUNNING',
    discovered: 0,
    rebuilt: 0,
    changed: 0,
    failed: 0,
    actor,
    startedAt: now,
    updatedAt: now,
  };
  return {};
}

/** The client's own id makes a repeat safe: it meets the recovery that the first call began. */
function recoveryIdOf({ commandId }: MutationRecoverFromArgs): string {
  if (commandId === null || commandId === undefined) {
    return util.autoId();
  }
  return checkedId('commandId', commandId.toLowerCase(), UUID);
}

export function response(ctx: Context<MutationRecoverFromArgs, Stash>): Recovery {
  return ctx.stash.ledger;
}
