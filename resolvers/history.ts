import { util, type Context, type LambdaRequest } from '@aws-appsync/utils';
import { invalid, unreadable } from './lib/fail.ts';
import { guard } from './lib/guard.ts';
import { limitOf, tokenOf } from './lib/paging.ts';
import { checkedId } from './lib/rules.ts';

/** Asks the history function, which folds streams: `{ field, arguments }`, the arguments being the API's with the page size filled in. */
export function request(ctx: Context): LambdaRequest {
  guard(ctx);
  const given: Record<string, unknown> = { ...ctx.args };
  for (const name of ['id', 'aggregateId']) {
    if (typeof given[name] === 'string') {
      checkedId(name, `${given[name]}`, KEY);
    }
  }
  given.limit = limitOf(ctx);
  given.nextToken = tokenOf(ctx);
  return { operation: 'Invoke', payload: { field: ctx.info.fieldName, arguments: given } };
}

/** The function answers with `{ result }`, what the field gives, with `{ invalid: { field, rule } }`, or with `{ damaged }`, why the events give none. */
export function response(ctx: Context): unknown {
  if (ctx.error) {
    unreadable(ctx.error);
  }
  if (ctx.result.invalid) {
    const { field, rule } = ctx.result.invalid;
    invalid(field, rule);
  }
  if (ctx.result.damaged) {
    util.error(`${ctx.result.damaged}`, 'STREAM_DAMAGED');
  }
  return ctx.result.result;
}
