import { util, type Context } from '@aws-appsync/utils';
import { invalid, unreadable } from './fail.ts';

/** The history function answers with `{ result }`, what the field gives, with `{ invalid: { field, rule } }`, or with `{ damaged }`, why the events give none. */
export function historyResult(ctx: Context): unknown {
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
