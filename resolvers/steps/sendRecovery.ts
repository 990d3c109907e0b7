import { type Context, type HTTPRequest } from '@aws-appsync/utils';
import type { Recovery } from '../../generated/schema.ts';
import { refuseUnsent, sendMessage } from '../lib/queue.ts';

interface Stash {
  ledger: Recovery;
}

/** Tells the recovery function to begin. */
export function request(ctx: Context<unknown, Stash>): HTTPRequest<Record<string, unknown>> {
  const { recoveryId, timestamp, actor } = ctx.stash.ledger;
  return sendMessage(`${ctx.env.RECOVERY_QUEUE_URL}`, { kind: 'start', recoveryId, timestamp, actor });
}

export function response(ctx: Context<unknown, Stash>): null {
  refuseUnsent(ctx, 'The recovery could not be started; try again');
  return null;
}
