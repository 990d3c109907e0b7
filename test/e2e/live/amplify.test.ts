import '../../../examples/localWebSocket.ts';
import { Amplify } from 'aws-amplify';
import { CONNECTION_STATE_CHANGE, generateClient } from 'aws-amplify/api';
import { Hub } from 'aws-amplify/utils';
import { randomUUID } from 'node:crypto';
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import type { CommandOutcome, ProjectionUpdate, User } from '../../../generated/schema.ts';
import { admin, type Client, eventually, unique, user } from '../../support/clients/client.ts';
import { onCommandCompleted, onProjectionUpdated, shown } from '../../support/clients/rawSubscriber.ts';
import { startUnreliableNetwork, type UnreliableNetwork } from '../../support/clients/unreliableNetwork.ts';
import { organisation, person } from '../organisation.ts';

interface Source {
  subscribe(observer: { next(result: { data: Record<string, unknown> }): void; error(error: unknown): void }): {
    unsubscribe(): void;
  };
}

// AWS's own client in OIDC mode.
let client: Client;
let network: UnreliableNetwork;
let ids: Awaited<ReturnType<typeof organisation>>;
/** Whose token the client asks for next. */
let caller: Client;
let states: string[];
let acknowledged: unknown[];
const ends: (() => void)[] = [];
Hub.listen('api', ({ payload: { event, data } }) => {
  if (event === CONNECTION_STATE_CHANGE) states.push((data as { connectionState: string }).connectionState);
  if (event === 'Subscription ack') acknowledged.push((data as { variables: unknown }).variables);
});

beforeAll(async () => {
  client = await admin();
  ids = await organisation(client);
});
beforeEach(async () => {
  caller = client;
  states = [];
  acknowledged = [];
  network = await startUnreliableNetwork(client.outputs);
  const getTokens = async () => ({ accessToken: { payload: {}, toString: () => caller.token! } });
  Amplify.configure(
    { API: { GraphQL: { endpoint: network.GraphQLUrl, defaultAuthMode: 'oidc' } } },
    { Auth: { tokenProvider: { getTokens } } },
  );
});
afterEach(async () => {
  for (const end of ends.splice(0)) end();
  // The client closes its connection a second after its last subscription.
  await eventually('the client is disconnected', async () => states.length === 0 || states.at(-1) === 'Disconnected');
  await network.stop();
});

const amplify = generateClient();
const ask = async (query: string, variables: Record<string, unknown>) =>
  ((await amplify.graphql({ query, variables: variables as never })) as { data: Record<string, any> }).data;

/** Subscribes as `caller`, and resolves when the subscription stands. */
const listen = async <Item>(
  query: string,
  variables: Record<string, unknown>,
  onItem: (item: Item) => void = () => {},
) => {
  const heard: Item[] = [];
  const before = acknowledged.length;
  const source = amplify.graphql({ query, variables: variables as never }) as unknown as Source;
  const subscription = source.subscribe({
    next: ({ data }) => {
      const item = Object.values(data)[0] as Item;
      onItem(item);
      heard.push(item);
    },
    error: (error) => {
      throw new Error(JSON.stringify(error));
    },
  });
  ends.push(() => subscription.unsubscribe());
  await eventually('the subscription stands', async () => acknowledged.length > before);
  return {
    heard,
    next: (matches: (item: Item) => boolean = () => true) =>
      eventually('it is heard', async () => heard.find(matches), 50),
  };
};

/** Sends a command, its outcome being listened to; what a query says the moment the outcome arrives comes with it. */
const send = async (operation: string, input: Record<string, unknown>) => {
  const commandId = randomUUID();
  let row: Promise<Record<string, any>> | undefined;
  const outcomes = await listen<CommandOutcome>(onCommandCompleted, { commandId }, () => {
    row ??= ask(`query($id: ID!) { user(id: $id) { ${shown.USER} } }`, { id: input['id'] });
  });
  const type = operation.charAt(0).toUpperCase() + operation.slice(1);
  await ask(
    `mutation($input: ${type}Input!, $commandId: ID) { ${operation}(input: $input, commandId: $commandId) { commandId } }`,
    { input, commandId },
  );
  const outcome = await outcomes.next();
  return { outcome, user: (await row)!['user'] as User | null };
};

it('hears of creation, update, deletion and rejection once the view shows them', async () => {
  const input = person({ roleId: ids.roleId, groupId: ids.groupId });
  const updates = await listen<ProjectionUpdate>(onProjectionUpdated, { aggregate: 'USER', aggregateId: input.id });

  const created = await send('createUser', input);
  expect(created.outcome).toMatchObject({
    status: 'APPLIED',
    operation: 'createUser',
    aggregate: 'USER',
    aggregateId: input.id,
    version: 1,
    actor: 'admin:auth0|admin',
  });
  expect(created.user).toMatchObject({
    ...input,
    version: 1,
    role: { id: ids.roleId, authorizations: [{ id: ids.authorizationId }] },
    group: { id: ids.groupId },
    authorizations: [{ id: ids.authorizationId }],
  });
  const first = await updates.next(({ version }) => version === 1);
  expect(first).toMatchObject({ change: 'CREATED', commandId: created.outcome.commandId, role: null });
  expect(first.user).toEqual(created.user);

  const updated = await send('updateUser', { id: input.id, firstName: 'Anne', roleId: null });
  expect(updated.user).toMatchObject({ firstName: 'Anne', version: 2, role: null, authorizations: [] });
  expect(await updates.next(({ version }) => version === 2)).toMatchObject({ change: 'UPDATED', user: updated.user });

  const refused = await send('updateUser', { id: input.id, firstName: 'Late', expectedVersion: 1 });
  expect(refused.outcome).toMatchObject({ status: 'REJECTED', code: 'VERSION_CONFLICT', version: null });

  const deleted = await send('deleteUser', { id: input.id });
  expect(deleted.outcome).toMatchObject({ status: 'APPLIED', version: 3 });
  expect(deleted.user).toBeNull();
  expect(await updates.next(({ version }) => version === 3)).toMatchObject({ change: 'DELETED', user: null });
  // The rejected command changed nothing to be heard of.
  expect(updates.heard.filter(({ commandId }) => commandId === refused.outcome.commandId)).toEqual([]);
});

it("keeps two users' streams apart, though they share a connection", async () => {
  const [ann, bob] = await Promise.all([user(`auth0|${unique('ann')}`), user(`auth0|${unique('bob')}`)]);
  const streams = [];
  for (caller of [ann, bob]) streams.push(await listen<ProjectionUpdate>(onProjectionUpdated, {}));
  const [annHears, bobHears] = streams as [(typeof streams)[number], (typeof streams)[number]];
  expect(network.sockets).toBe(1);
  const idOf = ({ sub }: Client) => sub.slice('auth0|'.length);

  for (const who of [ann, bob])
    await who.run('signUp', {
      firstName: 'New',
      lastName: 'User',
      birthDate: '1990-01-01',
      email: `${unique('new')}@example.com`,
    });
  for (let version = 2; version < 6; version += 1) {
    await Promise.all([
      client.run('updateUser', { id: idOf(ann), lastName: `A${version}` }),
      client.run('updateUser', { id: idOf(bob), lastName: `B${version}` }),
    ]);
  }
  await annHears.next(({ version }) => version === 5);
  await bobHears.next(({ version }) => version === 5);
  // Both have heard their last; then each a fence, after what the other could have heard.
  await Promise.all([
    client.run('updateUser', { id: idOf(ann), lastName: 'Fence' }),
    client.run('updateUser', { id: idOf(bob), lastName: 'Fence' }),
  ]);
  await annHears.next(({ version }) => version === 6);
  await bobHears.next(({ version }) => version === 6);
  for (const [{ heard }, who] of [
    [annHears, ann],
    [bobHears, bob],
  ] as const) {
    expect(
      new Set(heard.map(({ aggregate, aggregateId, user: row }) => `${aggregate} ${aggregateId} ${row?.id}`)),
    ).toEqual(new Set([`USER ${idOf(who)} ${idOf(who)}`]));
  }
});

it('reconnects by itself and hears on', async () => {
  const id = await client.apply('createGroup', { name: unique('group'), description: 'Some' });
  const updates = await listen<ProjectionUpdate>(onProjectionUpdated, { aggregateId: id });
  await client.apply('updateGroup', { id, description: 'Heard' });
  await updates.next(({ version }) => version === 2);

  network.cut();
  await eventually('the loss is noticed', async () => states.includes('ConnectionDisrupted'));
  await client.apply('updateGroup', { id, description: 'Missed' });
  await eventually('the subscription stands again', async () => acknowledged.length > 1);
  expect(network.sockets).toBeGreaterThan(1);
  await client.apply('updateGroup', { id, description: 'Heard again' });
  await updates.next(({ version }) => version === 4);
  // What happened meanwhile may be told a little late, and then is heard too.
  expect(new Set(updates.heard.map(({ version }) => version).filter((version) => version !== 3))).toEqual(
    new Set([2, 4]),
  );
});
