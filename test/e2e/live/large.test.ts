import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { mapBounded } from '../../../functions/runtime/concurrency.ts';
import type { CommandOutcome, ProjectionUpdate, User } from '../../../generated/schema.ts';
import { admin, type Client, unique } from '../../support/clients/client.ts';
import {
  onCommandCompleted,
  onProjectionUpdated,
  RawSubscriber,
  shown,
  type Stream,
} from '../../support/clients/rawSubscriber.ts';
import { person } from '../organisation.ts';

/** What AppSync drops is over 240 KB; an update is cut down from somewhat less. */
const limit = 240 * 1024;
const cutFrom = 230 * 1024;

let client: Client;
let socket: RawSubscriber;
const authorizationIds: string[] = [];
let roleId: string;
let userId: string;
let updates: Stream<ProjectionUpdate>;

beforeAll(async () => {
  client = await admin();
  socket = await RawSubscriber.connect(client.outputs, client.token!);
  // The longest that the API takes: a role with 100 authorizations of 1,000 characters each. A user shows each of them
  // twice.
  await mapBounded(Array.from({ length: 100 }), 10, async () => {
    authorizationIds.push(
      await client.apply('createAuthorization', {
        name: unique('may').padEnd(100, '.'),
        description: 'd'.repeat(1000),
      }),
    );
  });
  roleId = await client.apply('createRole', { name: unique('role'), description: 'Everything', authorizationIds });
  const groupId = await client.apply('createGroup', { name: unique('group'), description: 'All' });
  userId = await client.apply('createUser', person({ roleId, groupId }));
  updates = await socket.subscribe<ProjectionUpdate>(onProjectionUpdated, { aggregateId: userId });
}, 120_000);
afterAll(() => socket?.close());

const read = async (): Promise<User> =>
  (await client.get(`query($id: ID!) { user(id: $id) { ${shown.USER} } }`, { id: userId })).user;

/** Changes the user, and gives what is heard of it. */
const change = async (lastName: string): Promise<ProjectionUpdate> => {
  const commandId = randomUUID();
  const outcomes = await socket.subscribe<CommandOutcome>(onCommandCompleted, { commandId });
  await client.send('updateUser', { id: userId, lastName }, commandId);
  await outcomes.next();
  return updates.next((update) => update.commandId === commandId);
};

it('an update too large to be delivered arrives with ids and version', async () => {
  const update = await change('Large');
  const row = await read();
  expect(JSON.stringify(row).length).toBeGreaterThan(limit);
  expect(row).toMatchObject({ lastName: 'Large', version: 2 });
  expect(update).toEqual({
    aggregate: 'USER',
    aggregateId: userId,
    version: 2,
    change: 'UPDATED',
    commandId: expect.any(String),
    eventId: expect.any(String),
    timestamp: row.updatedAt,
    user: null,
    role: null,
    authorization: null,
    group: null,
  });
});

it('one as large as can be arrives whole, and cut down when it grows by little', async () => {
  // Makes the user's row, as published, weigh just less than what is cut down: each character of a description counts
  // twice.
  const weightOf = (row: User) =>
    JSON.stringify({ data: { onProjectionUpdated: { ...updates.heard[0], user: row } } }).length;
  const spare = 600;
  const excess = weightOf(await read()) - (cutFrom - spare);
  const shorter = 1000 - Math.ceil(excess / 2 / authorizationIds.length);
  await mapBounded(authorizationIds, 10, async (id) => {
    await client.apply('updateAuthorization', { id, description: 'd'.repeat(shorter) });
  });

  const whole = await change('Whole');
  const row = await read();
  expect(weightOf(row)).toBeGreaterThan(cutFrom - 2 * spare);
  expect(whole.user).toEqual(row);
  expect(whole.user!.role!.authorizations).toHaveLength(100);

  await mapBounded(authorizationIds.slice(0, 10), 10, async (id) => {
    await client.apply('updateAuthorization', { id, description: 'd'.repeat(shorter + spare / 6) });
  });
  const cut = await change('Cut');
  expect(cut).toMatchObject({ version: 4, user: null });
});

it('a large role is heard whole', async () => {
  const roles = await socket.subscribe<ProjectionUpdate>(onProjectionUpdated, {
    aggregate: 'ROLE',
    aggregateId: roleId,
  });
  await client.apply('updateRole', { id: roleId, description: 'Nearly everything' });
  const { role } = await roles.next();
  expect(role!.authorizations).toHaveLength(100);
  expect(JSON.stringify(role).length).toBeGreaterThan(100_000);
});
