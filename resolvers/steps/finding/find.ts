import { type Context, type DynamoDBQueryRequest } from '@aws-appsync/utils';
import { beginRequest, beginResponse } from '../../lib/lists/begin.ts';
import { firstRequest, firstResponse } from '../../lib/lists/first.ts';
import { secondRequest, secondResponse } from '../../lib/lists/second.ts';
import type { NestingStash } from '../../lib/lists/stash.ts';

/**
 * Reads a page of a list, in three steps. One function stands for all three in the pipeline: where DynamoDB stopped is
 * told by a token that is good only for the function that got it, and what one step began another goes on with, on this
 * page or on the next.
 */
export function request(ctx: Context<Record<string, unknown>, NestingStash>): DynamoDBQueryRequest {
  const step = (ctx.stash.step ?? 0) + 1;
  ctx.stash.step = step;
  if (step === 1) {
    return beginRequest(ctx);
  }
  return step === 2 ? firstRequest(ctx) : secondRequest(ctx);
}

export function response(ctx: Context<Record<string, unknown>, NestingStash>): null {
  const { step } = ctx.stash;
  if (step === 1) {
    return beginResponse(ctx);
  }
  return step === 2 ? firstResponse(ctx) : secondResponse(ctx);
}
