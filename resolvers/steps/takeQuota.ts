import { runtime, util, type Context, type DynamoDBUpdateItemRequest } from '@aws-appsync/utils';
import { unavailable } from '../lib/fail.ts';
import { guard } from '../lib/guard.ts';

const conditionFailed = 'DynamoDB:ConditionalCheckFailedException';

/**
 * Counts a command of its sender's, a request for all that is held of the sender, or a user's question about the past, which a
 * function answers: one item for each sender and minute, which vanishes by itself.
 */
export function request(ctx: Context): DynamoDBUpdateItemRequest {
  const { actor, kind } = guard(ctx);
  if (ctx.info.fieldName === 'can' && (!ctx.args.at || kind !== 'user')) {
    runtime.earlyReturn();
  }
  const now = util.time.nowEpochSeconds();
  const cost = ctx.info.fieldName === 'myData' ? DATA_COSTS : 1;
  return {
    operation: 'UpdateItem',
    key: util.dynamodb.toMapValues({ quotaKey: `${actor}#${Math.floor(now / 60)}` }),
    update: {
      expression: 'ADD #used :cost SET #expiresAt = :expiresAt',
      expressionNames: { '#used': 'used', '#expiresAt': 'expiresAt' },
      expressionValues: util.dynamodb.toMapValues({ ':cost': cost, ':expiresAt': now + 3600 }),
    },
    condition: {
      expression: 'attribute_not_exists(#used) OR #used < :most',
      expressionNames: { '#used': 'used' },
      expressionValues: util.dynamodb.toMapValues({ ':most': COMMANDS_A_MINUTE }),
    },
  };
}

export function response(ctx: Context): null {
  if (ctx.error && ctx.error.type === conditionFailed) {
    util.error(
      `At most ${COMMANDS_A_MINUTE} commands a minute are taken, and a request for one's data counts as ${DATA_COSTS}; try again in a minute`,
      'TOO_MANY_COMMANDS',
      null,
      {
        commandsAMinute: COMMANDS_A_MINUTE,
      },
    );
  }
  if (ctx.error) {
    unavailable('The request could not be counted; try again', 'QUEUE_UNAVAILABLE', ctx.error);
  }
  return null;
}
