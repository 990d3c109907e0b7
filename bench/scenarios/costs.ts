import type { Table } from '../report.ts';
import type { Scenario } from '../scenario.ts';
import { Meter, totalOf, type Usage } from '../support/meter.ts';
import { withStack } from '../support/stack.ts';
import { rounded } from '../support/statistics.ts';
import { commandsOf, queriesOf, seed, type Step } from './costSteps.ts';
import { sealCost } from './sealCost.ts';
import { sealedOrNot } from './sealedOrNot.ts';

interface Cost {
  step: Step;
  usage: Usage;
  /** Milliseconds; of queries. */
  cpu?: number;
}

/** What each operation uses when nothing else goes on: one command at a time, each projected before the next. */
export const costs: Scenario = {
  name: 'costs',
  about: 'read and write units, calls and invocations per operation and query',
  async run(bench) {
    let meter: Meter | undefined;
    return withStack(
      bench,
      { measure: 'INDEXES', onLambdaEvent: (event) => meter?.hear(event) },
      async ({ stack, admin, user }) => {
        meter = new Meter(stack);
        const using = async (step: Step): Promise<Cost> => {
          await step.run();
          return { step, usage: await meter!.take() };
        };
        const seeded = await seed(admin, () => stack.mappings.idle());
        await meter.take();

        bench.say('commands');
        const commands: Cost[] = [];
        for (const step of commandsOf(admin, user, seeded)) commands.push(await using(step));
        bench.say('queries');
        const queries: Cost[] = [];
        for (const step of queriesOf(admin, user, seeded)) {
          const cost = await using(step);
          const cpu = await cpuOf(step);
          // What was used meanwhile is not the next one's.
          await meter.take();
          queries.push({ ...cost, cpu });
        }

        bench.say('what sealing costs');
        const sealing = await sealCost(
          admin,
          meter,
          Array.from({ length: 30 }, (_, n) => `seeded-${n}`),
        );

        const compared = await sealedOrNot();

        return {
          tables: [
            commandTable(commands),
            queryTable(queries),
            placeTable([...commands, ...queries]),
            sealing.table,
            ...compared.tables,
          ],
          figures: [
            {
              name: 'KMS calls of 1,000 commands on functions that are there',
              value: String(sealing.kms),
              aim: '0',
            },
            {
              name: 'KMS calls of 10,000 commands on a function that starts anew',
              value: String(compared.kms),
              aim: '≤ 2',
            },
            {
              name: 'Read units of the key table per command and its projection',
              value: String(sealing.keyReads),
              aim: '≤ 2',
            },
            {
              name: 'Update without change of unique values: event store, write units without indexes',
              value: placed(commands, 'updateUser', 'writes', 'eventStore'),
              aim: '1',
            },
            {
              name: 'Create: reads of the event store and of views, units (user with role and group: one read each)',
              value: String(
                totalOf(usageOf(commands, 'createGroup').reads) -
                  (usageOf(commands, 'createGroup').reads.get('commandOutcome') ?? 0),
              ),
              aim: '0',
            },
            {
              name: 'Page of 25 users with role, group and authorizations: data-source calls',
              value: String(usageOf(queries, 'users, 25 with all').dataSourceCalls),
              aim: '≤ 4',
            },
          ],
        };
      },
    );
  },
};

/** How often a query is asked for its CPU. */
const asks = 20;

/** Milliseconds of CPU that one answer takes this process: the API with its resolvers, and the gateway. */
const cpuOf = async ({ run }: Step): Promise<number> => {
  const before = process.cpuUsage();
  for (let n = 0; n < asks; n += 1) await run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / asks;
};

const usageOf = (all: Cost[], name: string): Usage => {
  const found = all.find(({ step }) => step.name === name);
  if (!found) throw new Error(`${name} was not measured`);
  return found.usage;
};

const placed = (all: Cost[], name: string, kind: 'reads' | 'writes', place: string): string =>
  String(usageOf(all, name)[kind].get(place) ?? 0);

const commandTable = (all: Cost[]): Table => ({
  title: 'Cost of a command, from mutation to notification',
  columns: [
    'operation',
    'read units',
    'of them, of keys',
    'write units',
    'KMS calls',
    'SQS requests',
    'invocations',
    'AppSync data-source calls',
  ],
  rows: all.map(({ step, usage }) => [
    step.name,
    totalOf(usage.reads),
    usage.reads.get('subjectKey') ?? 0,
    totalOf(usage.writes),
    totalOf(usage.kms),
    totalOf(usage.sqs),
    totalOf(usage.invocations),
    usage.dataSourceCalls,
  ]),
  note: 'On the in-order path, one command at a time. SQS: send, receive and delete on both queues (empty polls apart). Units of transactions are computed from item sizes, all others are as reported.',
});

const queryTable = (all: Cost[]): Table => ({
  title: 'Cost of a query',
  columns: ['query', 'read units', 'data-source calls', 'invocations', 'CPU, ms'],
  rows: all.map(({ step, usage, cpu = NaN }) => [
    step.name,
    totalOf(usage.reads),
    usage.dataSourceCalls,
    totalOf(usage.invocations),
    rounded(cpu),
  ]),
  note: `CPU: of the local API with its resolvers and of the gateway, not of the engine and the functions; the mean of ${asks}.`,
});

const placeTable = (all: Cost[]): Table => ({
  title: 'The same by table and index',
  columns: ['operation', 'reads', 'writes'],
  rows: all.map(({ step, usage }) => [step.name, inWords(usage.reads), inWords(usage.writes)]),
});

const inWords = (counts: Map<string, number>): string =>
  [...counts]
    .sort()
    .map(([place, units]) => `${place} ${units}`)
    .join(', ') || '–';
