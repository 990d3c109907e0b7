import { util, type Context, type DynamoDBUpdateItemRequest } from '@aws-appsync/utils';
import type { MutationCancelRecoveryArgs, Recovery } from '../../generated/schema.ts';
import { unavailable } from '../lib/fail.ts';
import { guard } from '../lib/guard.ts';
import { ledgerKey } from '../lib/recovery.ts';
import { checkedUuid } from '../lib/values/rules.ts';

const conditionFailed = 'DynamoDB:ConditionalCheckFailedException';

/** Ends a recovery that runs; its function sees it at the next step. */
export function request(ctx: Context<MutationCancelRecoveryArgs>): DynamoDBUpdateItemRequest {
  guard(ctx);
  const recoveryId = checkedUuid('recoveryId', ctx.args.recoveryId);
  return {
    operation: 'UpdateItem',
    key: ledgerKey(recoveryId),
    update: {
      expression: 'SET #status = :cancelled, #updatedAt = :now, #completedAt = :now',
      expressionNames: { '#status': 'status', '#updatedAt': 'updatedAt', '#completedAt': 'completedAt' },
      expressionValues: util.dynamodb.toMapValues({ ':cancelled': 'CANCELLED', ':now': util.time.nowISO8601() }),
    },
    condition: {
      expression: '#status = :running',
      expressionNames: { '#status': 'status' },
      expressionValues: util.dynamodb.toMapValues({ ':running': 'RUNNING' }),
    },
  };
}

/** The recovery as it now is: one that has ended stays as it ended. */
export function response(ctx: Context<MutationCancelRecoveryArgs>): Recovery {
  if (ctx.error && ctx.error.type !== conditionFailed) {
    unavailable('The recovery could not be cancelled; try again', 'WRITE_UNAVAILABLE', ctx.error);
  }
  if (!ctx.result) {
    util.error(`There is no recovery ${ctx.args.recoveryId}`, 'NOT_FOUND', null, {
      field: 'recoveryId',
      rule: 'must be the id of a recovery',
    });
  }
  return ctx.result;
}
