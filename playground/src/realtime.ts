/** Subscriptions, carried by AWS's own client library. */
import { Amplify } from 'aws-amplify';
import { CONNECTION_STATE_CHANGE, generateClient } from 'aws-amplify/api';
import { Hub } from 'aws-amplify/utils';
import type { PlaygroundConfig } from '../outputs.ts';

export interface Operation {
  query: string;
  variables?: Record<string, unknown>;
}

export interface Receiver {
  /** Takes a whole GraphQL result. */
  next(result: unknown): void;
  /** The subscription has ended: it was refused, or the log-in is not good any more. */
  error(message: string): void;
}

/** Starts a subscription. The function returned ends it. */
export type Subscribe = (operation: Operation, receiver: Receiver) => () => void;

/**
 * @param token gives the access token for a connection that is to be opened now
 * @param onState hears of the connection: `Connected`, `ConnectionDisrupted` …
 */
export function createRealtime(config: PlaygroundConfig, token: () => Promise<string | null>, onState: (state: string) => void): Subscribe {
  Amplify.configure(
    { API: { GraphQL: { endpoint: config.GraphQLUrl, defaultAuthMode: 'oidc' } } },
    { Auth: { tokenProvider: { getTokens: async () => tokens(await token()) } } },
  );
  connectTo(config);
  Hub.listen('api', ({ payload }) => {
    if (payload.event === CONNECTION_STATE_CHANGE) onState((payload.data as { connectionState: string }).connectionState);
  });
  const client = generateClient();
  return ({ query, variables }, receiver) => {
    const source = client.graphql({ query, variables: variables as never }) as unknown as Observable;
    const subscription = source.subscribe({ next: (result) => receiver.next(result), error: (error) => receiver.error(reason(error)) });
    return () => subscription.unsubscribe();
  };
}

interface Observable {
  subscribe(observer: { next(result: unknown): void; error(error: unknown): void }): { unsubscribe(): void };
}

/** In the form of a Cognito session, of which the library uses nothing but the text. */
function tokens(token: string | null) {
  return token === null ? null : { accessToken: { payload: {}, toString: () => token } };
}

/**
 * The library derives the address of the real-time endpoint from the API's, always with TLS: right on AWS, wrong for a
 * stack on this machine. Where the two differ, its sockets are led to the address in the outputs.
 */
function connectTo({ GraphQLUrl, RealtimeUrl }: PlaygroundConfig): void {
  const derived = `${GraphQLUrl.replace(/^https?:/, 'wss:')}/realtime`;
  if (derived === RealtimeUrl) return;
  const Native = globalThis.WebSocket;
  globalThis.WebSocket = class extends Native {
    constructor(url: string | URL, protocols?: string | string[]) {
      const address = String(url);
      super(address.startsWith(derived) ? RealtimeUrl + address.slice(derived.length) : address, protocols);
    }
  };
}

function reason(error: unknown): string {
  const errors = (error as { errors?: { message?: string }[] }).errors;
  return errors?.map(({ message }) => message).join('; ') ?? (error instanceof Error ? error.message : String(error));
}
