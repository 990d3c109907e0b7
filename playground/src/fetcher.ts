/** What GraphiQL sends its operations through. */
import { getOperationAST, parse, print, separateOperations } from 'graphql';
import type { FetcherParams } from '@graphiql/toolkit';
import type { Live } from './live.ts';
import type { Subscribe } from './realtime.ts';

export interface FetcherOptions {
  url: string;
  token: () => Promise<string | null>;
  live: Live;
  subscribe: Subscribe;
  /** Hears of every result of a query or mutation. */
  onResult: (result: unknown, sentAt: Date) => void;
  /** Words for the person at the page, when a request fails for a reason that the API's answer does not explain. */
  onProblem: (problem: string) => void;
}

/**
 * Queries and mutations are posted, with the bare access token; the API's answer is shown as it is. A subscription is
 * handed to the panel of live messages, because the editor drops its own when the tab is changed.
 */
export function createFetcher(options: FetcherOptions): (params: FetcherParams) => Promise<object> {
  return async ({ query, variables, operationName }) => {
    const document = parse(query);
    // The editor notices a new operation's name with some delay: a name is needed, and right, only where there are several.
    const chosen = getOperationAST(document) ?? getOperationAST(document, operationName);
    const name = chosen?.name?.value;
    if (chosen?.operation !== 'subscription') return post(options, { query, variables, operationName: name });
    if ((await options.token()) === null) {
      options.onProblem('Log in first: subscriptions need it, as everything here does.');
      return { errors: [{ message: 'Not logged in.' }] };
    }
    const alone = print(separateOperations(document)[name ?? '']!);
    const started = options.live.start({ query: alone, variables: (variables ?? {}) as Record<string, unknown> }, options.subscribe);
    return started.then(
      (listening) => ({ live: `${listening} is listening. Its messages appear in the panel "Live" below, whatever you do meanwhile.` }),
      (error: Error) => ({ errors: [{ message: error.message }] }),
    );
  };
}

async function post(options: FetcherOptions, body: object): Promise<object> {
  const token = await options.token();
  const sentAt = new Date();
  const headers = { 'content-type': 'application/json', ...(token === null ? {} : { authorization: token }) };
  const response = await fetch(options.url, { method: 'POST', headers, body: JSON.stringify(body) }).catch(() => null);
  if (!response) {
    const problem = `Nothing answers at ${options.url}. Is the stack running? Start it with npm start, then try again.`;
    options.onProblem(problem);
    return { errors: [{ message: problem }] };
  }
  const result = (await response.json().catch(() => ({ errors: [{ message: `The API answered with status ${response.status} and no JSON.` }] }))) as object;
  if (response.status === 401) options.onProblem(refusal(token, result));
  options.onResult(result, sentAt);
  return result;
}

function refusal(token: string | null, result: object): string {
  if (token === null) return 'Log in first: the API answers nobody whom it does not know.';
  const message = (result as { errors?: { message?: string }[] }).errors?.[0]?.message ?? 'no reason given';
  return `The API did not accept the access token (${message}). Log out and in again; if that does not help, the stack may have been restarted with other issuers: reload the page.`;
}
