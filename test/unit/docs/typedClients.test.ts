import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const guide = readFileSync(join(root, 'docs/clients.md'), 'utf8');
const section = guide.slice(guide.indexOf('## Types for another client'));
const block = (language: string) => section.split(`\`\`\`${language}\n`)[1]!.split('```')[0]!;

const project = mkdtempSync(join(tmpdir(), 'typed-'));
afterAll(() => rmSync(project, { recursive: true }));
const run = (tool: string, ...args: string[]) =>
  execFileSync(process.execPath, [join(root, 'node_modules', tool), ...args], { cwd: project, encoding: 'utf8' });

it('the guide gives types to any client, from the schema alone', () => {
  symlinkSync(join(root, 'node_modules'), join(project, 'node_modules'));
  copyFileSync(join(root, 'schema.graphql'), join(project, 'schema.graphql'));
  writeFileSync(join(project, 'codegen.yml'), block('yaml'));
  mkdirSync(join(project, 'src'));
  writeFileSync(join(project, 'src/people.ts'), block('ts'));
  writeFileSync(
    join(project, 'src/use.ts'),
    `import type { ResultOf, VariablesOf } from '@graphql-typed-document-node/core';
import { people } from './people';
export const variables: VariablesOf<typeof people> = { text: 'lov' };
export const names = (answer: ResultOf<typeof people>): string[] => answer.users.items.map((user) => user.displayName);
// @ts-expect-error: a number is no text
export const wrong: VariablesOf<typeof people> = { text: 1 };
`,
  );
  run('@graphql-codegen/cli/esm/bin.js', '--config', 'codegen.yml');
  const strict = ['--strict', '--noEmit', '--target', 'es2022', '--module', 'esnext', '--moduleResolution', 'bundler'];
  expect(run('typescript/bin/tsc', ...strict, '--skipLibCheck', '--types', 'node', 'src/use.ts')).toBe('');
});
