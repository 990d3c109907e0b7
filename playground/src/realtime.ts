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
  /** The API has accepted the subscription; said again after each reconnection. */
  ready(): void;
  /** Takes a whole GraphQL result. */
  next(result: unknown): void;
  /** The subscription has ended: it was refused, or the log-in is not good any more. */
  error(message: string): void;
}

/** Starts a subscription. The function returned ends it. */
export type Subscribe = (operation: Operation, receiver: Receiver) => () => void;

/**
 * Two subscriptions at a time must differ in query or variables.
 * @param token gives the access token for a connection that is to be opened now; one that cannot be had is taken for none
 * @param onState hears of the connection: `Connected`, `ConnectionDisrupted` …
 */
export function createRealtime(
  config: PlaygroundConfig,
  token: () => Promise<string | null>,
  onState: (state: string) => void,
): Subscribe {
  Amplify.configure(
    { API: { GraphQL: { endpoint: config.GraphQLUrl, defaultAuthMode: 'oidc' } } },
    { Auth: { tokenProvider: { getTokens: async () => tokens(await token().catch(() => null)) } } },
  );
  connectTo(config);
  const receivers = new Map<string, Receiver>();
  Hub.listen('api', ({ payload: { event, data } }) => {
    if (event === CONNECTION_STATE_CHANGE) onState((data as { connectionState: string }).connectionState);
    // The only word that the library gives of a subscription's acceptance.
    if (event === ACCEPTED) receivers.get(keyOf(data as Operation))?.ready();
  });
  const client = generateClient();
  return ({ query, variables }, receiver) => {
    const key = keyOf({ query, variables });
    receivers.set(key, receiver);
    const source = client.graphql({ query, variables: variables as never }) as unknown as Observable;
    const subscription = source.subscribe({
      next: (result) => receiver.next(result),
      error: (error) => receiver.error(reason(error)),
    });
    return () => {
      receivers.delete(key);
      subscription.unsubscribe();
    };
  };
}

const ACCEPTED = 'Subscription ack';

function keyOf({ query, variables }: Operation): string {
  // The library prints the query anew, with a line break at its end.
  return `${query.trim()} ${JSON.stringify(variables ?? {})}`;
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

/** The library hands on a refusal as JSON inside of a message. */
function reason(error: unknown): string {
  const { message = String(error) } =
    (error as { errors?: { message?: string }[] }).errors?.[0] ?? (error as { message?: string });
  const refusal = /^Connection failed: (\{.*\})$/s.exec(message)?.[1];
  if (!refusal) return message;
  const { errors } = JSON.parse(refusal) as {
    errors?: { errorType?: string; message?: string }[] | { errorType?: string; message?: string };
  };
  return [errors ?? []]
    .flat()
    .map((each) => `${each.errorType}: ${each.message}`)
    .join('; ');
}
