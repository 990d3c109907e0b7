import { execFileSync } from 'node:child_process';
import { cpSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readlinkSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../', import.meta.url));

/** A copy of the tree, as it stands, to be changed and run in; what is installed is not copied. */
export const copyOfTree = (): { folder: string; remove(): void } => {
  const folder = mkdtempSync(join(tmpdir(), 'mutations-'));
  for (const file of filesOf(root)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    cpSync(join(root, file), join(folder, file));
  }
  linkModules(join(root, 'node_modules'), join(folder, 'node_modules'));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
};

/** What git knows, and what it would be told of next. */
const filesOf = (tree: string): string[] => {
  const list = (...options: string[]) =>
    execFileSync('git', ['ls-files', '-z', ...options], { cwd: tree, encoding: 'utf8' }).split('\0');
  const gone = new Set(list('--deleted'));
  return [...new Set(list('--cached', '--others', '--exclude-standard'))].filter((file) => file && !gone.has(file));
};

/** Links to what is installed; the workspaces' own links lead into the copy. */
const linkModules = (from: string, to: string): void => {
  mkdirSync(to);
  for (const name of readdirSync(from)) {
    if (name.startsWith('.') && name !== '.bin') continue;
    const entry = join(from, name);
    const target = lstatSync(entry).isSymbolicLink() ? readlinkSync(entry) : entry;
    symlinkSync(isAbsolute(target) ? entry : target, join(to, name));
  }
};
