import { ApolloClient, ApolloLink, gql, HttpLink, InMemoryCache } from '@apollo/client';
import { createAuthLink } from 'aws-appsync-auth-link';
import { createSubscriptionHandshakeLink } from 'aws-appsync-subscription-link';

const { GRAPHQL_URL: url, TOKEN } = process.env;
const auth = { type: 'OPENID_CONNECT', jwtToken: async () => TOKEN }; // ask your OIDC library for a fresh one
const link = ApolloLink.from([
  createAuthLink({ url, auth }),
  createSubscriptionHandshakeLink({ url, auth }, new HttpLink({ uri: url })),
]);
const client = new ApolloClient({ link, cache: new InMemoryCache() });

const query = gql`
  subscription {
    onProjectionUpdated(aggregate: GROUP) {
      aggregateId
      version
      change
      group {
        id
        name
      }
    }
  }
`;
client.subscribe({ query }).subscribe(({ data, error }) => {
  console.log(error ?? data.onProjectionUpdated); // { aggregateId: '…', version: 1, change: 'CREATED', group: { … } }
  process.exit();
});

const mutation = gql`
  mutation Create($input: CreateGroupInput!) {
    createGroup(input: $input) {
      commandId
    }
  }
`;
// The client does not say when a subscription stands (docs/clients.md does), so this goes on until something is heard.
setInterval(
  () =>
    client.mutate({ mutation, variables: { input: { name: `South ${Date.now()}`, description: 'Southern office' } } }),
  1000,
);
