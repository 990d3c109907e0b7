import { type Context, type LambdaRequest } from '@aws-appsync/utils';
import { invalid, unavailable, unreadable } from './lib/fail.ts';
import { guard } from './lib/guard.ts';
import { limitOf } from './lib/lists/paging.ts';

/** Asks the function that looks after the queues: `{ field, queue, limit }`, as far as the field takes them. */
export function request(ctx: Context): LambdaRequest {
  guard(ctx);
  return { operation: 'Invoke', payload: { field: ctx.info.fieldName, queue: ctx.args.queue, limit: limitOf(ctx) } };
}

/** It answers with `{ result }`, what the field gives, or with `{ invalid: { field, rule } }`. */
export function response(ctx: Context): unknown {
  if (ctx.error) {
    if (ctx.info.parentTypeName === 'Mutation') {
      unavailable('The dead letters could not be brought back; try again', 'QUEUE_UNAVAILABLE', ctx.error);
    }
    unreadable(ctx.error);
  }
  if (ctx.result.invalid) {
    invalid(ctx.result.invalid.field, ctx.result.invalid.rule);
  }
  return ctx.result.result;
}
