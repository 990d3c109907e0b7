import { util, type Context, type HTTPRequest } from '@aws-appsync/utils';
import type { CommandReceipt } from '../generated/schema.ts';
import { checkedCorrection, checkedInput } from './lib/commandInput.ts';
import { invalid } from './lib/fail.ts';
import { guard, type Caller } from './lib/guard.ts';
import { refuseUnsent, sendMessage } from './lib/queue.ts';
import { checkedId, checkedUuid, keyRuleOf } from './lib/rules.ts';
import type { AggregateConstant, IdRule, OperationConstant } from './manifest/constants.ts';

interface Arguments {
  /** Absent where there is nothing to say but who. */
  input?: Record<string, unknown> | null;
  commandId?: string | null;
}

interface Stash {
  receipt: CommandReceipt;
}

/** Serves every operation: puts its command on the operation's queue. */
export function request(ctx: Context<Arguments, Stash>): HTTPRequest<Record<string, unknown>> {
  const caller = guard(ctx);
  const name = ctx.info.fieldName;
  const operation = OPERATIONS[name] as OperationConstant;
  const input = ctx.args.input ?? {};
  const aggregate = operation.aggregate ? operation.aggregate : `${input.aggregate}`.toLowerCase();
  const definition = AGGREGATES[aggregate] as AggregateConstant;
  const commandId = commandIdOf(ctx.args);
  const [idField, aggregateId] = idOf(operation, input, commandId, caller);
  checkedId(idField, aggregateId, operation.id ? (IDS[operation.id] as IdRule) : keyRuleOf(aggregate));
  const message: Record<string, unknown> = {
    commandId,
    operation: name,
    aggregate,
    aggregateId,
    actor: caller.actor,
    sentAt: util.time.nowISO8601(),
  };
  const expectedVersion = input.expectedVersion as number | null | undefined;
  if (expectedVersion !== null && expectedVersion !== undefined) {
    if (expectedVersion < 1) {
      invalid('expectedVersion', 'must be a whole number from 1');
    }
    message.expectedVersion = expectedVersion;
  }
  message.input = operation.aggregate
    ? checkedInput(operation, definition, input)
    : checkedCorrection(definition, input);
  ctx.stash.receipt = {
    commandId,
    operation: name,
    aggregate: aggregate.toUpperCase() as CommandReceipt['aggregate'],
    aggregateId,
  };
  return sendMessage(`${ctx.env.QUEUE_URL_PREFIX}${operation.commandQueue}`, message, caller.actor);
}

export function response(ctx: Context<Arguments, Stash>): CommandReceipt {
  const { receipt } = ctx.stash;
  // Whether the queue has it may be unknown; the same id makes a repeat safe.
  refuseUnsent(ctx, `The command could not be queued; try again with commandId ${receipt.commandId}`);
  return receipt;
}

function commandIdOf({ commandId }: Arguments): string {
  if (commandId === null || commandId === undefined) {
    return util.autoId();
  }
  return checkedUuid('commandId', commandId);
}

/** The id of the command's aggregate, after the name of the argument that it comes from. */
function idOf(
  { idFrom, idField }: OperationConstant,
  input: Record<string, unknown>,
  commandId: string,
  caller: Caller,
): [string, string] {
  if (idFrom === 'self') {
    return ['id', caller.id];
  }
  if (idFrom === 'command') {
    return ['commandId', commandId];
  }
  return [idField, `${input[idField]}`];
}
