/** The API with Apollo Client and AppSync's links. The link does not reconnect: whoever subscribes starts again. */
import {
  ApolloClient,
  ApolloLink,
  CombinedGraphQLErrors,
  gql,
  HttpLink,
  InMemoryCache,
  Observable,
  ServerError,
} from '@apollo/client';
import { AUTH_TYPE, createAuthLink } from 'aws-appsync-auth-link';
import { CONTROL_EVENTS_KEY, createSubscriptionHandshakeLink } from 'aws-appsync-subscription-link';
import './base64.ts';
import { type Endpoint, errorFor, Refusal, type Transport } from './transport.ts';

/** Milliseconds between a lost connection and the next. */
const reconnectAfter = () => 500 + Math.random() * 1_000;

export const apolloTransport = ({ GraphQLUrl, token }: Endpoint): Transport => {
  // The region matters to signed requests only.
  const options = {
    url: GraphQLUrl,
    region: 'us-east-1',
    auth: { type: AUTH_TYPE.OPENID_CONNECT, jwtToken: token } as const,
  };
  const http = new HttpLink({ uri: GraphQLUrl });
  const client = new ApolloClient({
    cache: new InMemoryCache(),
    link: ApolloLink.from([readyLink, createAuthLink(options), createSubscriptionHandshakeLink(options, http)]),
  });

  return {
    request: async (query, variables) => {
      const document = gql(query);
      const mutates = /^\s*mutation/.test(query);
      try {
        const { data } = mutates
          ? await client.mutate<Record<string, unknown>>({ mutation: document, variables, fetchPolicy: 'no-cache' })
          : await client.query<Record<string, unknown>>({ query: document, variables, fetchPolicy: 'no-cache' });
        return data ?? {};
      } catch (error) {
        if (CombinedGraphQLErrors.is(error)) throw errorFor(error.errors);
        throw ServerError.is(error) && error.statusCode === 401 ? new Refusal(error.message) : error;
      }
    },
    subscribe: (query, variables, listener) => {
      let subscription: { unsubscribe(): void } | undefined;
      let ended = false;
      const start = () => {
        const source = client.subscribe<Record<string, unknown>>({
          query: gql(query),
          variables,
          fetchPolicy: 'no-cache',
          context: { ready: listener.ready },
        });
        subscription = source.subscribe(({ data, error }) => {
          const refusal = error && refusalIn(error);
          if (refusal) listener.error(refusal);
          else if (error) again();
          else if (data) listener.next(Object.values(data)[0]);
        });
      };
      const again = () => {
        if (!ended)
          setTimeout(() => {
            if (!ended) start();
          }, reconnectAfter());
      };
      start();
      return () => {
        ended = true;
        subscription?.unsubscribe();
      };
    },
    close: () => client.stop(),
  };
};

/**
 * The link's errors are no Errors. The API's no is in their words: as JSON, or an exception's name. Null for a lost
 * connection.
 */
const refusalIn = ({ cause }: Error): Refusal | null => {
  const { errors = [] } = (cause ?? {}) as { errors?: { message: string }[] };
  const words = /^Connection failed: (\{.*|\w+Exception$)/.exec(errors[0]?.message ?? '')?.[1];
  return words === undefined ? null : new Refusal(words);
};

/**
 * AppSync's link says by a control message when a subscription stands. The client drops those, so they are caught here.
 */
const readyLink = new ApolloLink((operation, forward) => {
  const { ready } = operation.getContext() as { ready?: () => void };
  if (!ready) return forward(operation);
  operation.setContext({ controlMessages: { [CONTROL_EVENTS_KEY]: true } });
  return new Observable((observer) =>
    forward(operation).subscribe({
      next: (result) => {
        if (result.extensions?.['controlMsgType'] === 'CONNECTED') ready();
        else observer.next(result);
      },
      error: (error) => observer.error(error),
      complete: () => observer.complete(),
    }),
  );
});
