/**
 * `npm run drill`: shows on this machine that the system comes back from a backup of its event store. `--help` says
 * what it takes.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { drill, type DrillResult } from './drill/run.ts';
import { readOptions, runTool } from './tool.ts';

const usage = `Usage: npm run drill [-- --people N] [--state DIR]

Loses the event store of a local stack and brings the system back from a backup of it, which is older than views and claims
and has no stream; compares, and says what was lost and how long each step took. The same steps on AWS: docs/operating.md.

  --people N   how many people the backup has, at least 5 (default 50)
  --state DIR  keeps the stack that it worked on in this new folder (default: nothing is kept)`;

const run = async (args: string[]): Promise<void> => {
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
  const { help, people, state } = read(args);
  if (help) return void console.log(usage);
  const stateDir = state ?? mkdtempSync(join(tmpdir(), 'drill-'));
  const begun = performance.now();
  try {
    const result = await drill({ stateDir, people, say: (words) => console.log(`${since(begun)}  ${words}`) });
    report(result);
    if (result.problems.length > 0) process.exitCode = 1;
  } finally {
    if (state === undefined) rmSync(stateDir, { recursive: true, force: true });
  }
};

const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(1).padStart(6)} s`;
const since = (begun: number): string => seconds(performance.now() - begun);

const report = ({ restored, lost, wrong, problems, steps }: DrillResult): void => {
  console.log(`\nHow long each step took\n`);
  for (const { name, took } of steps) console.log(`${seconds(took)}  ${name}`);
  const events = lost.reduce((sum, { from, to }) => sum + to - from + 1, 0);
  console.log(`\nRestored: ${restored} events. Lost: ${events} events of ${lost.length} streams\n`);
  for (const { streamId, from, to } of lost)
    console.log(`  ${streamId}, version ${from}${to > from ? ` to ${to}` : ''}`);
  console.log(`\n${wrong} rows and claims were not what the restored events say.`);
  console.log(
    problems.length === 0
      ? 'After the recovery all are, and the system works on.'
      : ['Not all is as it should be:', ...problems.map((problem) => `  ${problem}`)].join('\n'),
  );
};

const read = (args: string[]): { help: boolean; people: number; state: string | undefined } => {
  const options = {
    help: { type: 'boolean', default: false },
    people: { type: 'string', default: '50' },
    state: { type: 'string' },
  } as const;
  const { values } = readOptions({ args, options }, usage);
  const people = Number(values.people);
  if (!Number.isInteger(people) || people < 5)
    throw new Error(`--people takes a number of at least 5, not ${values.people}\n${usage}`);
  return { help: values.help, people, state: values.state };
};

runTool(run);
