/** The API with AWS's own client, in OIDC mode. It reconnects by itself, five seconds after a connection is lost. */
import { Amplify } from 'aws-amplify';
import { generateClient } from 'aws-amplify/api';
import { Hub } from 'aws-amplify/utils';
import { type Endpoint, errorFor, Refusal, type Transport } from './transport.ts';

interface Observable {
  subscribe(observer: { next(result: { data: Record<string, unknown> }): void; error(error: unknown): void }): {
    unsubscribe(): void;
  };
}

export const amplifyTransport = ({ GraphQLUrl, token }: Endpoint): Transport => {
  // In the form of a Cognito session, of which the client uses nothing but the text.
  const getTokens = async () => {
    const text = await token();
    return { accessToken: { payload: {}, toString: () => text } };
  };
  Amplify.configure(
    { API: { GraphQL: { endpoint: GraphQLUrl, defaultAuthMode: 'oidc' } } },
    { Auth: { tokenProvider: { getTokens } } },
  );
  const client = generateClient();

  return {
    request: async (query, variables) => {
      try {
        const { data } = (await client.graphql({ query, variables: variables as never })) as {
          data: Record<string, unknown>;
        };
        return data;
      } catch (error) {
        throw refusalIn(error);
      }
    },
    subscribe: (query, variables, listener) => {
      // The client tells of acknowledgements on its hub, each with the variables of its subscription.
      const quiet = Hub.listen('api', ({ payload: { event, data } }) => {
        const acknowledged = data as { variables?: unknown } | undefined;
        if (event === 'Subscription ack' && JSON.stringify(acknowledged?.variables) === JSON.stringify(variables))
          listener.ready();
      });
      const source = client.graphql({ query, variables: variables as never }) as unknown as Observable;
      const subscription = source.subscribe({
        next: ({ data }) => listener.next(Object.values(data)[0]),
        error: (error) => listener.error(refusalIn(error)),
      });
      return () => {
        quiet();
        subscription.unsubscribe();
      };
    },
    close: () => {},
  };
};

/** The client throws the whole result. An error of it that is no answer of the API's has what happened beside it. */
const refusalIn = (thrown: unknown): Error => {
  const { errors = [] } = thrown as {
    errors?: { message: string; errorType?: string; originalError?: { $metadata?: { httpStatusCode?: number } } }[];
  };
  const [first] = errors;
  if (!first) return new Error(String(thrown));
  if (!first.originalError) return errorFor(errors);
  return first.originalError.$metadata?.httpStatusCode === 401 ? new Refusal(first.message) : new Error(first.message);
};
