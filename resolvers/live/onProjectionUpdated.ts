import { extensions, util, type Context, type NONERequest } from '@aws-appsync/utils';
import type { SubscriptionOnProjectionUpdatedArgs } from '../../generated/schema.ts';
import { guard } from '../lib/guard.ts';
import { asMade, checkedKey } from '../lib/values/rules.ts';

type Filter = { filters: { fieldName: string; operator: 'eq'; value: string }[] };

export function request(ctx: Context<SubscriptionOnProjectionUpdatedArgs>): NONERequest {
  const { kind, id } = guard(ctx);
  const { aggregate } = ctx.args;
  const aggregateId = idOf(ctx.args);
  // A user hears of the own user and of nothing else. An argument left out is null, or absent.
  const others = (aggregate ?? 'USER') !== 'USER' || (aggregateId ?? id) !== id;
  if (kind === 'user' && others) {
    util.unauthorized();
  }
  return { payload: null };
}

/** The arguments narrow what is heard, and the caller's rights narrow it further. */
export function response(ctx: Context<SubscriptionOnProjectionUpdatedArgs>): null {
  const { kind, id } = guard(ctx);
  const { aggregate } = ctx.args;
  const aggregateId = idOf(ctx.args);
  if (kind === 'user') {
    extensions.setSubscriptionFilter({ filterGroup: [only('USER', id)] });
    return null;
  }
  // Without a filter of ours the arguments would be matched, and one that is null would match nothing. So all is one
  // group for each kind.
  const kinds = aggregate ? [`${aggregate}`] : KINDS;
  extensions.setSubscriptionFilter({ filterGroup: kinds.map((name) => only(name, asKept(name, aggregateId))) });
  return null;
}

/** Of whatever kind, where that is left out. */
function idOf({ aggregate, aggregateId }: SubscriptionOnProjectionUpdatedArgs): string | null {
  return aggregateId === null || aggregateId === undefined
    ? null
    : checkedKey('aggregateId', aggregateId, `${aggregate ?? 'USER'}`.toLowerCase());
}

/** As rows of the kind have it. */
function asKept(kind: string, id: string | null): string | null {
  return id && GIVEN.indexOf(kind.toLowerCase()) < 0 ? asMade(id) : id;
}

function only(aggregate: string, aggregateId: string | null): Filter {
  const ofKind: Filter['filters'] = [{ fieldName: 'aggregate', operator: 'eq', value: aggregate }];
  return {
    filters: aggregateId ? ofKind.concat([{ fieldName: 'aggregateId', operator: 'eq', value: aggregateId }]) : ofKind,
  };
}
