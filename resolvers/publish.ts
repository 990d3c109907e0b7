import { type Context, type NONERequest } from '@aws-appsync/utils';
import { invalid } from './lib/fail.ts';
import { guard } from './lib/guard.ts';

/** Passes on to the subscribers what one of the system's functions says. */
export function request(ctx: Context): NONERequest {
  guard(ctx);
  const { update, outcome, recovery } = ctx.args;
  const payload = update ?? outcome ?? recovery;
  if (typeof payload !== 'object' || payload === null || typeof payload.length === 'number') {
    invalid(ctx.info.fieldName, 'must be given a JSON object');
  }
  return { payload };
}

export function response(ctx: Context): unknown {
  return ctx.result;
}
