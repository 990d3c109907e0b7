import { Unauthenticated, Unreachable } from './errors.ts';

/**
 * The access token, or what gives one that is good for now. It is asked for each request, connection and subscription,
 * so it should answer from memory while it can; `refused` says that the API did not take this one, though it may look
 * good.
 */
export type Token = string | ((asked: { refused?: string }) => string | Promise<string>);

export interface Tokens {
  get(): Promise<string>;
  /** To be called with a token that the API refused; @throws Unauthenticated when no other can be had */
  renew(refused: string, message: string): Promise<string>;
}

export const tokensOf = (token: Token): Tokens => {
  const ask = async (asked: { refused?: string }): Promise<string> => {
    try {
      return typeof token === 'string' ? token : await token(asked);
    } catch (error) {
      // Without a network no token can be renewed either: that passes. What the client's own errors say does not.
      if (error instanceof TypeError) throw new Unreachable(error.message, { cause: error });
      throw error;
    }
  };
  return {
    get: () => ask({}),
    renew: async (refused, message) => {
      const fresh = await ask({ refused });
      if (fresh === refused) throw new Unauthenticated(message);
      return fresh;
    },
  };
};
