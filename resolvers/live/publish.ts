import { type Context, type NONERequest, util } from '@aws-appsync/utils';
import { invalid } from '../lib/fail.ts';
import { guard } from '../lib/guard.ts';

/** Passes on to the subscribers what one of the system's functions says. */
export function request(ctx: Context): NONERequest {
  guard(ctx);
  if (!isOwnFunction(ctx)) {
    util.unauthorized();
  }
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

/**
 * Whether a signed caller is one of the stack's own functions: whoever else the account lets call the API is nobody
 * here.
 */
function isOwnFunction(ctx: Context): boolean {
  const identity = ctx.identity as { userArn?: string } | null;
  const arn = identity && identity.userArn ? identity.userArn : '';
  // `arn:aws:sts::<account>:assumed-role/<role>/<session>`, the session being the caller's choice.
  return `${ctx.env.FUNCTION_ROLES}`.split(' ').some((role) => role !== '' && arn.startsWith(`${role}/`));
}
