import { type Context } from '@aws-appsync/utils';
import { contains } from '../values/contains.ts';
import { invalid, unreadable } from '../fail.ts';

const defaultLimit = 25;
const maximumLimit = 100;
export const tokenRule = 'must be the nextToken of the page before, with the same arguments';

/** The page size asked for: 1 to 100, and 25 if left out. */
export function limitOf(ctx: Context): number {
  const limit = ctx.args.limit as number | null | undefined;
  if (limit === null || limit === undefined) {
    return defaultLimit;
  }
  if (limit < 1 || limit > maximumLimit) {
    invalid('limit', `must be 1 to ${maximumLimit}`);
  }
  return limit;
}

/** Where the page starts; undefined for the first one. */
export function tokenOf(ctx: Context): string | undefined {
  const token = ctx.args.nextToken as string | null | undefined;
  if (token === null || token === undefined) {
    return undefined;
  }
  if (token === '') {
    invalid('nextToken', tokenRule);
  }
  return token;
}

/** Refuses if the read of a page failed: for its token, if that is what AppSync or the table disliked. */
export function refuseFailedPage(ctx: Context): void {
  if (!ctx.error) {
    return;
  }
  const { message, type } = ctx.error;
  const wasToken =
    contains(`${message}`, '[Tt]oken|[Ee]xclusive ?[Ss]tart ?[Kk]ey|starting key') ||
    contains(`${type}`, 'ValidationException|BadRequest');
  if (ctx.args.nextToken && wasToken) {
    invalid('nextToken', tokenRule);
  }
  unreadable(ctx.error);
}
