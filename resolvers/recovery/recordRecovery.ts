import { util, type Context, type DynamoDBPutItemRequest } from '@aws-appsync/utils';
import type { Recovery } from '../../generated/schema.ts';
import { ledgerItem, ledgerKey } from '../lib/recovery.ts';

interface Stash {
  ledger: Recovery;
}

/** Writes the row of a recovery that was started, unless its function was faster and did. */
export function request(ctx: Context<unknown, Stash>): DynamoDBPutItemRequest {
  const { recoveryId, ...attributes } = ctx.stash.ledger;
  return {
    operation: 'PutItem',
    key: ledgerKey(recoveryId),
    attributeValues: util.dynamodb.toMapValues(attributes),
    condition: { expression: 'attribute_not_exists(#item)', expressionNames: { '#item': 'item' } },
  };
}

export function response(ctx: Context<unknown, Stash>): null {
  // With the function's row, if there is one. Any other failure is not the caller's: the recovery runs, and its
  // function writes the row.
  if (ctx.error) {
    console.error(`Recovery ${ctx.stash.ledger.recoveryId}, ${ledgerItem}: ${ctx.error.type}: ${ctx.error.message}`);
  }
  if (ctx.error && ctx.result && ctx.result.recoveryId) {
    ctx.stash.ledger = ctx.result;
  }
  return null;
}
