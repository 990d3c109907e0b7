import { type Context } from '@aws-appsync/utils';
import { byId, rowOf, type Row } from './lib/batch.ts';
import { guard } from './lib/guard.ts';
import { maySelect } from './lib/selection.ts';
import type { NestingStash } from './lib/stash.ts';

/** Around a read of users or roles: settles what nested objects are needed, and in the end puts them in their places. */
export function request(ctx: Context<unknown, NestingStash>): Record<string, never> {
  guard(ctx);
  const depth = READS[ctx.info.fieldName]?.page ? 1 : 0;
  const authorizations = maySelect(ctx, depth, ['authorizations']);
  ctx.stash.wants = {
    roles: authorizations || maySelect(ctx, depth, ['role']),
    groups: maySelect(ctx, depth, ['group']),
    authorizations,
  };
  ctx.stash.rows = [];
  ctx.stash.nextToken = null;
  ctx.stash.consistent = false;
  ctx.stash.roles = [];
  ctx.stash.groups = [];
  ctx.stash.authorizations = [];
  return {};
}

export function response(ctx: Context<unknown, NestingStash>): { items: Row[]; nextToken: string | null } | Row | null {
  const { rows, nextToken } = ctx.stash;
  const items =
    READS[ctx.info.fieldName]?.aggregate === 'user' ? nestedUsers(rows, ctx.stash) : nestedRoles(rows, ctx.stash);
  return READS[ctx.info.fieldName]?.page ? { items, nextToken } : (items[0] ?? null);
}

/** A reference to what no longer exists reads as null. */
function nestedUsers(users: Row[], stash: NestingStash): Row[] {
  const roles = byId(nestedRoles(stash.roles, stash));
  const groups = byId(stash.groups);
  return users.map((user) => {
    const role = rowOf(roles, user.roleId);
    return { ...user, role, group: rowOf(groups, user.groupId), authorizations: role ? role.authorizations : [] };
  });
}

/** An authorization that no longer exists is left out. */
function nestedRoles(roles: Row[], stash: NestingStash): Row[] {
  const found = byId(stash.authorizations);
  return roles.map((role) => {
    const ids = (role.authorizationIds ?? []) as string[];
    return {
      ...role,
      authorizations: ids.map((id) => rowOf(found, id)).filter((authorization) => authorization !== null),
    };
  });
}
