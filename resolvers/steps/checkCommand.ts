import { util, type Context, type NONERequest } from '@aws-appsync/utils';
import type { CommandReceipt } from '../../generated/schema.ts';
import { checkedInput } from '../lib/commands/commandInput.ts';
import { checkedCorrection } from '../lib/commands/correctionInput.ts';
import { invalid } from '../lib/fail.ts';
import { guard, type Caller } from '../lib/guard.ts';
import { provedFields } from '../lib/commands/proof.ts';
import type { CommandStash } from '../lib/commands/queue.ts';
import { checkedId, checkedKey, checkedUuid } from '../lib/values/rules.ts';
import type { AggregateConstant, OperationConstant } from '../manifest/constants.ts';

interface Arguments {
  /** Absent where there is nothing to say but who. */
  input?: Record<string, unknown> | null;
  commandId?: string | null;
}

/** Begins every operation: checks what was sent, before anything is counted or queued, and makes the message of it. */
export function request(ctx: Context<Arguments, CommandStash>): NONERequest {
  const caller = guard(ctx);
  const name = ctx.info.fieldName;
  const operation = OPERATIONS[name] as OperationConstant;
  const input = ctx.args.input ?? {};
  const aggregate = operation.aggregate ? operation.aggregate : `${input.aggregate}`.toLowerCase();
  const definition = AGGREGATES[aggregate] as AggregateConstant;
  const commandId = commandIdOf(ctx.args);
  const [idField, id] = idOf(operation, input, commandId, caller);
  // What is typed or proved is stricter, or wider, than what a user is looked up by.
  const aggregateId =
    operation.id === 'typed' || operation.id === 'subject'
      ? checkedId(idField, id, IDS[operation.id])
      : checkedKey(idField, id, aggregate);
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
  if (operation.provable) {
    message.proved = provedFields(ctx, operation.provable, message.input as Record<string, unknown>);
  }
  ctx.stash.queue = operation.commandQueue;
  ctx.stash.message = message;
  ctx.stash.receipt = {
    commandId,
    operation: name,
    aggregate: aggregate.toUpperCase() as CommandReceipt['aggregate'],
    aggregateId,
  };
  return { payload: null };
}

export function response(): null {
  return null;
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
