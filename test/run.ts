import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

if (process.argv.includes('--help')) {
  console.log(`Usage: npm test [-- FILTER…] [-t PATTERN]

  FILTER       only test files whose paths contain it, e.g. test/e2e/aggregates/user
  -t PATTERN   only tests whose names match

With SWEEPS=1 in the environment the files *.sweep.test.ts run as well, as they do in CI; one that is named runs in any
case. With SOAK=1 some tests go on to their very end, for hours (docs/guarantees.md).`);
  process.exit(0);
}

/** Runs vitest with the arguments given, and closes with one plain line: `N passed, N failed`. */
const folder = mkdtempSync(join(tmpdir(), 'results-'));
const file = join(folder, 'results.json');
const { status } = spawnSync(
  process.execPath,
  [
    'node_modules/vitest/vitest.mjs',
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${file}`,
    ...process.argv.slice(2),
  ],
  {
    stdio: 'inherit',
  },
);

interface Results {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  testResults: { status: string; assertionResults: { status: string }[] }[];
}

const countsFrom = (): { passed: number; failed: number; skipped: number } => {
  try {
    const results = JSON.parse(readFileSync(file, 'utf8')) as Results;
    // A file that failed outside of its tests, in its set-up say, counts as one failure.
    const broken = results.testResults.filter(
      (each) => each.status === 'failed' && !each.assertionResults.some((test) => test.status === 'failed'),
    ).length;
    return {
      passed: results.numPassedTests,
      failed: results.numFailedTests + broken,
      skipped: results.numPendingTests,
    };
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  }
};

const { passed, failed, skipped } = countsFrom();
rmSync(folder, { recursive: true, force: true });
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exit(status === 0 && failed === 0 && passed > 0 ? 0 : 1);
