import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { PublicationRefused } from '../../../../functions/ports/notifier/port.ts';
import { currentSchemaVersion } from '../../../../domain/kernel/stream/event.ts';
import { lastDeliveryToTell } from '../../../../functions/runtime/redeliveries.ts';
import { eventOf } from '../../../../functions/ports/eventStore/item.ts';
import type { EventStore } from '../../../../functions/ports/eventStore/port.ts';
import {
  command,
  createAuthorization,
  createGroup,
  createRole,
  createUser,
  deleteUser,
  person,
  signUp,
  updateUser,
} from '../../../support/clients/commands.ts';
import { memoryBackend, writePath, type WritePath } from '../../../support/models/writePath.ts';

/** A path with a role, a group and two users in it, all projected. */
const organisation = async () => {
  const path = writePath();
  const [role, group] = [createRole('reader'), createGroup('staff')];
  await path.settle(role, group);
  await path.settle(
    createUser('ada', 'ada@example.com', role.aggregateId, group.aggregateId),
    createUser('eve', 'eve@example.com', role.aggregateId, group.aggregateId),
  );
  return { path, role, group };
};

/** What the sender of a command was told last. */
const answer = (path: WritePath, message: { commandId: string; actor: string }) => path.outcomesOf(message).at(-1);

/** An event store that counts its calls, and lets a test put something in between. */
const watched = (store: EventStore, beforeAppend: () => Promise<unknown> = async () => undefined) => {
  const calls = { load: 0, append: 0 };
  const wrapped: EventStore = {
    ...store,
    load: (...of) => {
      calls.load += 1;
      return store.load(...of);
    },
    loadLast: (...of) => {
      calls.load += 1;
      return store.loadLast(...of);
    },
    append: async (...what) => {
      calls.append += 1;
      await beforeAppend();
      return store.append(...what);
    },
  };
  return { calls, wrapped };
};

describe('a command that is applied', () => {
  it('stores one event, with everything an event has', async () => {
    const path = writePath(memoryBackend(), { now: () => 1_767_225_600_500 });
    const role = createRole('reader');
    expect(await path.command(role)).toEqual(new Map());
    expect(await path.backend.items()).toEqual([
      {
        streamId: `role#${role.aggregateId}`,
        version: 1,
        eventId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        aggregate: 'role',
        aggregateId: role.aggregateId,
        type: 'RoleCreated',
        payload: { name: 'reader', description: 'A role.', authorizationIds: [] },
        executionQueue: 'executeCreateRoleQueue',
        timestamp: 1_767_225_600_500,
        commandId: role.commandId,
        actor: role.actor,
        operation: 'createRole',
        schemaVersion: currentSchemaVersion,
        commandKey: `${role.actor}#${role.commandId}`,
        timeShard: expect.stringMatching(/^2026-01#[0-7]$/),
      },
    ]);
    // Its outcome comes by way of its execution.
    expect(path.notifier.published).toEqual([]);
    expect(path.telemetry.counts).toEqual({ CommandsApplied: 1, EventsStored: 1 });
    expect(path.telemetry.times).toEqual({ CommandAge: [500] });
  });

  it('costs a create no read of the stream, and an update one read and one plain write', async () => {
    const backend = memoryBackend();
    const { calls, wrapped } = watched(backend.eventStore);
    const path = writePath({ ...backend, eventStore: wrapped });
    await path.command(signUp('ada', 'ada@example.com'));
    expect(calls).toEqual({ load: 0, append: 1 });
    await path.command(updateUser('ada', { firstName: 'Augusta' }));
    expect(calls).toEqual({ load: 1, append: 2 });
  });

  it('tells of every step by its command id, aggregate and operation', async () => {
    const { path, role } = await organisation();
    const taken = signUp('bob', 'ada@example.com');
    await path.settle(taken, role);
    await path.command('not JSON', { ...role, input: { name: 5 }, commandId: randomUUID() });
    const lines = path.telemetry.lines.filter(({ message }) => message !== 'Command could not be handled');
    expect(lines.length).toBeGreaterThan(10);
    for (const { fields } of lines)
      expect(fields).toEqual(
        expect.objectContaining({
          commandId: expect.any(String),
          aggregate: expect.any(String),
          operation: expect.any(String),
        }),
      );
  });

  it('finds its references however they are padded', async () => {
    const { path, role, group } = await organisation();
    const padded = createUser(
      'bob',
      'bob@example.com',
      `  ${role.aggregateId} `,
      `${' '.repeat(300)}${group.aggregateId}`,
    );
    expect(await path.command(padded)).toEqual(new Map());
    expect((await path.backend.eventStore.load('user', 'bob'))[0]?.payload).toMatchObject({
      roleId: role.aggregateId,
      groupId: group.aggregateId,
    });
  });
});

describe('a command that is rejected', () => {
  const rejected = async (path: WritePath, message: ReturnType<typeof command>, code: string) => {
    const before = (await path.backend.items()).length;
    expect(await path.command(message)).toEqual(new Map());
    expect(answer(path, message)).toMatchObject({
      status: 'REJECTED',
      code,
      message: expect.any(String),
      version: null,
      operation: message.operation,
      aggregateId: message.aggregateId,
      actor: message.actor,
    });
    expect(await path.backend.outcomes.find(message)).toMatchObject({ status: 'REJECTED', code });
    expect((await path.backend.items()).length).toBe(before);
  };

  it('stores no event and is told why', async () => {
    const { path, role, group } = await organisation();
    const [r, g] = [role.aggregateId, group.aggregateId];
    await rejected(path, createUser('bob', 'ADA@Example.com ', r, g), 'EMAIL_TAKEN');
    await rejected(path, updateUser('eve', { email: 'Ada@example.com' }), 'EMAIL_TAKEN');
    await rejected(path, createRole(' reader'), 'NAME_TAKEN');
    await rejected(path, createUser('bob', 'bob@example.com', randomUUID(), g), 'ROLE_NOT_FOUND');
    await rejected(path, updateUser('eve', { groupId: 'nowhere' }), 'GROUP_NOT_FOUND');
    await rejected(path, createRole('writer', [randomUUID()]), 'AUTHORIZATION_NOT_FOUND');
    await rejected(path, createUser('ada', 'other@example.com', r, g), 'ALREADY_EXISTS');
    await rejected(path, updateUser('bob', { firstName: 'Bob' }), 'NOT_FOUND');
    await rejected(path, updateUser('ada', { firstName: 'A' }, { expectedVersion: 7 }), 'VERSION_CONFLICT');
    await rejected(path, command('deleteRole', r, {}), 'IN_USE');
    await rejected(path, command('deleteGroup', g, {}), 'IN_USE');
    await rejected(path, updateUser('ada', { firstName: '  ' }), 'INVALID');
    await rejected(path, updateUser('ada', { nickname: 'a' }), 'INVALID');
    expect(path.telemetry.counts).toMatchObject({
      CommandsRejected: 13,
      'CommandsRejected/EMAIL_TAKEN': 2,
      'CommandsRejected/INVALID': 2,
      'CommandsRejected/IN_USE': 2,
    });
  });

  it('is answered, not decided again, when it is repeated', async () => {
    const { path } = await organisation();
    const taken = updateUser('eve', { email: 'ada@example.com' });
    await path.command(taken);
    // What stood in its way goes away, and the sender, who was told no, has gone on.
    await path.settle(deleteUser('ada'));
    expect(await path.command(taken)).toEqual(new Map());
    expect(path.outcomesOf(taken).map(({ code }) => code)).toEqual(['EMAIL_TAKEN', 'EMAIL_TAKEN']);
    expect(await path.backend.eventStore.load('user', 'eve')).toHaveLength(1);
    expect(path.telemetry.counts['CommandRepeats']).toBe(1);
  });

  it('is delivered again until its sender could be told', async () => {
    const path = writePath();
    let down = true;
    path.commandPorts.notifier = {
      publish: async (given) =>
        down ? given.map((_, index) => ({ index, error: new Error('down') })) : path.notifier.publish(given),
    };
    const missing = updateUser('nobody', { firstName: 'A' });
    const fine = createRole('fine');
    expect([...(await path.command(missing, fine)).values()]).toEqual([new Error('down')]);
    down = false;
    expect(await path.command(missing)).toEqual(new Map());
    expect(answer(path, missing)).toMatchObject({ code: 'NOT_FOUND' });
  });

  it('is done though its sender could not be told, at the last delivery to tell or where the API refuses it', async () => {
    const path = writePath();
    const missing = updateUser('nobody', { firstName: 'A' });
    let error = new Error('away');
    path.commandPorts.notifier = { publish: async (all) => all.map((_, index) => ({ index, error })) };
    path.deliveries = lastDeliveryToTell;
    expect(await path.command(missing)).toEqual(new Map());
    error = new PublicationRefused('no');
    path.deliveries = 1;
    expect(await path.command(missing)).toEqual(new Map());
    expect(path.telemetry.counts).toMatchObject({ NotificationsNotSent: 2 });
    expect(await path.backend.outcomes.find(missing)).toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('a command whose wish already holds', () => {
  it('is applied at the version that is there, without an event', async () => {
    const { path } = await organisation();
    const same = updateUser('ada', { firstName: person.firstName });
    await path.settle(deleteUser('eve'));
    const again = deleteUser('eve');
    await path.settle(same, again);
    expect(answer(path, same)).toMatchObject({ status: 'APPLIED', version: 1, code: null });
    expect(answer(path, again)).toMatchObject({ status: 'APPLIED', version: 2, code: null });
    // And stays so, whatever happens later.
    await path.settle(updateUser('ada', { firstName: 'Augusta' }));
    await path.settle(same);
    expect(path.outcomesOf(same).map(({ version }) => version)).toEqual([1, 1]);
    expect(await path.backend.eventStore.load('user', 'ada')).toHaveLength(2);
  });

  it('is told so only when the view shows it', async () => {
    const { path } = await organisation();
    const [first, same] = [updateUser('ada', { firstName: 'Augusta' }), updateUser('ada', { firstName: 'Augusta' })];
    await path.command(first);
    await path.command(same);
    expect(path.outcomesOf(same)).toEqual([]);
    expect(await path.row('user', 'ada')).toMatchObject({ version: 1 });
    // Its message may be faster than that of the event itself.
    await path.execute(...path.takeMessages());
    expect(await path.row('user', 'ada')).toMatchObject({ version: 2, firstName: 'Augusta' });
    expect(path.outcomesOf(same)).toMatchObject([
      { commandId: same.commandId, operation: 'updateUser', status: 'APPLIED', version: 2 },
    ]);
    expect(path.outcomesOf(first)).toEqual([]);
    await path.mediate();
    await path.execute(...path.takeMessages());
    expect(path.outcomesOf(first)).toMatchObject([{ status: 'APPLIED', version: 2 }]);
  });
});

describe('a command that is repeated', () => {
  it('leaves one event, which goes to execution again', async () => {
    const { path } = await organisation();
    const rename = updateUser('ada', { firstName: 'Augusta' });
    await path.command(rename, rename);
    await path.command(rename);
    expect(await path.backend.eventStore.load('user', 'ada')).toHaveLength(2);
    expect(path.queues.sent.get('executeUpdateUserQueue')).toHaveLength(2);
    await path.execute(...path.takeMessages());
    expect(path.outcomesOf(rename).every(({ status, version }) => status === 'APPLIED' && version === 2)).toBe(true);
    expect(path.outcomesOf(rename)).toHaveLength(2);
  });

  it('is known in its stream however much came after it', async () => {
    const { path } = await organisation();
    const rename = updateUser('ada', { firstName: 'Augusta' });
    await path.settle(rename);
    for (const lastName of ['King', 'Byron', 'Noel']) await path.settle(updateUser('ada', { lastName }));
    await path.command(rename);
    expect(await path.backend.eventStore.load('user', 'ada')).toHaveLength(5);
  });

  it('is no rejection because the world has changed since it was applied', async () => {
    const { path, role, group } = await organisation();
    const bob = createUser('bob', 'bob@example.com', role.aggregateId, group.aggregateId);
    const authorization = createAuthorization('read');
    await path.settle(bob, authorization);
    const created = createRole('short-lived', [authorization.aggregateId]);
    await path.settle(created);
    await path.settle(
      command('deleteRole', created.aggregateId, {}),
      updateUser('bob', { email: 'robert@example.com' }),
      updateUser('eve', { email: 'bob@example.com' }),
    );
    await path.settle(command('deleteAuthorization', authorization.aggregateId, {}));
    // The role's authorization is gone, and bob's first address is eve's now.
    expect(await path.command(created, bob)).toEqual(new Map());
    await path.execute(...path.takeMessages());
    expect(path.outcomesOf(created).map(({ status }) => status)).toEqual(['APPLIED', 'APPLIED']);
    expect(path.outcomesOf(bob).map(({ status }) => status)).toEqual(['APPLIED', 'APPLIED']);
  });

  it('counts as applied where its event exists, even if another delivery was rejected', async () => {
    const { path } = await organisation();
    const rename = updateUser('ada', { firstName: 'Augusta' });
    await path.command(rename);
    const { commandId, actor, operation, aggregate, aggregateId } = rename;
    await path.backend.outcomes.record({
      commandId,
      actor,
      operation,
      aggregate,
      aggregateId,
      status: 'REJECTED',
      code: 'IN_USE',
      message: '',
    });
    const role = createRole('raced');
    await path.command(role);
    await path.backend.outcomes.record({
      commandId: role.commandId,
      actor: role.actor,
      operation: 'createRole',
      aggregate: 'role',
      aggregateId: role.aggregateId,
      status: 'REJECTED',
      code: 'NAME_TAKEN',
      message: '',
    });
    await path.command(rename, role);
    expect(path.outcomesOf(rename)).toEqual([]);
    expect(path.outcomesOf(role)).toEqual([]);
    await path.execute(...path.takeMessages());
    expect([...path.outcomesOf(rename), ...path.outcomesOf(role)].map(({ status }) => status)).toEqual([
      'APPLIED',
      'APPLIED',
    ]);
  });

  it('is the same however its id is written', async () => {
    const path = writePath();
    const role = createRole('reader');
    await path.settle(role);
    const shouted = role.commandId.toUpperCase();
    await path.command({ ...role, commandId: shouted, aggregateId: shouted });
    expect(await path.backend.items()).toHaveLength(1);
    await path.execute(...path.takeMessages());
    expect(path.outcomesOf(role).map(({ status, version }) => [status, version])).toEqual([
      ['APPLIED', 1],
      ['APPLIED', 1],
    ]);
  });

  it('is another command when another actor sends it', async () => {
    const path = writePath();
    const mine = createRole('mine');
    await path.settle(mine);
    const theirs = { ...mine, actor: 'admin:auth0|other' };
    await path.command(theirs);
    expect(path.outcomesOf(theirs)).toMatchObject([{ status: 'REJECTED', code: 'ALREADY_EXISTS' }]);
    expect(path.outcomesOf(mine)).toHaveLength(1);
  });
});

describe('commands of the same aggregate at the same time', () => {
  it('are decided again on top of what was faster', async () => {
    const backend = memoryBackend();
    await writePath(backend).command(signUp('ada', 'ada@example.com'));
    let others = 3;
    const { wrapped } = watched(backend.eventStore, async () => {
      others -= 1;
      if (others >= 0) await writePath(backend).command(updateUser('ada', { lastName: `Name ${others}` }));
    });
    const path = writePath({ ...backend, eventStore: wrapped });
    await path.command(updateUser('ada', { firstName: 'Augusta' }));
    expect((await backend.eventStore.load('user', 'ada')).map(({ payload }) => Object.keys(payload).join())).toEqual([
      'firstName,lastName,birthDate,email',
      'lastName',
      'lastName',
      'lastName',
      'firstName',
    ]);
    expect(path.telemetry.counts['AppendRetries']).toBe(3);
  });

  it('cannot both pass the same expected version', async () => {
    const backend = memoryBackend();
    await writePath(backend).command(signUp('ada', 'ada@example.com'));
    let raced = false;
    const { wrapped } = watched(backend.eventStore, async () => {
      if (!raced) {
        raced = true;
        await writePath(backend).command(updateUser('ada', { lastName: 'King' }, { expectedVersion: 1 }));
      }
    });
    const path = writePath({ ...backend, eventStore: wrapped });
    const late = updateUser('ada', { firstName: 'Augusta' }, { expectedVersion: 1 });
    await path.command(late);
    expect(answer(path, late)).toMatchObject({ code: 'VERSION_CONFLICT' });
  });

  it('are one when they are two deliveries of the same create', async () => {
    const backend = memoryBackend();
    const bob = signUp('bob', 'bob@example.com');
    let raced = false;
    const { wrapped } = watched(backend.eventStore, async () => {
      if (!raced) {
        raced = true;
        await writePath(backend).command(bob);
      }
    });
    const path = writePath({ ...backend, eventStore: wrapped });
    expect(await path.command(bob)).toEqual(new Map());
    expect(await backend.eventStore.load('user', 'bob')).toHaveLength(1);
    expect(path.queues.sent.get('executeSignUpQueue')).toHaveLength(1);
  });

  it('are handled in order within a batch, those of other aggregates beside them', async () => {
    const path = writePath();
    const names = Array.from({ length: 8 }, (_, index) => `Name ${index}`);
    await path.command(
      signUp('ada', 'ada@example.com'),
      ...names.map((firstName) => updateUser('ada', { firstName })),
      createRole('one'),
      createRole('two'),
    );
    const events = await path.backend.eventStore.load('user', 'ada');
    expect(events.slice(1).map(({ payload }) => payload['firstName'])).toEqual(names);
    expect(
      (await path.backend.items()).map((item) => eventOf(item).aggregate).filter((name) => name === 'role'),
    ).toHaveLength(2);
  });

  it('end in another delivery when others are always faster', async () => {
    const backend = memoryBackend();
    await writePath(backend).command(signUp('ada', 'ada@example.com'));
    let count = 0;
    const { wrapped } = watched(backend.eventStore, async () => {
      count += 1;
      await writePath(backend).command(updateUser('ada', { lastName: `Name ${count}` }));
    });
    const failures = await writePath({ ...backend, eventStore: wrapped }).command(
      updateUser('ada', { firstName: 'Augusta' }),
    );
    expect([...failures.values()][0]?.message).toContain('faster at every try');
  });
});

describe('a message that is not a proper command', () => {
  const role = createRole('reader');

  it.each<[string, unknown]>([
    ['is not JSON', '{"commandId":'],
    ['is no object', '"text"'],
    ['names no command', { ...role, commandId: undefined }],
    ['names no actor', { ...role, actor: '' }],
    ['names a command that no table could key', { ...role, commandId: 'x'.repeat(5000) }],
    ['is about nothing known', { ...role, operation: 'constructor', aggregate: '__proto__' }],
  ])('goes to the dead letters when it %s, and holds nothing up', async (_, message) => {
    const path = writePath();
    const others = [createRole('before'), createRole('after')];
    const failures = await path.command(others[0]!, message as object, others[1]!);
    expect(failures.size).toBe(1);
    expect(await path.backend.items()).toHaveLength(2);
    expect(path.notifier.published).toEqual([]);
  });

  it.each<[object, string]>([
    [{ operation: 'dropTables' }, 'operation: must be the name of an operation'],
    [{ aggregate: 'planet' }, 'aggregate: must be one of user, role, authorization, group'],
    [{ aggregateId: 5 }, 'aggregateId: must be a string'],
    [{ aggregateId: '' }, 'aggregateId: must have 1 to 255 characters'],
    [{ input: [] }, 'input: must be an object'],
    [{ expectedVersion: '3' }, 'expectedVersion: must be a number'],
    [{ sentAt: 5 }, 'sentAt: must be a string'],
  ])('with %j is told: %s', async (change, words) => {
    const path = writePath();
    const message = { ...createRole('reader'), ...change };
    await path.command(message);
    expect(answer(path, message)).toMatchObject({ status: 'REJECTED', code: 'INVALID', message: words });
  });

  it.each<[string, object]>([
    ['has an unknown operation', { operation: 'dropTables' }],
    ['has another aggregate than its operation', { aggregate: 'group' }],
    ['has an unknown aggregate', { aggregate: 'planet' }],
    ['has an id that is too long', { aggregateId: 'x'.repeat(100_000) }],
    ['has an id that is no text', { aggregateId: { a: 1 } }],
    ['has no input', { input: null }],
    ['has an expected version that is no number', { expectedVersion: 'three' }],
    ['has an expected version that is no version', { expectedVersion: -1 }],
    ['has an input of 300 KB', { input: { name: 'x', description: 'y'.repeat(300_000), authorizationIds: [] } }],
    ['has an attribute of 100 KB by name', { input: { ...role.input, ['z'.repeat(100_000)]: 1 } }],
    ['has a reference that is too long', { input: { ...role.input, authorizationIds: ['x'.repeat(10_000)] } }],
    ['comes from the other application', { actor: 'user:auth0|ada' }],
    ['has a command id that is no UUID', { commandId: 'mine' }],
  ])('is rejected as INVALID when it %s', async (_, change) => {
    const path = writePath();
    const message = { ...createRole('reader'), ...change };
    expect(await path.command(message)).toEqual(new Map());
    expect(answer(path, message)).toMatchObject({
      status: 'REJECTED',
      code: 'INVALID',
      aggregate: expect.stringMatching(/^(ROLE|GROUP)$/),
    });
    expect(JSON.stringify(path.notifier.published).length).toBeLessThan(2000);
    expect(await path.backend.items()).toEqual([]);
  });
});
