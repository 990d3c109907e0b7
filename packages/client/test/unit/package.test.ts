import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../../../', import.meta.url));
const project = mkdtempSync(join(tmpdir(), 'client-'));
const run = (...args: string[]) =>
  execFileSync(process.execPath, args, { cwd: project, encoding: 'utf8', stdio: 'pipe' });

const program = `import { createClient, Rejection, type User } from 'user-management-client';

export const nameOf = async (url: string, token: string, id: string): Promise<string | undefined> => {
  const client = createClient({ url, token });
  const user: User | null = await client.user({ id });
  return user?.displayName;
};
export const isTaken = (error: unknown): boolean => error instanceof Rejection && error.code === 'EMAIL_TAKEN';
console.log(typeof createClient, isTaken(new Error()));
`;

beforeAll(() => {
  const installed = join(project, 'node_modules/user-management-client');
  mkdirSync(installed, { recursive: true });
  execFileSync(process.execPath, ['--import', 'tsx', 'packages/client/build.ts', installed], { cwd: root });
  writeFileSync(join(project, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(project, 'program.ts'), program);
});
afterAll(() => rmSync(project, { recursive: true }));

it.each([
  ['a bundler', ['--module', 'esnext', '--moduleResolution', 'bundler']],
  ['Node', ['--module', 'nodenext']],
])('is typed for a project of %s, without a setting of its own', (_, settings) => {
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  run(compiler, 'program.ts', '--strict', '--target', 'es2022', '--lib', 'es2022,dom', ...settings);
  expect(run('program.js')).toBe('function false\n');
});
