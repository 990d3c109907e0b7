import { runtime, util, type Context, type DynamoDBQueryRequest } from '@aws-appsync/utils';
import { unreadable } from '../fail.ts';
import { guard } from '../guard.ts';
import { limitOf, refuseFailedPage } from './paging.ts';
import { checkedMadeId } from '../values/rules.ts';
import { queryOf } from './query.ts';
import { searchOf, termsQueryOf } from './search.ts';
import { countCall, type NestingStash, settleWants } from './stash.ts';
import type { Read } from '../../manifest/reads.ts';

/** Values that one condition takes. */
const mostRoles = 100;

/**
 * Begins every list: settles how it is read. One that is narrowed to a text is read here, with all that begins with it,
 * or looked into, if the text is short; one that goes by the roles that grant something has these looked for first.
 */
export function beginRequest(ctx: Context<Record<string, unknown>, NestingStash>): DynamoDBQueryRequest {
  guard(ctx);
  const read = READS[ctx.info.fieldName] as Read;
  ctx.stash.calls = 0;
  ctx.stash.found = [];
  ctx.stash.matched = false;
  settleWants(ctx);
  if (read.through) {
    const { argument, through } = read;
    // Before anything is read.
    limitOf(ctx);
    const id = checkedMadeId(`${argument}`, `${ctx.args[`${argument}`]}`.trim());
    countCall(ctx);
    return {
      operation: 'Query',
      index: 'byName',
      query: {
        expression: 'facet = :facet',
        expressionValues: util.dynamodb.toMapValues({ ':facet': `role#${through}#${id}` }),
      },
      limit: mostRoles + 1,
    };
  }
  const search = searchOf(ctx, read, null);
  ctx.stash.search = search;
  if (!search.text) {
    runtime.earlyReturn();
  }
  countCall(ctx);
  return search.walksFirst
    ? queryOf(search, `${search.facets[0]}`, search.cursors[0] ?? null, search.reads)
    : termsQueryOf(search, null);
}

export function beginResponse(ctx: Context<Record<string, unknown>, NestingStash>): null {
  const read = READS[ctx.info.fieldName] as Read;
  if (!read.through) {
    refuseFailedPage(ctx);
    ctx.stash.found = [{ rows: ctx.result.items, token: ctx.result.nextToken ?? null }];
    ctx.stash.matched = !ctx.stash.search?.walksFirst && !ctx.result.nextToken;
    return null;
  }
  if (ctx.error) {
    unreadable(ctx.error);
  }
  const roles = ctx.result.items as NestingStash['roles'];
  if (roles.length > mostRoles || ctx.result.nextToken) {
    util.error(
      `More than ${mostRoles} roles grant this authorization; ask for the users of each role`,
      'TOO_MANY_ROLES',
    );
  }
  ctx.stash.granting = roles;
  settleWants(ctx);
  ctx.stash.search = searchOf(
    ctx,
    read,
    roles.map((role) => role.id),
  );
  return null;
}
