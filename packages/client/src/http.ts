import { errorOf, Refusal, Unauthenticated, Unreachable, type WireError } from './errors.ts';
import type { Tokens } from './token.ts';
import { deadline, persistently } from './time.ts';

/** Milliseconds after which one try is given up. */
const patience = 20_000;

export interface Request {
  query: string;
  variables: Record<string, unknown>;
}

/** One GraphQL request, repeated until it is answered or the signal ends it. @throws Refusal when the API says no */
export type Send = <Data = Record<string, unknown>>(request: Request, signal: AbortSignal) => Promise<Data>;

export const createSend = (url: string, tokens: Tokens, fetch: typeof globalThis.fetch): Send => {
  const post = async (token: string, request: Request, signal: AbortSignal): Promise<Record<string, unknown>> => {
    const limit = deadline(patience, () => new Unreachable('No answer'), signal);
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: token },
        body: JSON.stringify(request),
        signal: limit.signal,
      });
      const answer = (await response.json().catch(() => null)) as Answer | null;
      const status = `The API answered with status ${response.status}`;
      if (response.status === 429 || response.status >= 500) throw new Unreachable(status);
      if (response.status === 401) throw new Unauthenticated(wordsOf(answer));
      if (answer?.errors?.length) throw errorOf(answer.errors);
      if (!response.ok) throw new Refusal(`HTTP_${response.status}`, status);
      if (!answer) throw new Unreachable('The answer is not JSON');
      return answer.data ?? {};
    } catch (error) {
      if (error instanceof Error && error.name !== 'TypeError' && error.name !== 'AbortError') throw error;
      throw new Unreachable(`${url} cannot be reached`, { cause: error });
    } finally {
      limit.clear();
    }
  };

  return (request, signal) =>
    persistently(async () => {
      const token = await tokens.get();
      try {
        return (await post(token, request, signal)) as never;
      } catch (error) {
        if (!(error instanceof Unauthenticated)) throw error;
        return (await post(await tokens.renew(token, error.message), request, signal)) as never;
      }
    }, signal);
};

interface Answer {
  data?: Record<string, unknown> | null;
  errors?: WireError[];
}

const wordsOf = (answer: Answer | null): string =>
  answer?.errors?.map(({ message }) => message).join('; ') || 'The token was not taken';
