import { util, type Context } from '@aws-appsync/utils';
import type { Row } from '../batch.ts';
import type { Found } from './page.ts';
import type { Search } from './search.ts';
import { maySelect } from './selection.ts';

/** Of data sources, for one answer. */
const mostCalls = 4;

/** What the steps of a read with nested objects pass on. */
export interface NestingStash {
  /** Calls of data sources so far; of one row, which takes few, they are not counted. */
  calls?: number;
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
  /** Which step of reading a list it is, from 1 on. */
  step?: number;
  /** How a list is read, and what each of its facets has given. */
  search?: Search;
  found: Found[];
  /** Whether all was found by a text. */
  matched: boolean;
  /** Whether it takes a second call to find all by a text. */
  readsOn?: boolean;
  /** Of a list of those who have one of some roles: these. */
  granting?: Row[];
  roles: Row[];
  groups: Row[];
  authorizations: Row[];
}

/** Counts a call of a data source. Refuses one too many, which only a page of very many different things takes. */
export function countCall(ctx: Context<unknown, NestingStash>): void {
  const calls = (ctx.stash.calls ?? 1) + 1;
  if (calls > mostCalls) {
    util.error('This page refers to more than can be read at once; ask for a smaller page', 'PAGE_TOO_LARGE');
  }
  ctx.stash.calls = calls;
}

/** Calls that are left to find rows with, once those are set aside that what is nested usually takes. */
export function callsToFind({ stash }: Context<unknown, NestingStash>): number {
  const { roles, groups, authorizations } = stash.wants;
  // Groups come with the roles; where the roles are known already, with the authorizations.
  const nested = (roles || groups ? 1 : 0) + (authorizations && (roles || !groups) ? 1 : 0);
  return mostCalls - (stash.calls ?? 0) - nested;
}

/** Settles what nested objects are needed. */
export function settleWants(ctx: Context<unknown, NestingStash>): void {
  const depth = READS[ctx.info.fieldName]?.page ? 1 : 0;
  const authorizations = maySelect(ctx, depth, ['authorizations']);
  ctx.stash.wants = {
    roles: !ctx.stash.granting && (authorizations || maySelect(ctx, depth, ['role'])),
    groups: maySelect(ctx, depth, ['group']),
    authorizations,
  };
}

/** Hands the rows of a read to the steps behind it. */
export function beginNesting(
  ctx: Context<unknown, NestingStash>,
  rows: Row[],
  nextToken: string | null,
  consistent: boolean,
): void {
  ctx.stash.rows = rows;
  ctx.stash.nextToken = nextToken;
  ctx.stash.consistent = consistent;
  ctx.stash.roles = (ctx.stash.granting ?? []).filter((role) => rows.some((row) => row.roleId === role.id));
  ctx.stash.groups = [];
  ctx.stash.authorizations = [];
}
