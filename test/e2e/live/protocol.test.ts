import { randomUUID } from 'node:crypto';
import { afterEach, expect, inject, it } from 'vitest';
import type { CommandOutcome, ProjectionUpdate } from '../../../generated/schema.ts';
import { admin, eventually, tokenOf, unique } from '../../support/clients/client.ts';
import { onCommandCompleted, onProjectionUpdated, RawSubscriber } from '../../support/clients/rawSubscriber.ts';

/** Seconds since the epoch. */
const now = () => Math.floor(Date.now() / 1000);
const adminToken = (claims: Record<string, unknown>) => tokenOf(inject('stateDir'), 'admin', 'auth0|admin', claims);
const group = () => ({ name: unique('group'), description: 'Some' });

const open: RawSubscriber[] = [];
afterEach(() => Promise.all(open.splice(0).map((socket) => socket.close())));
const connected = async (token: string): Promise<RawSubscriber> => {
  const socket = await RawSubscriber.connect((await admin()).outputs, token);
  open.push(socket);
  return socket;
};

it.each(['subprotocol', 'query'] as const)('a connection is authorized by a header in its %s', async (way) => {
  const client = await admin();
  const socket = await RawSubscriber.dial(client.outputs, client.token!, way);
  open.push(socket);
  expect(socket.frames).toEqual([{ type: 'connection_ack', payload: { connectionTimeoutMs: 300_000 } }]);
  const stream = await socket.subscribe(onProjectionUpdated, { aggregate: 'GROUP' });
  const id = await client.apply('createGroup', group());
  await stream.next(({ aggregateId }) => aggregateId === id);
});

it.each([
  ['expired', () => adminToken({ exp: now() - 60 }), 'Token has expired.'],
  ['of another issuer', () => adminToken({ iss: 'https://elsewhere.example/' }), expect.any(String)],
  ['of another client', () => adminToken({ azp: 'other-client' }), expect.any(String)],
  ['forged', async () => `${(await adminToken({})).slice(0, -8)}AAAAAAAA`, expect.any(String)],
  ['missing', async () => '', expect.any(String)],
])('a connection with a token that is %s ends with a connection_error', async (_, token, message) => {
  const { outputs } = await admin();
  const socket = await RawSubscriber.dial(outputs, await token());
  expect(socket.frames).toEqual([
    {
      type: 'connection_error',
      payload: { errors: [{ errorType: 'UnauthorizedException', message, errorCode: 401 }] },
    },
  ]);
  const closed = await eventually('the connection ends', async () => socket.closed);
  expect(closed).toEqual({ code: 1008, reason: 'UnauthorizedException' });
});

it('a subscription with an expired token ends with an error; others on the connection go on', async () => {
  const client = await admin();
  const socket = await connected(client.token!);
  const standing = await socket.subscribe<ProjectionUpdate>(onProjectionUpdated, { aggregate: 'GROUP' });
  const expired = await adminToken({ exp: now() - 60 });
  expect(await socket.refusal(onProjectionUpdated, { aggregate: 'GROUP' }, expired)).toEqual([
    { errorType: 'UnauthorizedException', message: 'Token has expired.' },
  ]);
  const id = await client.apply('createGroup', group());
  await standing.next(({ aggregateId }) => aggregateId === id);
  expect(socket.closed).toBeUndefined();
});

it('a token that expires while its connection stands starts no further subscription; a new one does', async () => {
  const client = await admin();
  const short = await adminToken({ exp: now() + 2 });
  const socket = await connected(short);
  const running = await socket.subscribe<ProjectionUpdate>(onProjectionUpdated, { aggregate: 'GROUP' });
  await eventually(
    'the token has expired',
    async () =>
      (await fetch(client.outputs.GraphQLUrl, { method: 'POST', headers: { authorization: short }, body: '{}' }))
        .status === 401,
  );
  expect(await socket.refusal(onProjectionUpdated, {}, short)).toEqual([
    { errorType: 'UnauthorizedException', message: 'Token has expired.' },
  ]);
  await socket.subscribe(onProjectionUpdated, {}, client.token);
  // What was started in time goes on.
  const id = await client.apply('createGroup', group());
  await running.next(({ aggregateId }) => aggregateId === id);
});

it('after a lost connection, a new one and two queries tell what was missed', async () => {
  const client = await admin();
  const id = await client.apply('createGroup', group());
  const first = await RawSubscriber.connect(client.outputs, client.token!);
  const commandId = randomUUID();
  const before = await first.subscribe<CommandOutcome>(onCommandCompleted, { commandId });
  first.cut();
  await client.send('updateGroup', { id, description: 'While nobody listened' }, commandId);
  const missed = await client.outcomeOf(commandId);

  const second = await connected(client.token!);
  const updates = await second.subscribe<ProjectionUpdate>(onProjectionUpdated, { aggregateId: id });
  expect(missed).toMatchObject({ status: 'APPLIED', version: 2 });
  await client.shown(missed);
  await client.apply('updateGroup', { id, description: 'Fence' });
  await updates.next(({ version }) => version === 3);
  // Nothing is kept for who was away: hence the queries.
  expect(before.heard).toEqual([]);
});

it('an id in use, a frame that is none, a query and a second field are refused', async () => {
  const client = await admin();
  const socket = await connected(client.token!);
  const stream = await socket.subscribe(onProjectionUpdated, {});
  socket.start(stream.id, onProjectionUpdated, {});
  expect(await socket.frame(({ type }) => type === 'error')).toMatchObject({
    id: stream.id,
    payload: { errors: [{ errorType: 'DuplicatedOperationError' }] },
  });
  socket.send('{');
  expect(await socket.frame(({ type, id }) => type === 'error' && id === '')).toMatchObject({
    payload: { errors: [{ errorType: 'UnsupportedOperation' }] },
  });
  expect((await socket.refusal('query { groups { items { id } } }')).length).toBe(1);
  expect((await socket.refusal('subscription { nothing }')).length).toBe(1);
  expect((await socket.refusal('subscription { onProjectionUpdated(aggregate: NOTHING) { version } }')).length).toBe(1);
  expect(
    (
      await socket.refusal(
        'subscription { onProjectionUpdated { version } onRecoveryProgress(recoveryId: "x") { status } }',
      )
    ).length,
  ).toBeGreaterThan(0);
});

it("nested aliases and a narrower selection are kept; the answer stands under the subscription's own name", async () => {
  const client = await admin();
  const socket = await connected(client.token!);
  const stream = await socket.subscribe(
    'subscription($id: ID) { heard: onProjectionUpdated(aggregateId: $id) { __typename n: version group { __typename label: name } } }',
    { id: null },
  );
  const input = group();
  const id = await client.apply('createGroup', input);
  const heard = await stream.next(({ group: row }) => row?.label === input.name);
  expect(heard).toEqual({ __typename: 'ProjectionUpdate', n: 1, group: { __typename: 'Group', label: input.name } });
  expect(id).toBeTruthy();
});
