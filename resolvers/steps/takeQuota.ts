import { util, type Context, type DynamoDBUpdateItemRequest } from '@aws-appsync/utils';
import { unavailable } from '../lib/fail.ts';
import { guard } from '../lib/guard.ts';

const conditionFailed = 'DynamoDB:ConditionalCheckFailedException';

/** Counts a command of its sender's, one item for each sender and minute, which vanishes by itself. */
export function request(ctx: Context): DynamoDBUpdateItemRequest {
  const { actor } = guard(ctx);
  const now = util.time.nowEpochSeconds();
  return {
    operation: 'UpdateItem',
    key: util.dynamodb.toMapValues({ quotaKey: `${actor}#${Math.floor(now / 60)}` }),
    update: {
      expression: 'ADD #used :one SET #expiresAt = :expiresAt',
      expressionNames: { '#used': 'used', '#expiresAt': 'expiresAt' },
      expressionValues: util.dynamodb.toMapValues({ ':one': 1, ':expiresAt': now + 3600 }),
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
      `At most ${COMMANDS_A_MINUTE} commands a minute are taken; try again in a minute`,
      'TOO_MANY_COMMANDS',
      null,
      {
        commandsAMinute: COMMANDS_A_MINUTE,
      },
    );
  }
  if (ctx.error) {
    unavailable('The command could not be queued; try again', 'QUEUE_UNAVAILABLE', ctx.error);
  }
  return null;
}
