import { runtime, util, type Context, type DynamoDBUpdateItemRequest } from '@aws-appsync/utils';
import { unavailable } from '../lib/fail.ts';
import { guard } from '../lib/guard.ts';

const conditionFailed = 'DynamoDB:ConditionalCheckFailedException';

/**
 * Counts a command of its sender's, a request for all that is held of the sender, or a user's question about the past,
 * which a function answers: one item for each sender and minute, which vanishes by itself. It counts the minute, and
 * each of its parts, so that nobody's whole minute is ever under way at once.
 */
export function request(ctx: Context): DynamoDBUpdateItemRequest {
  const { actor, kind } = guard(ctx);
  if (ctx.info.fieldName === 'can' && (!ctx.args.at || kind !== 'user')) {
    runtime.earlyReturn();
  }
  const now = util.time.nowEpochSeconds();
  const part = `used${Math.floor((now % 60) / 10)}`;
  const cost = ctx.info.fieldName === 'myData' ? DATA_COSTS : 1;
  return {
    operation: 'UpdateItem',
    key: util.dynamodb.toMapValues({ quotaKey: `${actor}#${Math.floor(now / 60)}` }),
    update: {
      expression: 'ADD #used :cost, #part :cost SET #expiresAt = :expiresAt',
      expressionNames: { '#used': 'used', '#part': part, '#expiresAt': 'expiresAt' },
      expressionValues: util.dynamodb.toMapValues({ ':cost': cost, ':expiresAt': now + 3600 }),
    },
    condition: {
      expression:
        '(attribute_not_exists(#used) OR #used < :most) AND (attribute_not_exists(#part) OR #part < :mostInPart)',
      expressionNames: { '#used': 'used', '#part': part },
      expressionValues: util.dynamodb.toMapValues({ ':most': COMMANDS_A_MINUTE, ':mostInPart': COMMANDS_AT_ONCE }),
    },
  };
}

export function response(ctx: Context): null {
  if (ctx.error && ctx.error.type === conditionFailed) {
    util.error(
      `At most ${COMMANDS_A_MINUTE} commands a minute are taken, ${COMMANDS_AT_ONCE} of them in ten seconds, and a request for one's data counts as ${DATA_COSTS}; try again later`,
      'TOO_MANY_COMMANDS',
      null,
      { commandsAMinute: COMMANDS_A_MINUTE, commandsInTenSeconds: COMMANDS_AT_ONCE },
    );
  }
  if (ctx.error) {
    unavailable('The request could not be counted; try again', 'QUEUE_UNAVAILABLE', ctx.error);
  }
  return null;
}
