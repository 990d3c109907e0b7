import { util, type Context, type NONERequest } from '@aws-appsync/utils';
import { byId, liveRows, rowOf, type Row } from '../../lib/batch.ts';
import { shownRows } from '../../lib/shown.ts';
import type { NestingStash } from '../../lib/lists/stash.ts';
import type { Read } from '../../manifest/reads.ts';

/** Ends a read: puts what the steps before it fetched in its place. */
export function request(): NONERequest {
  return { payload: null };
}

export function response(ctx: Context<unknown, NestingStash>): { items: Row[]; nextToken: string | null } | Row | null {
  const { rows, nextToken } = ctx.stash;
  const { aggregate, page } = READS[ctx.info.fieldName] as Read;
  const items = nestedRows(aggregate, shownRows(aggregate, rows), ctx.stash);
  if (page) {
    return { items, nextToken };
  }
  // Of a row that cannot be shown, whoever asks for it alone is told.
  if (items.length < liveRows(rows).length) {
    util.error('The row holds what cannot be shown; an operator finds it named in the log', 'ROW_DAMAGED');
  }
  return items[0] ?? null;
}

function nestedRows(aggregate: string, rows: Row[], stash: NestingStash): Row[] {
  if (aggregate === 'user') {
    return nestedUsers(rows, stash);
  }
  return aggregate === 'role' ? nestedRoles(rows, stash) : rows;
}

/** A reference to what no longer exists reads as null. */
function nestedUsers(users: Row[], stash: NestingStash): Row[] {
  const roles = byId(nestedRoles(shownRows('role', stash.roles), stash));
  const groups = byId(shownRows('group', stash.groups));
  return users.map((user) => {
    const role = rowOf(roles, user.roleId);
    const authorizations = role && user.status !== 'SUSPENDED' ? role.authorizations : [];
    return { ...user, role, group: rowOf(groups, user.groupId), authorizations };
  });
}

/** An authorization that no longer exists is left out. */
function nestedRoles(roles: Row[], stash: NestingStash): Row[] {
  const found = byId(shownRows('authorization', stash.authorizations));
  return roles.map((role) => {
    const ids = (role.authorizationIds ?? []) as string[];
    return {
      ...role,
      authorizations: ids.map((id) => rowOf(found, id)).filter((authorization) => authorization !== null),
    };
  });
}
