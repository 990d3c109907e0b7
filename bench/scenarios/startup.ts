import { entriesOf } from '../../domain/kernel/view/directory.ts';
import { aggregates } from '../../domain/operations.ts';
import type { Result } from '../report.ts';
import type { Bench, Scenario } from '../scenario.ts';
import { putAll, seedUsers } from '../support/history.ts';
import { withStack } from '../support/stack.ts';
import { startOf } from '../support/starts.ts';
import { percentile, rounded } from '../support/statistics.ts';
import { withoutHistory } from '../support/triggers.ts';

const starts = 5;

/** How long `npm start` takes until it serves, synthesis included. */
export const startup: Scenario = {
  name: 'startup',
  about: 'seconds from npm start to Ready, five times',
  run: async (bench) => resultOf('', await startsOf(bench, () => bench.newFolder())),
};

/** The same with what an earlier run kept. */
export const startupLarge: Scenario = {
  name: 'startup-large',
  about: 'the same on 20,000 users that an earlier run kept; takes minutes',
  async run(bench) {
    const folder = await withStack(bench, { keep: 'begin', transformTemplate: withoutHistory }, async (running) => {
      bench.say(`seeding ${people} users`);
      const rows = [...(await seedUsers(running.stack, people, { events: 1 })).values()];
      const { user, directory } = running.stack.outputs.Tables;
      await putAll(
        running.stack.database,
        user!,
        rows.map((row) => ({ ...row })),
      );
      await putAll(
        running.stack.database,
        directory!,
        rows.flatMap((row) => entriesOf(aggregates.user, row)),
      );
      await running.stack.mappings.idle();
      return running.stateDir;
    });
    return resultOf(` on ${people.toLocaleString('en')} users`, await startsOf(bench, () => folder));
  },
};

const people = 20_000;

/** Seconds of each start. */
const startsOf = async (bench: Bench, folderOf: () => string): Promise<number[]> => {
  const seconds: number[] = [];
  for (let n = 1; n <= starts; n += 1) {
    bench.say(`start ${n} of ${starts}`);
    seconds.push((await startOf(folderOf())).seconds);
  }
  return seconds;
};

const resultOf = (on: string, seconds: number[]): Result => {
  const [typical, slowest] = [percentile(seconds, 0.5), Math.max(...seconds)].map((value) => rounded(value));
  return {
    tables: [
      {
        title: `From \`npm start\` to Ready${on}`,
        columns: ['', 'median', 'slowest'],
        rows: [['seconds', typical!, slowest!]],
        note: `${starts} starts, one after the other.`,
      },
    ],
    figures: [
      { name: `\`npm start\` to Ready${on}, seconds (median, slowest)`, value: `${typical}, ${slowest}`, aim: '≤ 10' },
    ],
  };
};
