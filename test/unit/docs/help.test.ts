import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { sweeps } from '../../support/runs.ts';

const cwd = fileURLToPath(new URL('../../../', import.meta.url));
const { scripts } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
  scripts: Record<string, string>;
};

/** What is a program of this repository; the others pass on to tools that have a help of their own. */
const programs = Object.entries(scripts).flatMap(([name, line]) => {
  const [, file] = /^(?:exec )?node --import tsx (\S+\.ts)$/.exec(line) ?? [];
  return file === undefined ? [] : [{ name, file }];
});

it('there are programs', () => expect(programs.length).toBeGreaterThan(8));

/** Each is a process of its own, most of whose time goes into loading. */
const tried = programs.filter((_, n) => sweeps || n % 3 === 0);

it.each(tried)('npm run $name -- --help says how it is used, and does nothing', async ({ file }) => {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ['--import', 'tsx', file, '--help'], { cwd });
  expect(stdout).toMatch(/^Usage: /);
  expect(stderr).toBe('');
});
