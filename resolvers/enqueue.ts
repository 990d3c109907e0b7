import { type Context, type HTTPRequest } from '@aws-appsync/utils';
import type { CommandReceipt } from '../generated/schema.ts';
import { type CommandStash, refuseUnsent, sendMessage } from './lib/commands/queue.ts';

/** Ends every operation: puts its command, which the steps before have checked, on the operation's queue. */
export function request(ctx: Context<unknown, CommandStash>): HTTPRequest<Record<string, unknown>> {
  const { queue, message } = ctx.stash;
  return sendMessage(`${ctx.env.QUEUE_URL_PREFIX}${queue}`, message, `${message.actor}`);
}

export function response(ctx: Context<unknown, CommandStash>): CommandReceipt {
  const { receipt } = ctx.stash;
  // Whether the queue has it may be unknown; the same id makes a repeat safe.
  refuseUnsent(ctx, `The command could not be queued; try again with commandId ${receipt.commandId}`);
  return receipt;
}
