import { type Context } from '@aws-appsync/utils';
import type { CommandOutcome } from '../../../generated/schema.ts';

/** What the steps of a look-up of an outcome pass on. */
export interface OutcomeStash {
  commandId: string;
  actor: string;
  /** `<actor>#<commandId>` */
  commandKey: string;
  outcome: CommandOutcome | null;
}

/** What a table says of an outcome. */
interface Found {
  status: CommandOutcome['status'];
  operation: string;
  /** Lower-case. */
  aggregate: string;
  aggregateId: string;
  version?: number;
  code?: CommandOutcome['code'];
  message?: string;
}

export function outcomeOf(ctx: Context<unknown, OutcomeStash>, found: Found): CommandOutcome {
  const { commandId, actor } = ctx.stash;
  const { status, operation, aggregateId, version, code, message } = found;
  return {
    commandId,
    status,
    operation,
    aggregate: found.aggregate.toUpperCase() as CommandOutcome['aggregate'],
    aggregateId,
    version,
    code,
    message,
    actor,
  };
}
