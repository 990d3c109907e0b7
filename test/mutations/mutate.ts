import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Guard } from './guard.ts';

/**
 * What became of a guard's removal. `noticed`: a test failed. `survived`: all passed. `broken`: no test ran, so nothing
 * is shown: the text without the guard does not even load, or no test has such a name.
 */
export type Verdict = 'noticed' | 'survived' | 'broken';

export interface Result {
  guard: Guard;
  verdict: Verdict;
  /** Of the first test that failed; why nothing ran. */
  detail: string;
  seconds: number;
}

/** How often a text stands in another. */
export const occurrences = (text: string, part: string): number => text.split(part).length - 1;

/**
 * Removes one guard in a copy of the tree, runs the tests that should notice, and puts it back.
 * @throws Error when the guard is not there exactly once
 */
export const tryWithout = async (guard: Guard, folder: string): Promise<Result> => {
  const path = join(folder, guard.file);
  const text = readFileSync(path, 'utf8');
  const found = occurrences(text, guard.before);
  if (found !== 1) throw new Error(`${guard.id}: ${guard.file} has its text ${found} times, not once`);
  const began = Date.now();
  // A function, for what is written may hold what a replacement takes for a pattern.
  writeFileSync(
    path,
    text.replace(guard.before, () => guard.after),
  );
  try {
    const { passed, failed, first } = await runTests(folder, [guard.test], guard.pattern);
    const verdict = failed > 0 ? 'noticed' : passed > 0 ? 'survived' : 'broken';
    return { guard, verdict, detail: first, seconds: Math.round((Date.now() - began) / 1000) };
  } finally {
    writeFileSync(path, text);
  }
};

export interface Run {
  passed: number;
  failed: number;
  /** The name of the first test that failed; where none ran, the end of what vitest said. */
  first: string;
}

interface Report {
  testResults: { message?: string; assertionResults: { status: string; fullName: string }[] }[];
}

/** Runs test files of a copy. */
export const runTests = async (folder: string, files: string[], pattern?: string): Promise<Run> => {
  const reportFile = join(folder, 'report.json');
  rmSync(reportFile, { force: true });
  const said = await vitest(folder, [
    ...files,
    ...(pattern === undefined ? ['--bail=1'] : ['-t', pattern, '--bail=1']),
    '--reporter=json',
    `--outputFile=${reportFile}`,
  ]);
  const report = reportIn(reportFile);
  const tests = report?.testResults.flatMap(({ assertionResults }) => assertionResults) ?? [];
  const failures = tests.filter(({ status }) => status === 'failed');
  return {
    passed: tests.filter(({ status }) => status === 'passed').length,
    failed: failures.length,
    first: failures[0]?.fullName ?? (tests.length > 0 ? '' : (report?.testResults[0]?.message ?? said).slice(-500)),
  };
};

const reportIn = (file: string): Report | undefined => {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Report;
  } catch {
    return undefined;
  }
};

let running: ChildProcess | undefined;

/** Ends the tests that run, if some do, with their workers. */
export const stopTests = (): void => {
  if (running?.pid !== undefined) process.kill(-running.pid, 'SIGKILL');
};

/** Without a guard, something may go on for ever; of that nothing is shown either. */
const longestRun = 5 * 60_000;

/** @returns what it said */
const vitest = (folder: string, options: string[]): Promise<string> =>
  new Promise((resolve, reject) => {
    // Where this runs in a test, that test's vitest is none of the other's business.
    const env = Object.fromEntries(
      Object.entries(process.env).filter(([name]) => !/^(VITEST|TEST$|NODE_ENV$)/.test(name)),
    );
    const child = spawn(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', ...options], {
      cwd: folder,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own: the workers end with it.
      detached: true,
    });
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const limit = setTimeout(() => {
      said = `The tests did not end within ${longestRun / 60_000} minutes`;
      stopTests();
    }, longestRun);
    running = child;
    child.once('error', reject);
    child.once('exit', () => {
      clearTimeout(limit);
      running = undefined;
      resolve(said);
    });
  });
