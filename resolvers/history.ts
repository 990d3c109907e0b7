import { runtime, util, type Context, type LambdaRequest } from '@aws-appsync/utils';
import { invalid, unreadable } from './lib/fail.ts';
import { guard } from './lib/guard.ts';
import { checkedMoment } from './lib/values/moment.ts';
import { limitOf, tokenOf } from './lib/lists/paging.ts';
import { checkedKey } from './lib/values/rules.ts';
import { mayContain, maySelect } from './lib/lists/selection.ts';

/** Arguments that are moments. */
const moments = ['timestamp', 'knownAt', 'until', 'at', 'from', 'to'];

/**
 * Asks the history function, which folds streams: `{ field, arguments }`, the arguments being the API's with the page
 * size filled in.
 */
export function request(ctx: Context): LambdaRequest {
  const caller = guard(ctx);
  const given: Record<string, unknown> = { ...ctx.args };
  const field = ctx.info.fieldName;
  if (field === 'myData') {
    return { operation: 'Invoke', payload: { field, arguments: { id: caller.id, actor: caller.actor } } };
  }
  if (field === 'can' && !given.at) {
    // About the present, the step before has decided.
    runtime.earlyReturn(ctx.prev.result);
  }
  if (field === 'whatIf') {
    return { operation: 'Invoke', payload: { field, arguments: { input: given.input, actor: caller.actor } } };
  }
  const aggregate = aggregateOf(field, given);
  for (const name of ['id', 'aggregateId']) {
    if (typeof given[name] === 'string') {
      given[name] = checkedKey(name, `${given[name]}`, aggregate);
    }
  }
  for (const name of moments) {
    if (typeof given[name] === 'string') {
      given[name] = checkedMoment(name, `${given[name]}`);
    }
  }
  if (typeof given.fromVersion === 'number' && given.fromVersion < 1) {
    invalid('fromVersion', 'must be a whole number from 1');
  }
  // What nobody looks at is not loaded; a page has what it shows one level deeper.
  given.nested = maySelect(ctx, given.id ? 0 : 1, ['role', 'group', 'authorizations']);
  given.named = mayContain(ctx, ['name', 'refersTo']);
  given.limit = limitOf(ctx);
  given.nextToken = tokenOf(ctx);
  return { operation: 'Invoke', payload: { field, arguments: given } };
}

/** `events` is told the aggregate, `userAt` is named after it; a person is a user. */
function aggregateOf(field: string, { aggregate }: Record<string, unknown>): string {
  if (field === 'personalData') {
    return 'user';
  }
  return aggregate ? `${aggregate}`.toLowerCase() : field.slice(0, -2);
}

/**
 * The history function answers with `{ result }`, what the field gives, with `{ invalid: { field, rule } }`, or with `{
 * damaged }`, why the events give none.
 */
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
