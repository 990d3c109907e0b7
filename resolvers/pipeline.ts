import { type Context, type LambdaRequest } from '@aws-appsync/utils';
import type { Pipeline } from '../generated/schema.ts';
import { unreadable } from './lib/fail.ts';
import { guard } from './lib/guard.ts';

/** Asks the function that reads the queues. */
export function request(ctx: Context): LambdaRequest {
  guard(ctx);
  return { operation: 'Invoke', payload: {} };
}

export function response(ctx: Context): Pipeline {
  if (ctx.error) {
    unreadable(ctx.error);
  }
  return ctx.result;
}
