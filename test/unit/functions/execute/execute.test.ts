import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { initialState } from '../../../../domain/kernel/stream/state.ts';
import type { DomainEvent } from '../../../../domain/kernel/stream/event.ts';
import { fold } from '../../../../domain/kernel/stream/fold.ts';
import { rowOf } from '../../../../domain/kernel/view/view.ts';
import { executeBatch } from '../../../../functions/execute/handleExecutions.ts';
import { bodyOfEvent } from '../../../../functions/messages.ts';
import { list } from '../../../../functions/ports/directory/list.ts';
import { memoryDirectory } from '../../../../functions/ports/directory/memory.ts';
import { itemOf } from '../../../../functions/ports/eventStore/item.ts';
import type { MemoryEventStore } from '../../../../functions/ports/eventStore/memory.ts';
import type { EventReader } from '../../../../functions/ports/eventStore/port.ts';
import { memoryNotifier } from '../../../../functions/ports/notifier/memory.ts';
import { PublicationRefused } from '../../../../functions/ports/notifier/port.ts';
import { lastDeliveryToTell } from '../../../../functions/runtime/redeliveries.ts';
import type { Views } from '../../../../functions/ports/views/port.ts';
import {
  command,
  correctEvent,
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

/** Counts what is asked of the store and the views. */
const counted = () => {
  const backend = memoryBackend();
  const calls: string[] = [];
  const watch = <Port extends object>(port: Port, name: string): Port =>
    new Proxy(port, {
      get:
        (target, method) =>
        (...parameters: unknown[]) => {
          calls.push(`${name}.${String(method)}`);
          return Reflect.apply(Reflect.get(target, method) as (...all: unknown[]) => unknown, target, parameters);
        },
    });
  return {
    backend: {
      ...backend,
      eventStore: watch(backend.eventStore, 'store') as typeof backend.eventStore,
      views: watch<Views>(backend.views, 'views'),
    },
    calls,
  };
};

/** Commands, decided one after the other, and the messages that follow from them: one per event, in order. */
const messagesOf = async (path: WritePath, ...commands: Parameters<WritePath['command']>): Promise<string[]> => {
  for (const each of commands) for (const error of (await path.command(each)).values()) throw error;
  return (await path.events()).map((event) => bodyOfEvent({ ...event }));
};

const whole = async (path: WritePath, id: string) =>
  rowOf('user', id, fold(await path.backend.eventStore.load('user', id)));
const life = [
  signUp('ada', 'ada@example.com'),
  updateUser('ada', { firstName: 'Augusta', email: 'Augusta@Example.com' }),
  updateUser('ada', { lastName: 'King' }),
];

describe('projection', () => {
  it('costs one conditional write per event in order, and a look whether the row stood still while it was listed', async () => {
    const { backend, calls } = counted();
    const path = writePath(backend);
    const messages = await messagesOf(path, ...life, deleteUser('ada'));
    calls.length = 0;
    for (const message of messages) expect(await path.execute(message)).toEqual(new Map());
    expect(calls.filter((call) => call !== 'views.getMany')).toEqual([
      'views.put',
      'views.get',
      'views.change',
      'views.get',
      'views.change',
      'views.get',
      'views.put',
      'views.get',
    ]);
    expect(path.telemetry.counts).toMatchObject({ EventsProjected: 4 });
  });

  it.each([true, false])(
    'is listed as it is in the end, though it moves while it is listed; new: %s',
    async (isNew) => {
      const directory = memoryDirectory();
      const moment = '2026-01-01T00:00:00.000Z';
      const group = (name: string, version: number) => ({
        ...{ id: 'g', name, nameKey: name, description: 'd', version, createdAt: moment, updatedAt: moment },
      });
      const key = { aggregate: 'group', id: 'g' } as const;
      // Whoever moved it has listed it already.
      await list({ key, row: group('new', 2) }, directory, async () => group('new', 2));
      await list({ key, row: group('old', 1), isNew }, directory, async () => group('new', 2));
      expect(new Set(directory.entries().map(({ name, version }) => `${String(name)} ${version}`))).toEqual(
        new Set(['new 2']),
      );
    },
  );

  it('is listed whole after its first event has come twice, the first time to half', async () => {
    const directory = memoryDirectory();
    const path = writePath({ ...memoryBackend(), directory });
    const [message] = await messagesOf(path, createGroup('half'));
    await path.execute(message!);
    const whole = directory.entries();
    const [{ rowKey } = { rowKey: '' }] = whole;
    await directory.settle(rowKey, [{ ...whole[0]!, entry: 'of nothing' }]);
    await path.execute(message!);
    expect(new Set(directory.entries())).toEqual(new Set(whole));
  });

  it('shows after every event what folding the events so far gives', async () => {
    const path = writePath();
    const [role, group] = [createRole('role'), createGroup('group')];
    const history = [
      createUser('bob', 'bob@example.com', role.aggregateId, group.aggregateId),
      updateUser('bob', { roleId: null, firstName: 'Robert' }),
      updateUser('bob', { roleId: role.aggregateId, groupId: null, email: ' BOB@new.example ' }),
      correctEvent({ aggregate: 'user', aggregateId: 'bob' }, 2, { roleId: null, firstName: 'Rob' }),
      updateUser('bob', { birthDate: '1991-01-01' }),
      deleteUser('bob'),
      correctEvent({ aggregate: 'user', aggregateId: 'bob' }, 5, { birthDate: '1992-02-02' }),
    ];
    await path.settle(role, group);
    for (const each of history) {
      await path.settle(each);
      expect(await path.row('user', 'bob')).toEqual(await whole(path, 'bob'));
    }
    expect(await path.row('user', 'bob')).toEqual({
      id: 'bob',
      version: 7,
      deletedAt: expect.any(String),
      expiresAt: expect.any(Number),
    });
  });

  it('fills a gap from the store, and takes the late events for repeats', async () => {
    const path = writePath();
    const [first, second, third] = await messagesOf(path, ...life);
    await path.execute(third!);
    expect(await path.row('user', 'ada')).toEqual(await whole(path, 'ada'));
    await path.execute(first!);
    await path.execute(second!);
    expect(await path.row('user', 'ada')).toEqual(await whole(path, 'ada'));
    expect(path.telemetry.counts).toMatchObject({ GapsFilled: 1, EventRepeats: 2 });
    // Every sender heard of the own command all the same.
    for (const each of life) expect(path.outcomesOf(each)).toHaveLength(1);
  });

  it('fills a gap in a row that is there', async () => {
    const { backend, calls } = counted();
    const path = writePath(backend);
    const [first, , third] = await messagesOf(path, ...life);
    await path.execute(first!);
    calls.length = 0;
    await path.execute(third!);
    expect(calls.filter((call) => call !== 'views.getMany')).toEqual([
      'views.change',
      'store.loadAfter',
      'views.put',
      'views.get',
    ]);
    expect(await path.row('user', 'ada')).toEqual(await whole(path, 'ada'));
  });

  it('never brings back what was deleted', async () => {
    const path = writePath();
    const messages = await messagesOf(path, ...life, deleteUser('ada'));
    for (const message of [...messages].reverse()) await path.execute(message);
    await path.execute(...messages, ...messages);
    const row = await path.row('user', 'ada');
    expect(row).toEqual({ id: 'ada', version: 4, deletedAt: expect.any(String), expiresAt: expect.any(Number) });
    expect(
      path.notifier.published.every(
        ({ update }) => update?.change === 'DELETED' && update.user === null && update.version === 4,
      ),
    ).toBe(true);
  });

  it('takes the events of one stream in a batch in order, whatever order they are in', async () => {
    const { backend, calls } = counted();
    const path = writePath(backend);
    const messages = await messagesOf(path, ...life);
    calls.length = 0;
    expect(await path.execute(...[...messages].reverse())).toEqual(new Map());
    expect(calls.filter((call) => call !== 'views.getMany')).toEqual([
      'views.put',
      'views.get',
      'views.change',
      'views.get',
      'views.change',
      'views.get',
    ]);
    expect(path.notifier.published.map(({ update }) => update?.version)).toEqual([1, 2, 3]);
  });

  it('goes again when another handler was faster, and gives way when it was further', async () => {
    const backend = memoryBackend();
    const other = writePath(backend);
    const messages = await messagesOf(other, ...life);
    let raced = false;
    const eventStore: EventReader & typeof backend.eventStore = {
      ...backend.eventStore,
      loadLast: async (...of) => {
        const events = await backend.eventStore.loadLast(...of);
        if (!raced) {
          raced = true;
          await other.execute(...messages.slice(0, 2));
        }
        return events;
      },
    };
    const path = writePath({ ...backend, eventStore });
    // The second event meets no row, reads the store, and finds the row there when it writes.
    expect(await path.execute(messages[1]!)).toEqual(new Map());
    expect(await path.row('user', 'ada')).toMatchObject({ version: 2 });
    expect(path.telemetry.counts).toEqual({ EventRepeats: 1 });
  });
});

describe('what subscribers hear of an execution', () => {
  it('is the row as it now is, with what it refers to, and the outcome', async () => {
    const path = writePath();
    const [read, write, group] = [createAuthorization('read'), createAuthorization('write'), createGroup('staff')];
    await path.settle(read, write, group);
    const role = createRole('editor', [write.aggregateId, read.aggregateId]);
    await path.settle(role);
    path.notifier.published.length = 0;
    const bob = createUser('bob', 'Bob@example.com', role.aggregateId, group.aggregateId);
    await path.settle(bob);
    const event = (await path.backend.eventStore.load('user', 'bob'))[0]!;
    const times = { version: 1, createdAt: expect.any(String), updatedAt: expect.any(String) };
    const authorizations = [
      { id: write.aggregateId, name: 'write', description: 'May write.', ...times },
      { id: read.aggregateId, name: 'read', description: 'May read.', ...times },
    ];
    expect(path.notifier.published).toEqual([
      {
        update: {
          aggregate: 'USER',
          aggregateId: 'bob',
          version: 1,
          change: 'CREATED',
          commandId: bob.commandId,
          eventId: event.eventId,
          timestamp: new Date(event.timestamp).toISOString(),
          name: 'Ada Lovelace',
          user: {
            id: 'bob',
            firstName: 'Ada',
            lastName: 'Lovelace',
            birthDate: '1990-12-10',
            email: 'Bob@example.com',
            displayName: 'Ada Lovelace',
            status: 'ACTIVE',
            suspensionReason: null,
            suspendedUntil: null,
            emailVerified: false,
            roleId: role.aggregateId,
            groupId: group.aggregateId,
            role: {
              id: role.aggregateId,
              name: 'editor',
              description: 'A role.',
              authorizationIds: [write.aggregateId, read.aggregateId],
              authorizations,
              ...times,
            },
            group: { id: group.aggregateId, name: 'staff', description: 'A group.', ...times },
            authorizations,
            ...times,
          },
          role: null,
          authorization: null,
          group: null,
        },
        outcome: {
          commandId: bob.commandId,
          actor: bob.actor,
          status: 'APPLIED',
          operation: 'createUser',
          aggregate: 'USER',
          aggregateId: 'bob',
          version: 1,
          code: null,
          message: null,
        },
      },
    ]);
  });

  it('says null where nothing is referred to, or it is no longer there', async () => {
    const path = writePath();
    const [role, group] = [createRole('role'), createGroup('group')];
    await path.settle(role, group);
    // Decided before the views know of the user: the reference is left dangling.
    await path.command(createUser('bob', 'bob@example.com', role.aggregateId, group.aggregateId));
    await path.command(command('deleteRole', role.aggregateId, {}));
    await path.mediate();
    await path.execute(...path.takeMessages().reverse());
    await path.settle(signUp('eve', 'eve@example.com'), updateUser('bob', { firstName: 'Bob' }));
    const users = path.notifier.published.flatMap(({ update }) => (update?.user ? [update.user] : []));
    expect(users.find(({ id }) => id === 'eve')).toMatchObject({
      roleId: null,
      role: null,
      groupId: null,
      group: null,
      authorizations: [],
    });
    expect(users.find(({ id, firstName }) => id === 'bob' && firstName === 'Bob')).toMatchObject({
      roleId: role.aggregateId,
      role: null,
      group: { name: 'group' },
      authorizations: [],
    });
  });

  it('costs two batch reads and one publication for a whole batch', async () => {
    const { backend, calls } = counted();
    const path = writePath(backend);
    const authorizations = [createAuthorization('read'), createAuthorization('write')];
    await path.settle(...authorizations);
    const roles = [
      createRole('one', [authorizations[0]!.aggregateId]),
      createRole(
        'two',
        authorizations.map(({ aggregateId }) => aggregateId),
      ),
    ];
    const group = createGroup('group');
    await path.settle(...roles, group);
    await path.command(
      ...Array.from({ length: 10 }, (_, index) =>
        createUser(`u${index}`, `u${index}@example.com`, roles[index % 2]!.aggregateId, group.aggregateId),
      ),
    );
    await path.mediate();
    let publications = 0;
    path.executePorts.notifier = {
      publish: (given) => {
        publications += 1;
        return path.notifier.publish(given);
      },
    };
    calls.length = 0;
    await path.execute(...path.takeMessages());
    expect(calls.filter((call) => call === 'views.getMany')).toHaveLength(2);
    expect(publications).toBe(1);
  });

  it('comes again with every repeat', async () => {
    const path = writePath();
    const [message] = await messagesOf(path, life[0]!);
    for (let n = 0; n < 3; n += 1) await path.execute(message!);
    expect(path.outcomesOf(life[0]!).map(({ status, version }) => [status, version])).toEqual(
      Array.from({ length: 3 }, () => ['APPLIED', 1]),
    );
    expect(path.notifier.published.map(({ update }) => update?.user?.email)).toEqual([
      'ada@example.com',
      'ada@example.com',
      'ada@example.com',
    ]);
  });

  it('is delivered again when it could not be published, without touching the row twice', async () => {
    const path = writePath();
    const messages = await messagesOf(path, life[0]!, createRole('fine'));
    path.executePorts.notifier = {
      publish: async (given) =>
        given.flatMap(({ update }, index) =>
          update?.aggregate === 'USER' ? [{ index, error: new Error('refused') }] : [],
        ),
    };
    expect([...(await path.execute(...messages)).values()]).toEqual([new Error('refused')]);
    path.executePorts.notifier = {
      publish: async () => {
        throw new Error('down');
      },
    };
    expect((await path.execute(...messages)).size).toBe(2);
    path.executePorts.notifier = path.notifier;
    expect(await path.execute(messages[0]!)).toEqual(new Map());
    expect(path.outcomesOf(life[0]!)).toHaveLength(1);
    expect(path.telemetry.counts).toMatchObject({ EventsProjected: 2, EventRepeats: 3, ExecutionsFailed: 3 });
    expect(path.telemetry.counts['NotificationsNotSent']).toBeUndefined();
  });

  it('is given up at a delivery after which its queue still has some: counted, in the log, and done', async () => {
    const path = writePath();
    const messages = await messagesOf(path, life[0]!);
    path.executePorts.notifier = {
      publish: async (all) => all.map((_, index) => ({ index, error: new Error('away') })),
    };
    path.deliveries = lastDeliveryToTell - 1;
    expect((await path.execute(...messages)).size).toBe(1);
    path.deliveries = lastDeliveryToTell;
    expect(await path.execute(...messages)).toEqual(new Map());
    expect(path.telemetry.counts).toMatchObject({ NotificationsNotSent: 1, ExecutionsFailed: 1 });
    expect(path.telemetry.lines.at(-1)).toMatchObject({
      fields: { commandId: life[0]!.commandId, deliveries: lastDeliveryToTell, error: new Error('away') },
    });
    expect(await path.row('user', 'ada')).toMatchObject({ version: 1 });
  });

  it('is told without the row when no type of the API can show it: counted, in the log, until a correction mends it', async () => {
    const path = writePath();
    const payload = { ...person, email: 'a..b@docomo.example', roleId: null, groupId: null };
    const event = {
      ...{ eventId: randomUUID(), commandId: randomUUID(), aggregate: 'user', aggregateId: 'odd', version: 1 },
      ...{ type: 'UserCreated', payload, executionQueue: 'executeCreateUserQueue', timestamp: 1, schemaVersion: 1 },
      ...{ operation: 'createUser', actor: 'admin:a' },
    } as DomainEvent;
    (path.backend.eventStore as MemoryEventStore).items.push(itemOf(event));
    expect(await path.execute(bodyOfEvent({ ...event }))).toEqual(new Map());
    expect(await path.row('user', 'odd')).toMatchObject({ version: 1, email: 'a..b@docomo.example' });
    expect(path.notifier.published).toMatchObject([
      { update: { aggregateId: 'odd', version: 1, change: 'CREATED', user: null }, outcome: { status: 'APPLIED' } },
    ]);
    expect(path.telemetry.counts).toMatchObject({ RowsNotShown: 1 });
    const { level, message, fields } = path.telemetry.lines.at(-1)!;
    expect([level, message, fields.aggregateId]).toEqual(['error', 'Row cannot be shown', 'odd']);
    expect(fields.error?.message).toBe('The row cannot be shown, because of: email');

    await path.mediate();
    path.takeMessages();
    await path.settle(updateUser('odd', { firstName: 'Odder' }));
    expect(path.telemetry.counts).toMatchObject({ RowsNotShown: 2 });
    const right = { ...person, email: 'odd@example.com' };
    await path.settle(correctEvent({ aggregate: 'user', aggregateId: 'odd' }, 1, right));
    expect(path.notifier.published.at(-1)).toMatchObject({
      update: { version: 3, user: { email: 'odd@example.com', firstName: 'Odder' } },
    });
    expect(path.telemetry.counts).toMatchObject({ RowsNotShown: 2 });
  });

  it('is told without the row when the API refuses it for its content: counted, in the log, and done at once', async () => {
    const path = writePath();
    const messages = await messagesOf(path, life[0]!, createRole('fine'));
    path.executePorts.notifier = memoryNotifier(({ update }) =>
      update?.user ? new PublicationRefused('no') : undefined,
    );
    expect(await path.execute(...messages)).toEqual(new Map());
    expect(path.telemetry.counts).toMatchObject({ NotificationsNotSent: 1 });
    expect(path.telemetry.lines.at(-1)).toMatchObject({
      fields: { commandId: life[0]!.commandId, error: new PublicationRefused('no') },
    });
  });
});

describe('every line of the log', () => {
  /** The lines of executing these, each of which must name the command of the event that it is about. */
  const linesOf = async (path: WritePath, ...messages: string[]) => {
    path.telemetry.lines.length = 0;
    await path.execute(...messages);
    const events = messages.map((message) => (JSON.parse(message) as { event: DomainEvent }).event);
    for (const { fields } of path.telemetry.lines) {
      const event = events.find(({ eventId }) => eventId === fields['eventId']);
      expect(event, JSON.stringify(fields)).toBeDefined();
      expect(fields).toMatchObject({
        commandId: event?.commandId,
        operation: event?.operation,
        aggregate: 'user',
        aggregateId: 'ada',
        version: event?.version,
      });
    }
    return path.telemetry.lines.map(({ level, message, fields }) => [
      level,
      message,
      fields['how'] ?? String(fields['error']),
      fields['commandId'],
    ]);
  };
  const commandIds = life.map(({ commandId }) => commandId);

  it('carries the command id: of what was applied, filled in, and a repeat', async () => {
    const path = writePath();
    const [first, second, third] = await messagesOf(path, ...life);
    expect(await linesOf(path, first!)).toEqual([['info', 'Event projected', 'applied', commandIds[0]]]);
    expect(await linesOf(path, third!)).toEqual([['info', 'Event projected', 'caughtUp', commandIds[2]]]);
    expect(await linesOf(path, second!, third!)).toEqual([
      ['info', 'Event projected', 'repeat', commandIds[1]],
      ['info', 'Event projected', 'repeat', commandIds[2]],
    ]);
  });

  it('carries the command id: of what failed at its row, was refused by the notifier, cannot be read, or found no time', async () => {
    const path = writePath();
    const messages = await messagesOf(path, ...life);
    const { views } = path.executePorts;
    path.executePorts.views = {
      ...views,
      put: async () => {
        throw new Error('no row');
      },
      get: async () => {
        throw new Error('no row');
      },
      change: async () => {
        throw new Error('no row');
      },
    };
    expect(await linesOf(path, ...messages)).toEqual(
      commandIds.map((commandId) => ['error', 'Execution failed', 'Error: no row', commandId]),
    );
    path.executePorts.views = views;
    path.executePorts.notifier = { publish: async () => [{ index: 0, error: new Error('refused') }] };
    expect(await linesOf(path, messages[0]!)).toEqual([
      ['info', 'Event projected', 'applied', commandIds[0]],
      ['error', 'Execution failed', 'Error: refused', commandIds[0]],
    ]);
    path.executePorts.notifier = {
      publish: async () => {
        throw new Error('down');
      },
    };
    expect(await linesOf(path, messages[1]!)).toEqual([
      ['info', 'Event projected', 'applied', commandIds[1]],
      ['error', 'Execution failed', 'Error: down', commandIds[1]],
    ]);
    const unknown = JSON.stringify({ kind: 'event', event: { ...(await path.events())[1]!, type: 'UserMarried' } });
    expect(await linesOf(path, unknown)).toEqual([
      ['error', 'Execution failed', expect.stringContaining('UserMarried'), commandIds[1]],
    ]);
    path.executePorts.remaining = () => 0;
    expect(await linesOf(path, messages[2]!)).toEqual([
      ['info', 'There was no time left to begin: given back', 'undefined', commandIds[2]],
    ]);
  });
});

describe('a message that cannot be executed', () => {
  it('fails alone', async () => {
    const path = writePath();
    const [good] = await messagesOf(path, life[0]!);
    const event = (await path.events())[0]!;
    const bad = [
      'not JSON',
      '{}',
      JSON.stringify({ kind: 'surprise' }),
      bodyOfEvent({ ...event, type: 'UserMarried' }),
      bodyOfEvent({ ...event, version: 0 }),
      bodyOfEvent({ ...event, payload: null }),
      bodyOfEvent({ ...event, aggregate: 'planet' }),
      // A row must not take over what no row holds.
      ...[
        { firstName: { a: 1 } },
        { firstName: ['A'] },
        { roleId: 5 },
        { deletedAt: 'now' },
        { id: 'eve' },
        { constructor: 'x' },
      ].flatMap((wrong) => [
        bodyOfEvent({ ...event, payload: { ...event.payload, ...wrong } }),
        bodyOfEvent({ ...event, version: 2, type: 'UserUpdated', payload: wrong }),
      ]),
      // The store knows nothing of it, or what it says cannot have happened.
      bodyOfEvent({ ...event, aggregateId: 'invented', version: 3, type: 'UserUpdated' }),
    ];
    const failures = await path.execute(...bad, good!);
    expect(failures.size).toBe(bad.length);
    expect(await path.row('user', 'ada')).toMatchObject({ version: 1 });
    expect(await path.row('user', 'invented')).toBeUndefined();
    expect(path.outcomesOf(life[0]!)).toHaveLength(1);
  });
});

describe('a replay', () => {
  const replay = {
    kind: 'replay',
    recoveryId: 'x',
    chunkId: '1',
    streams: [{ aggregate: 'user', aggregateId: 'ada' }],
    claims: false,
  };
  const moment = '2026-01-01T00:00:00.000Z';
  const row = { ...person, email: 'ada@example.com', id: 'ada', version: 4, createdAt: moment, updatedAt: moment };
  const state = initialState;
  const result = { chunkId: '1', rebuilt: 1, changed: 1, failed: 0 };

  it('counts its chunk once the changed rows are published, in the name of no command', async () => {
    const path = writePath();
    const steps: string[] = [];
    path.executePorts.replay = async () => ({
      changed: [
        { aggregate: 'user', aggregateId: 'ada', state, changed: true, row },
        { aggregate: 'user', aggregateId: 'gone', state, changed: true, row: undefined },
      ],
      failed: [],
      result,
    });
    path.executePorts.countReplayed = async (...given) => {
      steps.push(`count ${JSON.stringify(given)}`);
    };
    path.executePorts.notifier = {
      publish: (given) => {
        steps.push('publish');
        return path.notifier.publish(given);
      },
    };
    expect(await path.execute(replay)).toEqual(new Map());
    expect(steps).toEqual(['publish', `count ${JSON.stringify(['x', [result]])}`]);
    expect(path.notifier.published).toMatchObject([
      {
        update: {
          aggregateId: 'ada',
          version: 4,
          change: 'UPDATED',
          commandId: null,
          eventId: null,
          timestamp: null,
          user: { firstName: 'Ada' },
        },
      },
      { update: { aggregateId: 'gone', change: 'DELETED', user: null } },
    ]);
    expect(path.notifier.published.some(({ outcome }) => outcome)).toBe(false);
  });

  it('is told whether its message was delivered before', async () => {
    const path = writePath();
    const told: boolean[] = [];
    path.executePorts.replay = async (_, repeated) => {
      told.push(repeated);
      return { changed: [], failed: [], result };
    };
    path.executePorts.countReplayed = async () => undefined;
    for (const count of ['1', '2'])
      await executeBatch(
        [{ messageId: count, body: JSON.stringify(replay), attributes: { ApproximateReceiveCount: count } }],
        path.executePorts,
      );
    expect(told).toEqual([false, true]);
  });

  it('names each stream that cannot be rebuilt, and holds nothing up for it', async () => {
    const path = writePath();
    const damaged = { aggregate: 'user', aggregateId: 'damaged', error: new Error('UserTeleported') } as const;
    path.executePorts.replay = async () => ({ changed: [], failed: [damaged], result });
    expect(await path.execute(replay)).toEqual(new Map());
    expect(path.telemetry.lines).toContainEqual({
      level: 'error',
      message: 'Stream could not be rebuilt',
      fields: { recoveryId: 'x', chunkId: '1', ...damaged },
    });
  });

  it('is published and counted although no time is left for another', async () => {
    const path = writePath();
    const completed: string[] = [];
    path.executePorts.remaining = () => (completed.length > 0 ? 100 : 9_000);
    path.executePorts.replay = async ({ chunkId }) => ({
      changed: [{ aggregate: 'user', aggregateId: 'ada', state, changed: true, row }],
      failed: [],
      result: { ...result, chunkId },
    });
    path.executePorts.countReplayed = async (_, results) => {
      completed.push(...results.map(({ chunkId }) => chunkId));
    };
    const failures = await path.execute(
      ...Array.from({ length: 20 }, (_, n) => `${n}`).map((chunkId) => ({ ...replay, chunkId })),
    );
    expect(completed.length).toBeGreaterThan(0);
    expect(path.notifier.published).toHaveLength(completed.length);
    expect([...failures.values()].map(({ name, message }) => `${name} ${message}`)).toEqual(
      Array.from({ length: 20 - completed.length }, () => expect.stringContaining('no time')),
    );
  });

  it('leaves live events their share: of a whole batch two rebuild at a time, and few rows are told of', async () => {
    const path = writePath();
    let underWay = 0;
    let most = 0;
    path.executePorts.replay = async ({ chunkId }) => {
      most = Math.max(most, (underWay += 1));
      await new Promise((resolve) => setImmediate(resolve));
      underWay -= 1;
      const changed = [{ aggregate: 'user', aggregateId: 'ada', state, changed: true, row }] as const;
      return { changed: [...changed], failed: [], result: { ...result, chunkId } };
    };
    const told = new Set<number | undefined>();
    path.executePorts.notifier = {
      publish: async (_given, _within, sideBySide) => {
        told.add(sideBySide);
        return [];
      },
    };
    const counted: string[] = [];
    path.executePorts.countReplayed = async (_, results) => {
      counted.push(...results.map(({ chunkId }) => chunkId));
    };
    const chunks = Array.from({ length: 10 }, (_, n) => `${n}`);
    expect(await path.execute(...chunks.map((chunkId) => ({ ...replay, chunkId })))).toEqual(new Map());
    expect(most).toBe(2);
    expect([...told]).toEqual([2]);
    expect(counted.sort()).toEqual(chunks);
  });

  it('is not counted when it failed or its rows could not be published', async () => {
    const path = writePath();
    let completed = 0;
    path.executePorts.replay = async () => ({
      changed: [{ aggregate: 'user', aggregateId: 'ada', state, changed: true, row }],
      failed: [],
      result,
    });
    path.executePorts.countReplayed = async () => {
      completed += 1;
    };
    path.executePorts.notifier = { publish: async () => [{ index: 0, error: new Error('down') }] };
    expect((await path.execute(replay)).size).toBe(1);
    path.executePorts.replay = async () => {
      throw new Error('no');
    };
    expect((await path.execute(replay)).size).toBe(1);
    expect(completed).toBe(0);
  });

  it('is counted though the API refuses to show one of its rows', async () => {
    const path = writePath();
    let completed = 0;
    path.executePorts.replay = async () => ({
      changed: [{ aggregate: 'user', aggregateId: 'ada', state, changed: true, row }],
      failed: [],
      result,
    });
    path.executePorts.countReplayed = async () => {
      completed += 1;
    };
    path.executePorts.notifier = memoryNotifier(() => new PublicationRefused('no'));
    expect(await path.execute(replay)).toEqual(new Map());
    expect(completed).toBe(1);
    expect(path.telemetry.counts['NotificationsNotSent']).toBe(1);
  });

  it('comes back when one of its rows was refused, and another not taken', async () => {
    const path = writePath();
    path.executePorts.replay = async () => ({
      changed: ['ada', 'bob'].map((aggregateId) => ({ aggregate: 'user', aggregateId, state, changed: true, row })),
      failed: [],
      result,
    });
    for (const order of [
      [0, 1],
      [1, 0],
    ]) {
      path.executePorts.notifier = {
        publish: async () => [
          { index: order[0]!, error: new PublicationRefused('no') },
          { index: order[1]!, error: new Error('away') },
        ],
      };
      expect([...(await path.execute(replay)).values()]).toEqual([new Error('away')]);
    }
  });

  it('comes back when it could not be counted', async () => {
    const path = writePath();
    path.executePorts.replay = async ({ chunkId }) => ({ changed: [], failed: [], result: { ...result, chunkId } });
    path.executePorts.countReplayed = async (recoveryId) => {
      if (recoveryId === 'x') throw new Error('down');
    };
    expect((await path.execute(replay, { ...replay, chunkId: '2' }, { ...replay, recoveryId: 'y' })).size).toBe(2);
  });
});
