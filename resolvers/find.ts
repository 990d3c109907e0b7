import { util, type Context, type DynamoDBQueryRequest } from '@aws-appsync/utils';
import { invalid, unreadable } from './lib/fail.ts';
import { guard } from './lib/guard.ts';
import { brokenRule } from './lib/values/rules.ts';
import { beginNesting, type NestingStash, settleWants } from './lib/lists/stash.ts';
import type { Read } from './manifest/reads.ts';

/** The one row of an index that has a key. */
export function request(ctx: Context): DynamoDBQueryRequest {
  guard(ctx);
  const read = READS[ctx.info.fieldName] as Read;
  const { index, key } = read;
  return {
    operation: 'Query',
    index,
    query: {
      expression: '#key = :key',
      expressionNames: { '#key': `${key}` },
      expressionValues: util.dynamodb.toMapValues({ ':key': keyOf(read, ctx) }),
    },
    limit: 1,
  };
}

/** The argument, which is an attribute of the aggregate, in the form in which the index holds it. */
function keyOf({ argument }: Read, ctx: Context): string {
  const field = `${argument}`;
  const attribute = FOUND_BY[ctx.info.fieldName];
  const value = (ctx.args[field] as string).trim();
  const rule = attribute ? brokenRule(attribute, value) : 'is not an attribute';
  if (rule) {
    invalid(field, rule);
  }
  return attribute?.kind === 'email' ? value.toLowerCase() : util.str.normalize(value, 'nfc');
}

export function response(ctx: Context<unknown, NestingStash>): null {
  if (ctx.error) {
    unreadable(ctx.error);
  }
  settleWants(ctx);
  beginNesting(ctx, ctx.result.items, null, false);
  return null;
}
