import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { assemblyKey, lasting, read } from '../../../local/assemblyKey.ts';

let root: string;
const put = (path: string, text: string) => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
};
const key = (environment: NodeJS.ProcessEnv = {}) => assemblyKey(root, environment);

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'sources-'));
  put('domain/user.ts', 'a');
  put('schema.graphql', 'b');
});
afterEach(() => rmSync(root, { recursive: true }));

describe('the key of an assembly', () => {
  it('is the same for the same sources and settings, wherever they are', () => {
    const before = key({ STAGE: 'dev', EMAIL: 'form' });
    const moved = `${root}-moved`;
    renameSync(root, moved);
    root = moved;
    expect(key({ EMAIL: 'form', STAGE: 'dev' })).toBe(before);
  });

  it.each<[string, () => void]>([
    ['a file that is changed', () => put('domain/user.ts', 'c')],
    ['a file that is new', () => put('domain/kernel/new.ts', '')],
    ['a file that is gone', () => rmSync(join(root, 'schema.graphql'))],
    ['a file that is renamed', () => renameSync(join(root, 'domain/user.ts'), join(root, 'domain/person.ts'))],
    ['text that moves to the next file', () => [put('domain/user.ts', ''), put('domain/z.ts', 'a')]],
    ['another package that is installed', () => put('node_modules/.package-lock.json', '{}')],
  ])('is another one after %s', (_, change) => {
    const before = key();
    change();
    expect(key()).not.toBe(before);
  });

  it('is another one for another setting, and the same in another terminal', () => {
    const settings = { CONCURRENCY: '2' };
    expect(key({ CONCURRENCY: '3' })).not.toBe(key(settings));
    expect(lasting({ ...settings, SHLVL: '2', PWD: '/', npm_config_x: '', TERM_PROGRAM: 'x' })).toEqual(settings);
  });

  it('does not change with what is beside the sources', () => {
    const before = key();
    put('docs/a.md', '');
    put('domain/node_modules/x/index.js', '');
    expect(key()).toBe(before);
  });

  it('knows of everything in the repository whether it has a part in a synthesis', () => {
    const kept = execFileSync('git', ['ls-files'], { encoding: 'utf8' }).trim().split('\n');
    const top = [...new Set(kept.map((path) => path.split('/')[0]!))].filter((name) => !name.startsWith('.'));
    const beside = ['bench', 'demo', 'docs', 'examples', 'load', 'operating', 'released', 'test'];
    const more = ['codegen.yml', 'eslint.config.js', 'package-lock.json', 'vitest.config.ts'];
    expect(top.filter((name) => !/^[A-Z]+\.?m?d?$/.test(name)).sort()).toEqual(
      [...read.filter((path) => !path.startsWith('node_modules')), ...beside, ...more].sort(),
    );
  });
});
