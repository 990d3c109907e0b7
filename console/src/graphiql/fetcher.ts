/** What GraphiQL sends its operations through. */
import { getOperationAST, parse, print, separateOperations } from 'graphql';
import type { FetcherParams } from '@graphiql/toolkit';
import type { Live } from './live.ts';
import type { Subscribe } from './subscribe.ts';

export interface FetcherOptions {
  url: string;
  /**
   * The access token; null if nobody is logged in. Rejects, in words for the person at the page, if the log-in has run
   * out.
   */
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
    // The editor notices a new operation's name with some delay: a name is needed, and right, only where there are
    // several.
    const chosen = getOperationAST(document) ?? getOperationAST(document, operationName);
    const name = chosen?.name?.value;
    const token = await options.token().catch((error: Error) => error);
    if (token instanceof Error) return failed(options, token.message);
    if (chosen?.operation !== 'subscription') return post(options, token, { query, variables, operationName: name });
    if (token === null) return failed(options, 'Log in first: subscriptions need it, as everything here does.');
    const alone = print(separateOperations(document)[name ?? '']!);
    const started = options.live.start(
      { query: alone, variables: (variables ?? {}) as Record<string, unknown> },
      options.subscribe,
    );
    return started.then(
      (listening) => ({
        live: `${listening} is listening. Its messages appear in the panel "Live" below, whatever you do meanwhile.`,
      }),
      (error: Error) => ({ errors: [{ message: error.message }] }),
    );
  };
}

async function post(options: FetcherOptions, token: string | null, body: object): Promise<object> {
  const sentAt = new Date();
  const headers = { 'content-type': 'application/json', ...(token === null ? {} : { authorization: token }) };
  const response = await fetch(options.url, { method: 'POST', headers, body: JSON.stringify(body) }).catch(() => null);
  if (!response)
    return failed(
      options,
      `Nothing answers at ${options.url}. Is the stack running? Start it with npm start, then try again.`,
    );
  const result = (await response.json().catch(() => ({
    errors: [{ message: `The API answered with status ${response.status} and no JSON.` }],
  }))) as object;
  if (response.status === 401) options.onProblem(refusal(token, result));
  options.onResult(result, sentAt);
  return result;
}

/** Says what is wrong at the top of the page, and where the answer would have been. */
function failed(options: FetcherOptions, problem: string): object {
  options.onProblem(problem);
  return { errors: [{ message: problem }] };
}

function refusal(token: string | null, result: object): string {
  if (token === null) return 'Log in first: the API answers nobody whom it does not know.';
  const message = (result as { errors?: { message?: string }[] }).errors?.[0]?.message ?? 'no reason given';
  return `The API did not accept the access token (${message}). Log out and in again; if that does not help, the stack may have been restarted with other issuers: reload the page.`;
}
