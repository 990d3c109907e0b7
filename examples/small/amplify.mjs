import { Amplify } from 'aws-amplify';
import { generateClient } from 'aws-amplify/api';
import { Hub } from 'aws-amplify/utils';

const { GRAPHQL_URL, TOKEN } = process.env;
const getTokens = async () => ({ accessToken: { payload: {}, toString: () => TOKEN } }); // ask your OIDC library for a fresh one
Amplify.configure(
  { API: { GraphQL: { endpoint: GRAPHQL_URL, defaultAuthMode: 'oidc' } } },
  { Auth: { tokenProvider: { getTokens } } },
);
const client = generateClient();

const commandId = crypto.randomUUID();
const query =
  'subscription Done($commandId: ID!) { onCommandCompleted(commandId: $commandId) { status version code } }';
const outcome = new Promise((next, error) =>
  client
    .graphql({ query, variables: { commandId } })
    .subscribe({ next: ({ data }) => next(data.onCommandCompleted), error }),
);
await new Promise((ready) => Hub.listen('api', ({ payload }) => payload.event === 'Subscription ack' && ready()));

const mutation =
  'mutation Create($input: CreateGroupInput!, $commandId: ID) { createGroup(input: $input, commandId: $commandId) { aggregateId } }';
await client.graphql({
  query: mutation,
  variables: { commandId, input: { name: `North ${commandId}`, description: 'Northern office' } },
});
console.log(await outcome); // { status: 'APPLIED', version: 1, code: null }
process.exit();
