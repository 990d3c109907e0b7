import { type Context } from '@aws-appsync/utils';
import type { Row } from '../batch.ts';
import type { Found } from './page.ts';
import type { Search } from './search.ts';
import { maySelect } from './selection.ts';

/** What the steps of a read with nested objects pass on. */
export interface NestingStash {
  /** Of the one row to read. */
  key: Record<string, unknown>;
  /** The rows that were read, as they are stored. */
  rows: Row[];
  /** Of the page; null on the last one. */
  nextToken: string | null;
  /** Whether the first step read consistently, and so what is nested is to be as fresh. */
  consistent: boolean;
  /** What the selection may contain. */
  wants: { roles: boolean; groups: boolean; authorizations: boolean };
  /** How a list is read, and what each of its facets has given. */
  search?: Search;
  found: Found[];
  /** Whether all was found by a text. */
  matched: boolean;
  /** Of a list of those who have one of some roles: these. */
  granting?: Row[];
  roles: Row[];
  groups: Row[];
  authorizations: Row[];
}

/** Hands the rows of a read to the steps behind it, with what nested objects are needed. */
export function beginNesting(
  ctx: Context<unknown, NestingStash>,
  rows: Row[],
  nextToken: string | null,
  consistent: boolean,
): void {
  const depth = READS[ctx.info.fieldName]?.page ? 1 : 0;
  const authorizations = maySelect(ctx, depth, ['authorizations']);
  const { granting } = ctx.stash;
  ctx.stash.wants = {
    roles: !granting && (authorizations || maySelect(ctx, depth, ['role'])),
    groups: maySelect(ctx, depth, ['group']),
    authorizations,
  };
  ctx.stash.rows = rows;
  ctx.stash.nextToken = nextToken;
  ctx.stash.consistent = consistent;
  ctx.stash.roles = (granting ?? []).filter((role) => rows.some((row) => row.roleId === role.id));
  ctx.stash.groups = [];
  ctx.stash.authorizations = [];
}
