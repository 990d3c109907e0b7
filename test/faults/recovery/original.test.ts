import { afterAll, beforeAll, expect, it } from 'vitest';
import { originalEvents } from '../../fixtures/originalEvents.ts';
import { storedClaims } from '../../../functions/ports/claims/stored.ts';
import { person } from '../../e2e/organisation.ts';
import { expectInvariants } from '../../support/models/invariants.ts';
import { type OwnStack, ownStack } from '../../support/stack/ownStack.ts';
import { beginning, type Recovering, recovering } from '../../support/models/recovering.ts';

/** Events of the first implementation, in its own format, taken over into the event store: every path reads them. */
let own: OwnStack;
let to: Recovering;
beforeAll(async () => {
  own = await ownStack();
  to = recovering(own);
  for (const item of originalEvents) {
    const previous = originalEvents.find(
      ({ streamId, version }) => streamId === item.streamId && version === item.version - 1,
    );
    await to.put('eventStore', { ...item, ...(previous && { previousTimestamp: previous['timestamp'] }) });
  }
});
afterAll(() => own?.stop());

const taken = {
  firstName: 'Ann',
  lastName: 'Leigh',
  birthDate: '1990-02-28',
  email: 'ann@example.com',
  roleId: 'r-1',
  groupId: 'g-1',
};
const user = async () =>
  (
    await own.admin.get(
      `{ user(id: "5d0b") { ${Object.keys(taken).join(' ')} version createdAt updatedAt role { name authorizations { name description } } group { name } } }`,
    )
  )['user'];

it('the projection reads them: they go the live way into the views', async () => {
  await own.stack.mappings.idle();
  expect(await user()).toEqual({
    ...taken,
    version: 2,
    createdAt: '2019-07-01T16:53:23.000Z',
    updatedAt: '2019-07-01T16:53:24.000Z',
    role: { name: 'clerk', authorizations: [{ name: 'read', description: 'May read' }] },
    group: null,
  });
  expect((await own.admin.get('{ group(id: "g-1") { id } }'))['group']).toBeNull();
});

it('recovery reads them: rows come back, claims come into being, each stream counts once', async () => {
  await to.emptyViews();
  expect((await to.claims()).size).toBe(0);
  // What was deleted so long ago that nothing can arrive late any more leaves no row.
  expect(await to.recovered(beginning)).toMatchObject({ total: 4, changed: 3 });
  expect(await user()).toMatchObject({ ...taken, version: 2 });
  const held = await storedClaims(
    [
      { aggregate: 'authorization', attribute: 'name', key: 'authorization#name#read' },
      { aggregate: 'role', attribute: 'name', key: 'role#name#clerk' },
      { aggregate: 'user', attribute: 'email', key: 'user#email#ann@example.com' },
    ],
    own.inspection.keys,
  );
  const owners = ['authorization#a-1', 'role#r-1', 'user#5d0b'];
  expect(new Map([...(await to.claims())].map(([key, { streamId }]) => [key, streamId]))).toEqual(
    new Map(held.map(({ key }, index) => [key, owners[index]])),
  );
});

it('recovery from a moment of theirs counts each stream once', async () => {
  expect(await to.recovered('2019-07-01T16:53:23Z')).toMatchObject({ total: 2, changed: 0 });
  expect(await to.recovered('2019-07-01T16:53:24Z')).toMatchObject({ total: 2, changed: 0 });
  expect(await to.recovered('2019-07-01T16:53:25Z')).toMatchObject({ total: 1, changed: 0 });
});

it('history reads them: audit, past states, in today’s shape', async () => {
  const fields = 'version type payload executionQueue timestamp commandId actor aggregate aggregateId eventId';
  const { events } = await own.admin.get(
    `{ events(aggregate: USER, aggregateId: "5d0b") { items { ${fields} } nextToken } }`,
  );
  expect(events.items.map(({ type, version }: { type: string; version: number }) => [type, version])).toEqual([
    ['UserCreated', 1],
    ['UserUpdated', 2],
  ]);
  expect(events.items[0]).toMatchObject({
    eventId: '1f2e-4',
    commandId: '1f2e-4',
    aggregate: 'USER',
    aggregateId: '5d0b',
    executionQueue: 'executeCreateUserQueue',
    timestamp: '2019-07-01T16:53:23.000Z',
    actor: 'admin:unknown',
  });
  expect(JSON.parse(events.items[0].payload)).toEqual({ ...taken, lastName: 'Lee' });

  const found: string[] = [];
  let nextToken: string | null = null;
  do {
    const { eventsSince }: Record<string, any> = await own.admin.get(
      'query($n: String) { eventsSince(timestamp: "2019-01-01T00:00:00Z", limit: 4, nextToken: $n) { items { eventId } nextToken } }',
      { n: nextToken },
    );
    found.push(...eventsSince.items.map(({ eventId }: { eventId: string }) => eventId));
    nextToken = eventsSince.nextToken;
  } while (nextToken);
  expect(found).toEqual(originalEvents.map(({ eventId }) => eventId));

  const at = async (timestamp: string) =>
    (
      await own.admin.get(
        'query($t: AWSDateTime!) { userAt(id: "5d0b", timestamp: $t) { lastName version role { name } group { name } authorizations { name } } }',
        { t: timestamp },
      )
    )['userAt'];
  expect(await at('2019-07-01T16:53:22.999Z')).toBeNull();
  expect(await at('2019-07-01T16:53:23Z')).toEqual({
    lastName: 'Lee',
    version: 1,
    role: { name: 'clerk' },
    group: { name: 'north' },
    authorizations: [{ name: 'read' }],
  });
  expect(await at('2019-07-01T16:53:25Z')).toEqual({
    lastName: 'Leigh',
    version: 2,
    role: { name: 'clerk' },
    group: null,
    authorizations: [{ name: 'read' }],
  });
});

it('deciding reads them: they are updated, corrected, deleted, and their values are taken', async () => {
  const { admin } = own;
  expect(
    await admin.run('createUser', person({ roleId: 'r-1', groupId: 'g-1', email: 'ANN@example.com' })),
  ).toMatchObject({ code: 'GROUP_NOT_FOUND' });
  const groupId = await admin.apply('createGroup', {
    name: 'north',
    description: 'Taken by none: the first was deleted',
  });
  expect(await admin.run('createUser', person({ roleId: 'r-1', groupId, email: 'ANN@example.com' }))).toMatchObject({
    code: 'EMAIL_TAKEN',
  });
  expect(await admin.run('createRole', { name: 'clerk', description: 'd', authorizationIds: ['a-1'] })).toMatchObject({
    code: 'NAME_TAKEN',
  });
  expect(await admin.run('updateUser', { id: '5d0b', firstName: 'Anna', expectedVersion: 1 })).toMatchObject({
    code: 'VERSION_CONFLICT',
  });
  await admin.apply('updateUser', { id: '5d0b', firstName: 'Anna', email: 'anna@example.com', groupId });
  expect(await user()).toMatchObject({
    firstName: 'Anna',
    lastName: 'Leigh',
    email: 'anna@example.com',
    version: 3,
    group: { name: 'north' },
  });
  await admin.apply('createUser', person({ roleId: 'r-1', groupId, email: 'ann@example.com' }));
  const outcome = await admin.run('correctEvent', {
    aggregate: 'USER',
    aggregateId: '5d0b',
    version: 2,
    payload: JSON.stringify({ ...taken, lastName: 'Lea' }),
  });
  expect(outcome).toMatchObject({ status: 'APPLIED', version: 4 });
  await admin.shown(outcome);
  expect(await user()).toMatchObject({ firstName: 'Anna', lastName: 'Lea', email: 'anna@example.com', version: 4 });
  expect(await admin.run('updateGroup', { id: 'g-1', name: 'undead' })).toMatchObject({ code: 'NOT_FOUND' });
  expect(await admin.run('deleteRole', { id: 'r-1' })).toMatchObject({ code: 'IN_USE' });
  await admin.apply('updateRole', { id: 'r-1', authorizationIds: [] });
});

it('a rebuild of old and new events together changes nothing that is right', async () => {
  const total = (await own.inspection.streams()).size;
  expect(await to.recovered(beginning)).toMatchObject({ total, changed: 0 });
  await expectInvariants(own.inspection);
  expect(await own.inspection.waiting(true)).toEqual([]);
});
