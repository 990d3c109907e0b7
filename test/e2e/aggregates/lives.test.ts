import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import type { ProjectionUpdate } from '../../../generated/schema.ts';
import { admin, type Client, eventually, unique, user as userClient } from '../../support/clients/client.ts';
import { RawSubscriber } from '../../support/clients/rawSubscriber.ts';
import { organisation, person } from '../organisation.ts';

let client: Client;
let ids: Awaited<ReturnType<typeof organisation>>;
beforeAll(async () => {
  client = await admin();
  ids = await organisation(client);
});

const references = () => ({ roleId: ids.roleId, groupId: ids.groupId });
const shape = `id firstName lastName displayName birthDate email status suspendedUntil suspensionReason
  role { id } group { id } authorizations { id } version`;
const userNow = async (id: string) =>
  (await client.get(`query($id: ID!) { user(id: $id) { ${shape} } }`, { id }))['user'];
const userAt = async (id: string, t: string, knownAt?: string) =>
  (
    await client.get(
      `query($id: ID!, $t: AWSDateTime!, $k: AWSDateTime) { userAt(id: $id, timestamp: $t, knownAt: $k) { ${shape} } }`,
      { id, t, k: knownAt },
    )
  )['userAt'];
const eventsOf = async (aggregate: string, id: string): Promise<Record<string, any>[]> =>
  (
    await client.get(
      `query($a: AggregateType!, $id: ID!) {
        events(aggregate: $a, aggregateId: $id) { items { version type payload timestamp effectiveAt operation } }
      }`,
      { a: aggregate, id },
    )
  )['events'].items;
const moved = (iso: string, milliseconds: number) => new Date(Date.parse(iso) + milliseconds).toISOString();
/** Runs a command of the shared stack and waits until the view shows whatever it did. */
const settled = async (operation: string, input: Record<string, unknown>) => {
  const outcome = await client.run(operation, input);
  expect(outcome).toMatchObject({ status: 'APPLIED', code: null });
  return outcome;
};

describe('a deletion', () => {
  it('is undone by a restoration: the person is back as before, in a row that subscribers hear of', async () => {
    const input = person(references());
    await client.apply('createUser', input);
    await client.apply('updateUser', { id: input.id, firstName: 'Anna' });
    const before = await userNow(input.id);
    await client.apply('deleteUser', { id: input.id });
    const socket = await RawSubscriber.connect(client.outputs, client.token!);
    const updates = await socket.subscribe<ProjectionUpdate>(
      'subscription($id: ID) { onProjectionUpdated(aggregate: USER, aggregateId: $id) { version change name user { firstName status } } }',
      { id: input.id },
    );
    await client.apply('restoreUser', { id: input.id });
    expect(await userNow(input.id)).toEqual({ ...before, version: 4 });
    expect(await updates.next(({ version }) => version === 4)).toMatchObject({
      change: 'CREATED',
      name: expect.stringMatching(/^Anna /) as string,
      user: { firstName: 'Anna', status: 'ACTIVE' },
    });
    await socket.close();
    expect((await eventsOf('USER', input.id)).map(({ type }) => type)).toEqual([
      'UserCreated',
      'UserUpdated',
      'UserDeleted',
      'UserRestored',
    ]);
    expect(await client.run('restoreUser', { id: input.id })).toMatchObject({ status: 'APPLIED', version: 4 });
    expect(await client.run('restoreUser', { id: unique('nobody') })).toMatchObject({ code: 'NOT_FOUND' });
  });

  it.each(['Role', 'Authorization', 'Group'])('of a %s is undone too', async (typeName) => {
    const input = { name: unique('n'), description: 'd', ...(typeName === 'Role' && { authorizationIds: [] }) };
    const id = await client.apply(`create${typeName}`, input);
    await client.apply(`delete${typeName}`, { id });
    await client.apply(`restore${typeName}`, { id, expectedVersion: 2 });
    const field = typeName.toLowerCase();
    expect((await client.get(`query($id: ID!) { ${field}(id: $id) { name version } }`, { id }))[field]).toEqual({
      name: input.name,
      version: 3,
    });
  });

  it('cannot be undone where another has the address meanwhile, or the role is gone', async () => {
    const own = await organisation(client);
    const input = person({ roleId: own.roleId, groupId: own.groupId });
    await client.apply('createUser', input);
    await client.apply('deleteUser', { id: input.id });
    const successor = person({ ...references(), email: input.email });
    await client.apply('createUser', successor);
    expect(await client.run('restoreUser', { id: input.id })).toMatchObject({ code: 'EMAIL_TAKEN' });
    await client.apply('deleteUser', { id: successor.id });
    await client.apply('deleteRole', { id: own.roleId });
    expect(await client.run('restoreUser', { id: input.id })).toMatchObject({ code: 'ROLE_NOT_FOUND' });
  });

  it('is followed by a new life where a creation is sent after it, in the same stream', async () => {
    const input = person(references());
    await client.apply('createUser', input);
    await client.apply('deleteUser', { id: input.id });
    await client.apply('createUser', { ...input, firstName: 'Anew' });
    expect(await userNow(input.id)).toMatchObject({ firstName: 'Anew', version: 3 });
    await client.apply('updateUser', { id: input.id, lastName: 'Also' });
    expect(await userNow(input.id)).toMatchObject({ displayName: 'Anew Also', version: 4 });
  });
});

describe('a suspension', () => {
  it('keeps the user, empties the authorizations, and refuses own commands, until it is ended', async () => {
    const alice = await userClient(`auth0|${unique('alice')}`);
    const profile = { firstName: 'Alice', lastName: 'A', birthDate: '1990-01-01', email: `${unique('a')}@example.com` };
    const id = (await alice.run('signUp', profile)).aggregateId;
    await eventually('the user is there', () => userNow(id));
    await client.apply('updateUser', { id, roleId: ids.roleId });
    expect(await userNow(id)).toMatchObject({ status: 'ACTIVE', authorizations: [{ id: ids.authorizationId }] });
    await client.apply('suspendUser', { id, reason: 'Too loud', until: '2999-01-01T01:00:00+01:00' });
    const suspended = {
      status: 'SUSPENDED',
      suspensionReason: 'Too loud',
      suspendedUntil: '2999-01-01T00:00:00.000Z',
      role: { id: ids.roleId },
      authorizations: [],
    };
    expect(await userNow(id)).toMatchObject(suspended);
    expect((await alice.get(`{ me { ${shape} } }`))['me']).toMatchObject(suspended);
    expect(await alice.run('updateProfile', { firstName: 'Al' })).toMatchObject({ code: 'SUSPENDED' });
    await client.apply('updateUser', { id, firstName: 'Al' });
    await client.apply('reinstateUser', { id });
    expect(await userNow(id)).toMatchObject({ status: 'ACTIVE', suspensionReason: null, suspendedUntil: null });
    expect(await alice.run('updateProfile', { firstName: 'Alice' })).toMatchObject({ status: 'APPLIED' });
    const [, , then] = await eventsOf('USER', id);
    expect(await userAt(id, then!['timestamp'])).toMatchObject(suspended);
    expect(then).toMatchObject({ type: 'UserSuspended', operation: 'suspendUser' });
    expect(await client.run('suspendUser', { id, reason: 'r', until: '2001-01-01T00:00:00Z' })).toMatchObject({
      code: 'INVALID',
      message: 'until: must be in the future',
    });
  });

  it('with an end is over by itself', async () => {
    const input = person(references());
    await client.apply('createUser', input);
    const listed = async (status: string) => {
      const { groupId } = references();
      const { items } = (
        await client.get('query($filter: UserFilter) { users(filter: $filter, limit: 100) { items { id status } } }', {
          filter: { text: input.email, groupId, status },
        })
      )['users'] as { items: { id: string; status: string }[] };
      return items;
    };
    expect(await listed('ACTIVE')).toEqual([{ id: input.id, status: 'ACTIVE' }]);
    const until = new Date(Date.now() + 15_000).toISOString();
    await settled('suspendUser', { id: input.id, reason: 'A while', until });
    // On a slow machine the moment may have passed by now.
    const isOver = () => Date.now() >= Date.parse(until);
    const suspended = await eventually('listed as suspended, or no more', async () => {
      const found = await listed('SUSPENDED');
      return (isOver() || found.length > 0) && { found, active: await listed('ACTIVE') };
    });
    if (!isOver()) expect(suspended).toEqual({ found: [{ id: input.id, status: 'SUSPENDED' }], active: [] });
    await eventually('the suspension is over', async () => {
      const { status, version } = await userNow(input.id);
      return version === 2 && status === 'ACTIVE';
    });
    expect(await userNow(input.id)).toMatchObject({
      suspendedUntil: null,
      authorizations: [{ id: ids.authorizationId }],
      version: 2,
    });
    // No event came: the lists answer by the moment, too.
    expect(await listed('SUSPENDED')).toEqual([]);
    expect(await listed('ACTIVE')).toEqual([{ id: input.id, status: 'ACTIVE' }]);
    expect(await userAt(input.id, moved(until, -1))).toMatchObject({ status: 'SUSPENDED', authorizations: [] });
    expect(await userAt(input.id, until)).toMatchObject({ status: 'ACTIVE' });
  });
});

it('two admins who grant at once both have their way', async () => {
  const roleId = await client.apply('createRole', { name: unique('r'), description: 'd', authorizationIds: [] });
  const authorizationIds = await Promise.all(
    Array.from({ length: 4 }, () => client.apply('createAuthorization', { name: unique('may'), description: 'd' })),
  );
  const others = await admin('auth0|other-admin');
  await Promise.all(
    authorizationIds.map((authorizationId, n) =>
      (n % 2 ? client : others).run('grantAuthorization', { roleId, authorizationId }),
    ),
  );
  const granted = () =>
    client
      .get('query($id: ID!) { role(id: $id) { authorizationIds version } }', { id: roleId })
      .then(({ role }) => role as { authorizationIds: string[]; version: number });
  await eventually('all are granted', async () => (await granted()).version === 5);
  expect((await granted()).authorizationIds.sort()).toEqual([...authorizationIds].sort());
  const [authorizationId] = authorizationIds;
  expect(await client.run('grantAuthorization', { roleId, authorizationId })).toMatchObject({
    status: 'APPLIED',
    version: 5,
  });
  await settled('revokeAuthorization', { roleId, authorizationId, expectedVersion: 5 });
  await eventually('it is revoked', async () => !(await granted()).authorizationIds.includes(authorizationId!));
  expect(await client.run('grantAuthorization', { roleId, authorizationId: randomUUID() })).toMatchObject({
    code: 'AUTHORIZATION_NOT_FOUND',
  });
});

describe('a correction', () => {
  const correct = (id: string, input: Record<string, unknown>) =>
    client.run('correctEvent', {
      aggregate: 'USER',
      aggregateId: id,
      ...input,
      ...(input['payload'] !== undefined && { payload: JSON.stringify(input['payload']) }),
    });

  it('cancels a deletion: as if it had not happened', async () => {
    const input = person(references());
    await client.apply('createUser', input);
    const before = await userNow(input.id);
    await client.apply('deleteUser', { id: input.id });
    expect(await correct(input.id, { kind: 'CANCEL', version: 2 })).toMatchObject({ status: 'APPLIED', version: 3 });
    await eventually('the row is back', () => userNow(input.id));
    expect(await userNow(input.id)).toEqual({ ...before, version: 3 });
    expect(await correct(input.id, { kind: 'CANCEL', version: 2 })).toMatchObject({
      code: 'INVALID',
      message: 'version: the correction changes nothing',
    });
    // The cancellation itself was wrong.
    expect(await correct(input.id, { kind: 'CANCEL', version: 3 })).toMatchObject({ status: 'APPLIED', version: 4 });
    await eventually('the row is gone', async () => (await userNow(input.id)) === null);
  });

  it('moves and inserts what happened, and says when it took effect', async () => {
    const input = person(references());
    await client.apply('createUser', input);
    await client.apply('updateUser', { id: input.id, firstName: 'Anna' });
    const [created, updated] = (await eventsOf('USER', input.id)) as [Record<string, any>, Record<string, any>];
    expect(created['effectiveAt']).toBe(created['timestamp']);

    const early = moved(created['timestamp'], 1);
    const moves = await correct(input.id, { kind: 'MOVE', version: 2, effectiveAt: early });
    expect(moves).toMatchObject({ status: 'APPLIED', version: 3 });
    expect(await userAt(input.id, early)).toMatchObject({ firstName: 'Anna' });
    expect(await userAt(input.id, early, updated['timestamp'])).toMatchObject({ firstName: 'Ann' });

    const inserted = {
      kind: 'INSERT',
      type: 'UserUpdated',
      payload: { firstName: 'Annie', lastName: 'Leigh' },
      effectiveAt: created['timestamp'],
      expectedVersion: 3,
    };
    expect(await correct(input.id, { ...inserted, expectedVersion: 2 })).toMatchObject({ code: 'VERSION_CONFLICT' });
    await client.shown(await correct(input.id, inserted));
    expect(await userNow(input.id)).toMatchObject({ firstName: 'Anna', lastName: 'Leigh', version: 4 });
    expect((await eventsOf('USER', input.id))[3]).toMatchObject({
      type: 'UserCorrected',
      effectiveAt: created['timestamp'],
      operation: 'correctEvent',
    });
  });

  it('names what could then not have happened', async () => {
    const input = person(references());
    await client.apply('createUser', input);
    await client.apply('updateUser', { id: input.id, firstName: 'Anna' });
    expect(await correct(input.id, { kind: 'CANCEL', version: 1 })).toMatchObject({
      code: 'INVALID',
      message: expect.stringMatching(/^version: version 2, UserUpdated, could then not have happened/),
    });
    const [created] = (await eventsOf('USER', input.id)) as [Record<string, any>];
    expect(
      await correct(input.id, { kind: 'MOVE', version: 2, effectiveAt: moved(created['timestamp'], -1) }),
    ).toMatchObject({ code: 'INVALID', message: expect.stringContaining('version 2,') });
    expect(await correct(input.id, { kind: 'MOVE', version: 2, effectiveAt: '2999-01-01T00:00:00Z' })).toMatchObject({
      code: 'INVALID',
      message: 'effectiveAt: must not be in the future',
    });
  });

  it("corrects an aggregate's own events like any other", async () => {
    const input = person(references());
    await client.apply('createUser', input);
    await client.apply('suspendUser', { id: input.id, reason: 'A mistake' });
    const outcome = await correct(input.id, { version: 2, payload: { reason: 'A reason' } });
    await client.shown(outcome);
    expect(await userNow(input.id)).toMatchObject({ status: 'SUSPENDED', suspensionReason: 'A reason' });
    await client.shown(await correct(input.id, { kind: 'CANCEL', version: 2 }));
    expect(await userNow(input.id)).toMatchObject({ status: 'ACTIVE', suspensionReason: null });
  });
});
