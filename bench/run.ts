/**
 * Measures the committed code on this machine and prints tables.
 *
 *   npm run bench [-- SCENARIO…] [--json FILE]
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { synthesize } from '../local/synth.ts';
import { figuresTable, printed, type Result } from './report.ts';
import type { Bench, Scenario } from './scenario.ts';
import { beside, besideLarge, besideSlow } from './scenarios/beside.ts';
import { bundles } from './scenarios/bundles.ts';
import { consolePages } from './scenarios/console.ts';
import { costs } from './scenarios/costs.ts';
import { notifications } from './scenarios/notifications.ts';
import { pace } from './pace/pace.ts';
import { past } from './scenarios/past.ts';
import { publishing } from './scenarios/publishing.ts';
import { recovery, recoveryLarge } from './scenarios/recovery.ts';
import { startup, startupLarge } from './scenarios/startup.ts';
import { streams } from './scenarios/streams.ts';
import { template } from './scenarios/template.ts';
import { throughput } from './scenarios/throughput.ts';

const scenarios: Scenario[] = [
  costs,
  template,
  bundles,
  startup,
  startupLarge,
  pace,
  throughput,
  notifications,
  publishing,
  recovery,
  recoveryLarge,
  beside,
  besideLarge,
  besideSlow,
  past,
  streams,
  consolePages,
];

const usage = `Usage: npm run bench [-- SCENARIO…] [--json FILE]

${scenarios.map(({ name, about }) => `  ${name.padEnd(15)}  ${about}`).join('\n')}

Without a name all of them run, one after the other.`;

const readArguments = (args: string[]): { chosen: Scenario[]; json: string | undefined } => {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { json: { type: 'string' }, help: { type: 'boolean' } },
  });
  if (values.help) {
    console.log(usage);
    process.exit(0);
  }
  const unknown = positionals.find((name) => !scenarios.some((scenario) => scenario.name === name));
  if (unknown !== undefined) throw new Error(`There is no scenario ${unknown}.\n${usage}`);
  return {
    chosen: positionals.length === 0 ? scenarios : scenarios.filter(({ name }) => positionals.includes(name)),
    json: values.json,
  };
};

const measure = async ({ chosen, json }: ReturnType<typeof readArguments>, signal: AbortSignal): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  let folders = 0;
  const started = performance.now();
  const say = (words: string) =>
    console.error(`${((performance.now() - started) / 1000).toFixed(1).padStart(6)} s  ${words}`);
  try {
    say('synthesizing the application');
    const assemblyDir = await synthesize({ stateDir: folder, signal });
    const bench: Bench = { assemblyDir, say, newFolder: () => join(folder, String((folders += 1))) };
    const results: Record<string, Result> = {};
    for (const { name, run } of chosen) {
      const result = await run({ ...bench, say: (words) => say(`${name}: ${words}`) });
      results[name] = result;
      for (const table of result.tables) console.log(`\n${printed(table)}`);
    }
    console.log(`\n${printed(figuresTable(Object.values(results).flatMap(({ figures }) => figures)))}\n`);
    console.log(
      `One run on ${availableParallelism()} shared cores, Node ${process.versions.node}, all engines on the same machine.`,
    );
    if (json !== undefined) writeFileSync(json, `${JSON.stringify(results, null, 2)}\n`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

const interrupted = new AbortController();
process.once('SIGINT', () => {
  interrupted.abort();
  process.exit(130);
});
try {
  await measure(readArguments(process.argv.slice(2)), interrupted.signal);
} catch (error) {
  console.error(error instanceof Error ? (error.message.includes('Usage:') ? error.message : error.stack) : error);
  process.exitCode = 1;
}
