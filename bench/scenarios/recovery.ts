import { isDeepStrictEqual } from 'node:util';
import { marshall } from '@aws-sdk/util-dynamodb';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Result } from '../report.ts';
import type { Bench, Scenario } from '../scenario.ts';
import { entriesOf } from '../../domain/kernel/view/directory.ts';
import type { ViewRow } from '../../domain/kernel/view/view.ts';
import { aggregates } from '../../domain/operations.ts';
import { type Taken, taken } from '../support/cpu.ts';
import { emptyLists, emptyUsers, eventsPerStream, seedUsers, usersShown } from '../support/history.ts';
import { Meter, totalOf, type Usage } from '../support/meter.ts';
import { bareReplay, sdkReplay } from '../support/raw.ts';
import type { RecordedCall } from '../support/recorder.ts';
import { type RunningStack, withStack } from '../support/stack.ts';
import { withoutMediator } from '../support/triggers.ts';
import { rounded } from '../support/statistics.ts';

const concurrency = 16;
/** Few: what is used per event is the same for many. */
const meteredEvents = 1_000;

/** A complete rebuild of an emptied view, beside the engine reading every stream and writing every row. */
const recoveryOf = (name: string, events: number, about: string): Scenario => ({
  name,
  about,
  async run(bench) {
    const usage = await unitsUsed(bench);
    return resultOf(events, await measured(bench, events), usage);
  },
});

const measured = (bench: Bench, events: number): Promise<Measured> =>
  withStack(bench, { transformTemplate: withoutMediator }, async (running) => {
    const { stack } = running;
    bench.say(`seeding ${events} events of ${events / eventsPerStream} streams`);
    const streams = events / eventsPerStream;
    const warming = await seedUsers(stack, streams / 10);
    bench.say('a small recovery, so that functions and engine are as warm as for what follows');
    await recover(running, warming.size);
    await Promise.all([emptyUsers(stack, warming.keys()), emptyLists(stack, warming.values())]);
    const rows = new Map([...warming, ...(await seedUsers(stack, streams - warming.size, { first: warming.size }))]);
    bench.say('recovering');
    const recovering = await taken(() => recover(running, rows.size));
    await check(running, rows);
    const memory = { recovery: peakMemory(running, 'recovery'), execute: peakMemory(running, 'execute') };
    bench.say('the engine alone');
    const calls = necessaryCalls(running, rows);
    const emptied = () => Promise.all([emptyUsers(stack, rows.keys()), emptyLists(stack, rows.values())]);
    await emptied();
    const same = await taken(() => sdkReplay(stack.database)([...calls, ...callsForLists(running, rows)], concurrency));
    await emptyUsers(stack, rows.keys());
    const sdk = await taken(() => sdkReplay(stack.database)(calls, concurrency));
    await emptyUsers(stack, rows.keys());
    const bare = await taken(() => bareReplay(stack.database)(calls, concurrency));
    return { recovering, memory, same, sdk, bare };
  });

/** CPU of the same reads and writes by the AWS SDK alone, as a share of a rebuild's. */
export const rebuildShare = async (bench: Bench, events: number): Promise<number> => {
  const { recovering, same } = await measured(bench, events);
  return cpuOf(same) / cpuOf(recovering);
};

export const recovery = recoveryOf(
  'recovery',
  10_000,
  'complete rebuild from 10,000 events beside the raw engine; units; memory',
);
export const recoveryLarge = recoveryOf('recovery-large', 100_000, 'the same from 100,000 events; takes minutes');

/**
 * Starts a complete rebuild and waits until it has ended. @throws unless it completes and has rebuilt every stream, at
 * least so many
 */
export const recover = async ({ admin }: RunningStack, atLeast: number): Promise<void> => {
  const { recoverFrom } = await admin.ask('mutation { recoverFrom(timestamp: "2019-01-01T00:00:00Z") { recoveryId } }');
  for (;;) {
    const { recovery: row } = await admin.ask(
      'query ($id: ID!) { recovery(recoveryId: $id) { status total rebuilt changed failed lastError } }',
      { id: recoverFrom.recoveryId },
    );
    if (row !== null && row.status !== 'RUNNING') {
      if (row.status !== 'COMPLETED' || row.rebuilt < atLeast || row.failed !== 0)
        throw new Error(`The recovery ended otherwise: ${JSON.stringify(row)}`);
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
};

/** @throws unless the view has these rows, and no others */
const check = async ({ stack }: RunningStack, rows: Map<string, ViewRow>): Promise<void> => {
  const shown = await usersShown(stack);
  if (shown.size !== rows.size) throw new Error(`The view has ${shown.size} rows instead of ${rows.size}`);
  for (const [id, row] of rows)
    if (!isDeepStrictEqual(shown.get(id), row)) throw new Error(`The row of ${id} is not what its stream says`);
};

/** What no recovery can do without: every stream read, every row written. */
const necessaryCalls = ({ stack }: RunningStack, rows: Map<string, ViewRow>): RecordedCall[] => {
  const { eventStore, user } = stack.outputs.Tables;
  return [...rows].flatMap(([id, row]) => [
    {
      operation: 'Query',
      body: JSON.stringify({
        TableName: eventStore,
        ConsistentRead: true,
        KeyConditionExpression: 'streamId = :id',
        ExpressionAttributeValues: { ':id': { S: `user#${id}` } },
      }),
    },
    {
      operation: 'PutItem',
      body: JSON.stringify({ TableName: user, Item: marshall(row), ConditionExpression: 'attribute_not_exists(id)' }),
    },
  ]);
};

/** What its lists take besides: a look at what stands there, and one batch of a user's entries. */
const callsForLists = ({ stack }: RunningStack, rows: Map<string, ViewRow>): RecordedCall[] =>
  [...rows].flatMap(([id, row]) => {
    const TableName = stack.outputs.Tables['directory']!;
    const entries = entriesOf(aggregates.user, row);
    return [
      {
        operation: 'Query',
        body: JSON.stringify({
          TableName,
          ConsistentRead: true,
          KeyConditionExpression: 'rowKey = :id',
          ExpressionAttributeValues: { ':id': { S: `user#${id}` } },
        }),
      },
      {
        operation: 'BatchWriteItem',
        body: JSON.stringify({
          RequestItems: {
            [TableName]: entries.map((entry) => ({
              PutRequest: { Item: marshall(entry, { removeUndefinedValues: true }) },
            })),
          },
        }),
      },
    ];
  });

/** MB that a function's environments used at most, as its log reports them. */
const peakMemory = ({ stack, stateDir }: RunningStack, name: string): number => {
  const log = readFileSync(join(stateDir, 'logs', `${stack.model.stackName}-${name}.log`), 'utf8');
  return Math.max(...[...log.matchAll(/Max Memory Used: (\d+) MB/g)].map(([, megabytes]) => Number(megabytes)));
};

const unitsUsed = (bench: Bench): Promise<Usage> => {
  let meter: Meter | undefined;
  return withStack(
    bench,
    { measure: 'INDEXES', transformTemplate: withoutMediator, onLambdaEvent: (event) => meter?.hear(event) },
    async (running) => {
      meter = new Meter(running.stack);
      const rows = await seedUsers(running.stack, meteredEvents / eventsPerStream);
      bench.say(`recovering from ${meteredEvents} events with the meter on`);
      await recover(running, rows.size);
      return meter.take();
    },
  );
};

interface Measured {
  recovering: Taken;
  same: Taken;
  sdk: Taken;
  bare: Taken;
  /** MB. */
  memory: { recovery: number; execute: number };
}

const cpuOf = ({ node, engine }: Taken): number => node + engine;

const resultOf = (events: number, { recovering, same, sdk, bare, memory }: Measured, usage: Usage): Result => {
  const streams = events / eventsPerStream;
  const share = (part: Taken, of: (each: Taken) => number) =>
    part === recovering ? '' : rounded(of(part) / of(recovering), 2);
  const rate = (name: string, each: Taken) => [
    name,
    rounded((1000 * streams) / each.clock, 0),
    rounded((1000 * events) / each.clock, 0),
    share(each, ({ clock }) => clock),
    rounded(each.node / streams),
    rounded(each.engine / streams),
    share(each, cpuOf),
  ];
  const perEvent = (counts: Map<string, number>) => rounded(totalOf(counts) / meteredEvents, 2);
  const size = events.toLocaleString('en');
  return {
    tables: [
      {
        title: `Complete rebuild from ${size} events`,
        columns: [
          '',
          'streams per second',
          'events per second',
          'the recovery’s share of it',
          'CPU per stream, ms: Node',
          'the engine',
          'the recovery’s share by CPU',
        ],
        rows: [
          rate('recovery of an emptied view', recovering),
          rate('the same reads and writes, lists included, by the AWS SDK alone', same),
          rate('every stream read and row written by the AWS SDK alone', sdk),
          rate('that over bare HTTP', bare),
        ],
        note: `${streams.toLocaleString('en')} users of ${eventsPerStream} events each; all rows were missing, and all are as their streams say afterwards. In ${rounded(recovering.clock / 1000)} s from mutation to COMPLETED, with claims verified and subscribers told.`,
      },
      {
        title: `Memory and units of the rebuild from ${size} events`,
        columns: ['', ''],
        rows: [
          ['peak memory of recovery, MB', memory.recovery],
          ['peak memory of execute, MB', memory.execute],
          ['read units per event', perEvent(usage.reads)],
          ['write units per event', perEvent(usage.writes)],
        ],
        note: `Units from a rebuild from ${meteredEvents} events; those of the view’s indexes are in.`,
      },
    ],
    figures: [
      {
        name: `Recovery from ${size} events, share of the raw engine’s rate with the same reads and writes (AWS SDK)`,
        value: share(same, ({ clock }) => clock),
        aim: '≥ 0.5',
      },
      { name: '… by CPU', value: share(same, cpuOf) },
      { name: '… with rows alone, without lists', value: share(sdk, ({ clock }) => clock) },
      { name: '… with rows alone, over bare HTTP', value: share(bare, ({ clock }) => clock) },
      {
        name: `Recovery from ${size} events, peak memory of recovery and execute, MB`,
        value: `${memory.recovery}, ${memory.execute}`,
        aim: 'flat',
      },
    ],
  };
};
