import { createHash, type Hash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** What a synthesis may read of the repository, with everything below. */
export const read = [
  'cdk.json',
  'console',
  'domain',
  'functions',
  'generated',
  'infra',
  'local',
  'package.json',
  'packages',
  'resolvers',
  'schema.graphql',
  'tsconfig.json',
  // Says what is installed.
  'node_modules/.package-lock.json',
];

/** Of a terminal or a session: it differs from start to start, and none of it is a setting. */
const passing =
  /^(_|npm_.*|INIT_CWD|PWD|OLDPWD|SHLVL|TERM.*|COLORTERM|LS_COLORS|WINDOWID|DISPLAY|WAYLAND_.*|XDG_.*|SSH_.*|DBUS_.*|VSCODE_.*)$/;

/** What a synthesis is given of the environment: what its key knows, and nothing else. */
export function lasting(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !passing.test(name)));
}

/**
 * Tells assemblies apart: the same key, the same assembly.
 *
 * @param root folder of the repository
 * @param environment all that the synthesis is given
 */
export function assemblyKey(root: string, environment: NodeJS.ProcessEnv): string {
  const hash = createHash('sha256').update(process.version);
  hash.update(JSON.stringify(Object.entries(environment).sort()));
  for (const path of read) add(hash, root, path);
  return hash.digest('hex');
}

function add(hash: Hash, root: string, path: string): void {
  const place = join(root, path);
  const found = statSync(place, { throwIfNoEntry: false });
  if (found?.isDirectory() === true) {
    for (const name of readdirSync(place).sort()) if (name !== 'node_modules') add(hash, root, `${path}/${name}`);
  } else {
    // Names and lengths, so that no two trees read the same.
    hash.update(JSON.stringify([path, found?.size ?? null]));
    if (found) hash.update(readFileSync(place));
  }
}
