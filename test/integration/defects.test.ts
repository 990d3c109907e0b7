import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { buildSchema } from 'graphql';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { aggregateNames, operations, queuePairs } from '../../domain/operations.ts';
import { memoryReasons } from '../../functions/ports/reasons/memory.ts';
import { answerToQueue } from '../../functions/runtime/batches.ts';
import { replay } from '../../functions/rebuild/chunk.ts';
import { parseExecutionMessage, type ReplayMessage } from '../../functions/messages.ts';
import { dynamoDbClaims } from '../../functions/ports/claims/dynamodb.ts';
import { dynamoDbEventIndex } from '../../functions/ports/eventIndex/dynamodb.ts';
import { dynamoDbLedger } from '../../functions/ports/ledger/dynamodb.ts';
import { memoryNotifier } from '../../functions/ports/notifier/memory.ts';
import { memoryQueues } from '../../functions/ports/queues/memory.ts';
import { dynamoDbRows } from '../../functions/ports/rows/dynamodb.ts';
import { handle, type RecoveryPorts, recoveryQueue } from '../../functions/recovery/handleSteps.ts';
import {
  command,
  createAuthorization,
  createGroup,
  createRole,
  createUser,
  deleteUser,
  signUp,
  updateUser,
} from '../support/clients/commands.ts';
import { startTables, tableNames, type TestTables, viewTables } from '../support/engines/tables.ts';
import { engineBackend, writePath, type WritePath } from '../support/models/writePath.ts';
import { statementsOf } from '../unit/infra/statements.ts';
import { synthesize } from '../unit/infra/synthesized.ts';
import { recordedTelemetry } from '../support/telemetry.ts';

/** The defects of the first implementation, by their numbers in its review. */
let engine: TestTables;
let tables: TestTables;
let path: WritePath;
beforeAll(async () => {
  engine = await startTables();
});
afterAll(() => engine.stop());
beforeEach(async () => {
  tables = await engine.another();
  path = writePath(engineBackend(tables));
});

/**
 * Recovers from a moment: the two functions in turn, over the engine. @returns what subscribers were told, and the
 * sizes of the pages read
 */
const recoverFrom = async (timestamp: string) => {
  const queues = memoryQueues();
  const notifier = memoryNotifier();
  const pages: number[] = [];
  let left = 60_000;
  const eventIndex = dynamoDbEventIndex(tables.client, tableNames.eventStore, tables.keys);
  const ports: RecoveryPorts = {
    eventStore: path.backend.eventStore,
    views: path.backend.views,
    queues,
    notifier,
    telemetry: recordedTelemetry(),
    remaining: () => left,
    // The chunks that it would wait for come back when its invocation is over.
    sleep: async () => {
      left = 0;
    },
    now: Date.now,
    directory: path.backend.directory,
    rows: dynamoDbRows(tables.client, viewTables),
    claims: dynamoDbClaims(tables.client, tableNames, tables.keys),
    ledger: dynamoDbLedger(tables.client, tableNames.recovery),
    eventIndex: {
      ...eventIndex,
      page: async (partition, range) => {
        const page = await eventIndex.page(partition, range);
        // One entry is asked for to see whether there is any.
        if (range.limit > 1) pages.push(page.entries.length);
        return page;
      },
    },
  };
  const rebuild = async (message: ReplayMessage) => {
    const { result } = await replay(message, false, { ...ports, snapshots: path.backend.snapshots });
    await ports.ledger.complete(message.recoveryId, [result]);
  };
  const take = (queue: string, count: number) => queues.sent.get(queue)?.splice(0, count) ?? [];
  const recoveryId = randomUUID();
  let steps = [JSON.stringify({ kind: 'start', recoveryId, timestamp, actor: 'admin:test' })];
  while (steps.length > 0) {
    for (const step of steps) {
      left = 60_000;
      await handle({ messageId: randomUUID(), body: step }, 1, ports);
    }
    for (const queue of [...queues.sent.keys()].filter((name) => name !== recoveryQueue)) {
      for (const body of take(queue, 30)) await rebuild(parseExecutionMessage(body) as ReplayMessage);
    }
    steps = take(recoveryQueue, 10);
  }
  return { pages, reports: notifier.published.flatMap(({ recovery }) => (recovery ? [recovery] : [])) };
};

describe("the first implementation's defects", () => {
  it('1: an invalid command stores no event', async () => {
    const invalid = [
      signUp('ada', 'no address'),
      createRole('  '),
      createGroup(''),
      command('createUser', 'bob', { firstName: 'Bob' }),
      updateUser('ada', { birthDate: '2999-01-01' }),
    ];
    expect(await path.command(...invalid)).toEqual(new Map());
    expect(await path.backend.items()).toEqual([]);
    for (const each of invalid) expect(path.outcomesOf(each)).toMatchObject([{ status: 'REJECTED', code: 'INVALID' }]);
  });

  it('2: the event is stored before the command is acknowledged', async () => {
    const { eventStore } = path.backend;
    let stored = false;
    path.commandPorts.eventStore = {
      ...eventStore,
      append: async (...what) => {
        await new Promise((resolve) => setTimeout(resolve, 50));
        const result = await eventStore.append(...what);
        stored = true;
        return result;
      },
    };
    await path.command(createRole('reader'));
    expect(stored).toBe(true);
    path.commandPorts.eventStore = {
      ...eventStore,
      append: async () => {
        throw new Error('the store is away');
      },
    };
    expect((await path.command(createRole('writer'))).size).toBe(1);
  });

  it('3: every record of a batch is handled, by command, mediator and execute', async () => {
    const roles = Array.from({ length: 10 }, (_, index) => createRole(`role ${index}`));
    expect(await path.command(...roles)).toEqual(new Map());
    expect(await path.mediate()).toEqual(new Map());
    expect(await path.execute(...path.takeMessages())).toEqual(new Map());
    expect((await path.backend.rows('role')).map(({ id }) => id).sort()).toEqual(
      roles.map(({ aggregateId }) => aggregateId).sort(),
    );
    // And of one with a failure in it, only that one comes back.
    const record = (messageId: string) => ({
      messageId,
      body: '',
      receiptHandle: '',
      attributes: {} as never,
      messageAttributes: {},
      md5OfBody: '',
      eventSource: '',
      eventSourceARN: '',
      awsRegion: '',
    });
    const answering = { redelivery: { postpone: async () => undefined }, reasons: memoryReasons() };
    const failures = new Map([['b', new Error('b')]]);
    expect(await answerToQueue({ Records: ['a', 'b', 'c'].map(record) }, failures, answering)).toEqual({
      batchItemFailures: [{ itemIdentifier: 'b' }],
    });
  });

  it('4: a unique value is exact however many want it at the same moment, and costs no look at the views', async () => {
    const look = () => Promise.reject(new Error('a look at the views'));
    path.commandPorts.references = { missing: look, inUse: look };
    const contenders = Array.from({ length: 10 }, (_, index) =>
      signUp(`user-${index}`, index % 2 ? 'Same@example.com' : 'same@EXAMPLE.com'),
    );
    expect(await path.command(...contenders)).toEqual(new Map());
    expect(await path.backend.items()).toHaveLength(1);
    expect(contenders.flatMap((each) => path.outcomesOf(each)).map(({ code }) => code)).toEqual(
      Array.from({ length: 9 }, () => 'EMAIL_TAKEN'),
    );
    // The value goes free with its holder.
    path.commandPorts.references = path.backend.references;
    const [holder] = await path.events();
    await path.command(deleteUser(holder!.aggregateId));
    await path.command(signUp('next', 'same@example.com'));
    // Under a keyed hash: the address stands nowhere in clear.
    expect([...(await path.backend.claims()).entries()]).toEqual([
      [expect.stringMatching(/^user#email#(?!same)/), 'user#next'],
    ]);
  });

  it('5: events of the same millisecond have an order', async () => {
    const still = writePath(path.backend, { now: () => 1_767_225_600_000 });
    await still.command(
      signUp('ada', 'ada@example.com'),
      ...['A', 'B', 'C', 'D'].map((firstName) => updateUser('ada', { firstName })),
    );
    const events = await path.backend.eventStore.load('user', 'ada');
    expect(events.map(({ version, timestamp }) => [version, timestamp])).toEqual(
      [1, 2, 3, 4, 5].map((version) => [version, 1_767_225_600_000]),
    );
    // A clock that goes backwards does not turn time around.
    await writePath(path.backend, { now: () => 1_700_000_000_000 }).command(updateUser('ada', { firstName: 'E' }));
    expect((await path.backend.eventStore.load('user', 'ada')).at(-1)).toMatchObject({
      version: 6,
      timestamp: 1_767_225_600_000,
      previousTimestamp: 1_767_225_600_000,
    });
  });

  it("6: event ids are random UUIDs from the system's secure source", async () => {
    await path.command(...Array.from({ length: 20 }, (_, index) => createRole(`role ${index}`)));
    const ids = (await path.events()).map(({ eventId }) => eventId);
    expect(new Set(ids).size).toBe(20);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    const sources = ['functions/command/handler.ts', 'functions/command/decideCommand.ts'].map((file) =>
      readFileSync(file, 'utf8'),
    );
    expect(sources[0]).toContain("from 'node:crypto'");
    for (const source of sources) expect(source).not.toContain('Math.random');
  });

  it('7: the whole event reaches execution: id, version, timestamp and all', async () => {
    await path.command(signUp('ada', 'ada@example.com'));
    await path.mediate();
    const { event } = JSON.parse(path.takeMessages()[0]!) as { event: Record<string, unknown> };
    const { streamId: _streamId, ...sent } = event;
    // As it is stored, what is personal sealed.
    const { streamId: _stream, timeShard: _shard, commandKey: _key, ...stored } = (await path.backend.items())[0]!;
    expect(sent).toEqual(stored);
  });

  it('8: repeated and reordered messages leave the view as the events say', async () => {
    await path.command(
      signUp('ada', 'ada@example.com'),
      updateUser('ada', { firstName: 'Augusta' }),
      updateUser('ada', { lastName: 'King' }),
      deleteUser('ada'),
    );
    await path.command(signUp('eve', 'eve@example.com'), updateUser('eve', { email: 'ada@example.com' }));
    await path.mediate();
    const messages = path.takeMessages();
    for (const message of [...messages.reverse(), ...messages.sort(), ...messages.reverse()])
      expect(await path.execute(message)).toEqual(new Map());
    expect(await path.row('user', 'ada')).toEqual({
      id: 'ada',
      version: 4,
      deletedAt: expect.any(String),
      expiresAt: expect.any(Number),
    });
    expect(await path.row('user', 'eve')).toMatchObject({
      version: 2,
      email: 'ada@example.com',
      emailKey: 'ada@example.com',
    });
  });

  it('9: recovery reads page after page, stream by stream, awaits what it does and reports how far it is', async () => {
    const groups = Array.from({ length: 300 }, (_, index) => createGroup(`group ${index}`));
    expect(await path.command(...groups)).toEqual(new Map());
    const { pages, reports } = await recoverFrom(new Date(0).toISOString());

    expect(pages.length).toBeGreaterThan(2);
    expect(Math.max(...pages)).toBeLessThanOrEqual(500);
    expect(pages.reduce((sum, entries) => sum + entries, 0)).toBe(groups.length);
    expect(new Set((await path.backend.rows('group')).map(({ id }) => id))).toEqual(
      new Set(groups.map(({ aggregateId }) => aggregateId)),
    );
    expect(reports.at(-1)).toMatchObject({
      status: 'COMPLETED',
      total: groups.length,
      rebuilt: groups.length,
      changed: groups.length,
      failed: 0,
    });
    expect(reports.some(({ status, rebuilt }) => status === 'RUNNING' && rebuilt > 0 && rebuilt < groups.length)).toBe(
      true,
    );
  });

  it('10: references must exist, and what is in use stays', async () => {
    const [authorization, group] = [createAuthorization('read'), createGroup('staff')];
    await path.settle(authorization, group);
    const role = createRole('reader', [authorization.aggregateId]);
    await path.settle(role);
    await path.settle(createUser('ada', 'ada@example.com', role.aggregateId, group.aggregateId));
    const refused = [
      createUser('bob', 'bob@example.com', 'nothing', group.aggregateId),
      createUser('bob', 'bob@example.com', role.aggregateId, 'nothing'),
      createRole('writer', ['nothing']),
      command('deleteRole', role.aggregateId, {}),
      command('deleteGroup', group.aggregateId, {}),
      command('deleteAuthorization', authorization.aggregateId, {}),
    ];
    await path.command(...refused);
    expect(refused.flatMap((each) => path.outcomesOf(each)).map(({ code }) => code)).toEqual([
      'ROLE_NOT_FOUND',
      'GROUP_NOT_FOUND',
      'AUTHORIZATION_NOT_FOUND',
      'IN_USE',
      'IN_USE',
      'IN_USE',
    ]);
  });

  it('11: an update changes what it names and nothing else', async () => {
    await path.settle(signUp('ada', 'ada@example.com'));
    const before = await path.row('user', 'ada');
    await path.settle(updateUser('ada', { firstName: 'Augusta' }));
    expect(await path.row('user', 'ada')).toEqual({
      ...before,
      firstName: 'Augusta',
      version: 2,
      updatedAt: expect.any(String),
    });
    const smuggled = updateUser('ada', { version: 99, id: 'eve', emailKey: 'x', firstName: 'Eve' });
    await path.command(smuggled);
    expect(path.outcomesOf(smuggled)).toMatchObject([{ code: 'INVALID' }]);
  });

  it('12: a function may do what it must, on what is its own, and nothing else', async () => {
    const { template } = await synthesize();
    const functions = ['command', 'mediator', 'execute', 'recovery', 'history', 'pipeline'];
    const statements = statementsOf(template).filter(({ role }) =>
      functions.some((name) => role.startsWith(`${name}Role`)),
    );
    expect(new Set(statements.map(({ role }) => functions.find((name) => role.startsWith(`${name}Role`))))).toEqual(
      new Set(functions),
    );
    for (const { role, actions, resources } of statements) {
      for (const action of actions) expect(action, role).toMatch(/^[a-z-]+:[A-Za-z]+$/);
      // Which IAM narrows down to nothing.
      if (actions.join() === 'cloudwatch:GetMetricData') continue;
      for (const resource of resources) expect(resource, role).not.toBe('"*"');
    }
    const onTables = (name: string) =>
      statements
        .filter(({ role }) => role.startsWith(name))
        .flatMap(({ actions }) => actions)
        .filter((action) => action.startsWith('dynamodb:'));
    expect(onTables('history').filter((action) => /Put|Update|Delete|Write/.test(action))).toEqual([]);
    expect(onTables('mediator').filter((action) => /Put|Update|Delete|Write/.test(action))).toEqual([]);
  });

  it('13: the sender of every command hears what became of it', async () => {
    const commands = [
      signUp('ada', 'ada@example.com'),
      signUp('eve', 'ADA@example.com'),
      updateUser('ada', { firstName: 'Augusta' }),
      updateUser('ada', { firstName: 'Augusta' }),
      updateUser('nobody', {}),
      deleteUser('ada'),
      deleteUser('ada'),
    ];
    for (const each of commands) await path.settle(each);
    expect(
      commands.map((each) => path.outcomesOf(each).map(({ status, version, code }) => [status, version, code])),
    ).toEqual([
      [['APPLIED', 1, null]],
      [['REJECTED', null, 'EMAIL_TAKEN']],
      [['APPLIED', 2, null]],
      [['APPLIED', 2, null]],
      [['REJECTED', null, 'NOT_FOUND']],
      [['APPLIED', 3, null]],
      [['APPLIED', 3, null]],
    ]);
  });

  it('14: an operation is one row of one table, known alike to the API, the queues and the functions', () => {
    const schema = buildSchema(
      ['schema.graphql', 'infra/api/graphql/appsync.graphql'].map((file) => readFileSync(file, 'utf8')).join('\n'),
    );
    const mutations = Object.keys(schema.getMutationType()?.getFields() ?? {});
    const others = [
      'recoverFrom',
      'cancelRecovery',
      'redrive',
      'publishProjectionUpdate',
      'publishCommandOutcome',
      'publishRecoveryProgress',
    ];
    expect(mutations.filter((name) => !others.includes(name)).sort()).toEqual(Object.keys(operations).sort());
    const sources = ['command', 'mediator', 'execute']
      .map((name) => readFileSync(`functions/${name}/handler.ts`, 'utf8'))
      .join();
    for (const { commandQueue, executionQueue } of queuePairs)
      expect(sources).not.toMatch(new RegExp(`${commandQueue}|${executionQueue}`));
    for (const name of Object.keys(operations)) expect(sources).not.toContain(name);
    expect(aggregateNames).toHaveLength(4);
  });
});
