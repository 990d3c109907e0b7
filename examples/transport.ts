/** How to reach the API; `outputs.json` and `cdk-outputs.json` say it. */
export interface Endpoint {
  GraphQLUrl: string;
  RealtimeUrl: string;
  /** A good access token for now; asked for again for every request, connection and subscription. */
  token: () => Promise<string>;
}

export interface Listener {
  /** The subscription stands: at first, and again after each lost connection. What was published in between is lost. */
  ready(): void;
  /** The subscription field's value. */
  next(value: unknown): void;
  /** The subscription was refused. */
  error(error: Error): void;
}

/** What a GraphQL client has to give for `runCommand`. */
export interface Transport {
  /**
   * The data of a query or mutation. @throws Refusal when the API says no; another error when it could not be reached
   */
  request(query: string, variables: Record<string, unknown>): Promise<Record<string, unknown>>;
  /** Starts a subscription and keeps it up. @returns what ends it */
  subscribe(query: string, variables: Record<string, unknown>, listener: Listener): () => void;
  close(): void;
}

/** The API's own no: repeating the request would not help. */
export class Refusal extends Error {}

/** What the errors of an answer come to: a refusal, unless all of them say that another try may help. */
export const errorFor = (errors: readonly { message: string; errorType?: unknown }[]): Error => {
  const words = errors.map(({ message }) => message).join('; ');
  return errors.every(({ errorType }) => /UNAVAILABLE|Throttl|Timeout/i.test(String(errorType)))
    ? new Error(words)
    : new Refusal(words);
};
