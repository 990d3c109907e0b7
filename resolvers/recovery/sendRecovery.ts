import { type Context, type HTTPRequest } from '@aws-appsync/utils';
import type { Recovery } from '../../generated/schema.ts';
import { refuseUnsent, sendMessage } from '../lib/commands/queue.ts';

interface Stash {
  ledger: Recovery;
}

/** Tells the recovery function to begin. */
export function request(ctx: Context<unknown, Stash>): HTTPRequest<Record<string, unknown>> {
  const { recoveryId, timestamp, actor } = ctx.stash.ledger;
  return sendMessage(`${ctx.env.RECOVERY_QUEUE_URL}`, { kind: 'start', recoveryId, timestamp, actor }, `${actor}`);
}

export function response(ctx: Context<unknown, Stash>): null {
  // Whether the queue has it may be unknown; the same id makes a repeat safe.
  refuseUnsent(ctx, `The recovery could not be started; try again with commandId ${ctx.stash.ledger.recoveryId}`);
  return null;
}
