import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Scenario } from '../scenario.ts';
import { percentile, rounded } from '../support/statistics.ts';

const starts = 5;

/** How long `npm start` takes until it serves, synthesis included. */
export const startup: Scenario = {
  name: 'startup',
  about: 'seconds from npm start to Ready, five times',
  async run(bench) {
    const seconds: number[] = [];
    for (let n = 1; n <= starts; n += 1) {
      bench.say(`start ${n} of ${starts}`);
      const begun = performance.now();
      const child = spawn('npm', ['start', '--silent', '--', '--port', '0', '--state', bench.newFolder()], {
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
    const [typical, slowest] = [percentile(seconds, 0.5), Math.max(...seconds)].map((value) => rounded(value));
    return {
      tables: [
        {
          title: 'From `npm start` to Ready',
          columns: ['', 'median', 'slowest'],
          rows: [['seconds', typical!, slowest!]],
          note: `${starts} starts, one after the other.`,
        },
      ],
      figures: [
        { name: '`npm start` to Ready, seconds (median, slowest)', value: `${typical}, ${slowest}`, aim: '≤ 10' },
      ],
    };
  },
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
