import { util, type Context } from '@aws-appsync/utils';
import type { MutationRecoverFromArgs, Recovery } from '../generated/schema.ts';
import { guard } from './lib/guard.ts';

interface Stash {
  ledger: Recovery;
}

/** Starts a recovery: a message to its function first, then the row that shows its progress. */
export function request(ctx: Context<MutationRecoverFromArgs, Stash>): Record<string, never> {
  const { actor } = guard(ctx);
  const now = util.time.nowISO8601();
  ctx.stash.ledger = {
    recoveryId: util.autoId(),
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

export function response(ctx: Context<MutationRecoverFromArgs, Stash>): Recovery {
  return ctx.stash.ledger;
}
