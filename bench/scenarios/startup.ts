import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { entriesOf } from '../../domain/kernel/view/directory.ts';
import { aggregates } from '../../domain/operations.ts';
import type { Result } from '../report.ts';
import type { Bench, Scenario } from '../scenario.ts';
import { putAll, seedUsers } from '../support/history.ts';
import { withStack } from '../support/stack.ts';
import { percentile, rounded } from '../support/statistics.ts';
import { withoutHistory } from './beside.ts';

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
    const begun = performance.now();
    const child = spawn('npm', ['start', '--silent', '--', '--port', '0', '--state', folderOf()], {
      stdio: ['ignore', 'pipe', 'inherit'],
      detached: true,
    });
    try {
      await ready(child);
      seconds.push((performance.now() - begun) / 1000);
    } finally {
      await stopped(child);
    }
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

/** @throws when it ends before it is ready */
const ready = async (child: ChildProcess): Promise<void> => {
  let said = '';
  const ended = once(child, 'exit').then(() => {
    throw new Error(`npm start ended before it was ready:\n${said}`);
  });
  const heard = new Promise<void>((resolve) => {
    child.stdout?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (/^Ready/m.test(said)) resolve();
    });
  });
  ended.catch(() => undefined);
  await Promise.race([heard, ended]);
};

const stopped = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.pid === undefined) return;
  const gone = once(child, 'exit');
  process.kill(-child.pid, 'SIGINT');
  await gone;
};
