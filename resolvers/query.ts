import { util, type Context, type DynamoDBQueryRequest } from '@aws-appsync/utils';
import { type Row } from './lib/batch.ts';
import { invalid } from './lib/fail.ts';
import { guard } from './lib/guard.ts';
import { limitOf, refuseFailedPage, tokenOf } from './lib/paging.ts';
import { brokenRule } from './lib/rules.ts';
import { beginNesting, type NestingStash } from './lib/stash.ts';
import type { Read } from './manifest/reads.ts';

/** The rows of an index that share a key: a page of them, or the only one. */
export function request(ctx: Context): DynamoDBQueryRequest {
  guard(ctx);
  const read = READS[ctx.info.fieldName] as Read;
  const { index, key, page } = read;
  return {
    operation: 'Query',
    index,
    query: {
      expression: '#key = :key',
      expressionNames: { '#key': `${key}` },
      expressionValues: util.dynamodb.toMapValues({ ':key': keyOf(read, ctx) }),
    },
    limit: page ? limitOf(ctx) : 1,
    nextToken: page ? tokenOf(ctx) : undefined,
  };
}

/** The argument, which is an attribute of the aggregate, in the form in which the index holds it. */
function keyOf({ aggregate, argument }: Read, ctx: Context): string {
  const field = `${argument}`;
  const attribute = AGGREGATES[aggregate]?.attributes[field];
  const value = (ctx.args[field] as string).trim();
  const rule = attribute ? brokenRule(attribute, value) : 'is not an attribute';
  if (rule) {
    invalid(field, rule);
  }
  return attribute?.kind === 'email' ? value.toLowerCase() : util.str.normalize(value, 'nfc');
}

export function response(ctx: Context<unknown, NestingStash>): { items: Row[]; nextToken: string | null } | Row | null {
  refuseFailedPage(ctx);
  const { items, nextToken } = ctx.result;
  beginNesting(ctx, items, nextToken, false);
  return READS[ctx.info.fieldName]?.page ? { items, nextToken } : (items[0] ?? null);
}
