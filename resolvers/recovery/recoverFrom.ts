import { util, type Context } from '@aws-appsync/utils';
import type { MutationRecoverFromArgs, Recovery } from '../../generated/schema.ts';
import { guard } from '../lib/guard.ts';
import { checkedMoment } from '../lib/values/moment.ts';
import { checkedUuid } from '../lib/values/rules.ts';

interface Stash {
  ledger: Recovery;
}

/** Starts a recovery: a message to its function first, then the row that shows its progress. */
export function request(ctx: Context<MutationRecoverFromArgs, Stash>): Record<string, never> {
  const { actor } = guard(ctx);
  const now = util.time.nowISO8601();
  ctx.stash.ledger = {
    recoveryId: recoveryIdOf(ctx.args),
    // In UTC, whatever the offset that it was given in.
    timestamp: checkedMoment('timestamp', ctx.args.timestamp),
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
  return checkedUuid('commandId', commandId);
}

export function response(ctx: Context<MutationRecoverFromArgs, Stash>): Recovery {
  return ctx.stash.ledger;
}
