/**
 * Builds the page, unless it is built already: a build is kept under the hash of everything that it is made of.
 *
 *   node --import tsx console/build.ts
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readFile, readdir, rename, rm, stat } from 'node:fs/promises';
import { setPriority } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const cache = join(root, '.cache', 'console');

/** Any of these changed makes a new build. */
const sources = [
  'console/src',
  'console/index.html',
  'console/outputs.ts',
  'console/bundle.ts',
  'packages/client/src',
  'schema.graphql',
  'infra/api/graphql/appsync.graphql',
  'package-lock.json',
];

/** Above the niceness of everything that answers requests: a build must not slow down a stack that is in use. */
const buildNiceness = 5;

/**
 * Resolves to the folder with the page's files. Takes some seconds if anything changed, some milliseconds otherwise.
 * Runs the bundler in a process of its own, which `signal` stops. Rejects with the bundler's words if it fails.
 */
export async function buildConsole(options: { signal?: AbortSignal } = {}): Promise<string> {
  const target = join(cache, await hashOfSources());
  if (await exists(target)) return target;
  const draft = `${target}.${process.pid}`;
  await mkdir(cache, { recursive: true });
  try {
    await bundle(draft, options.signal);
    await rename(draft, target).catch(async (error: unknown) => {
      // Another process was quicker with the same build.
      if (!(await exists(target))) throw error;
    });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  await removeOthers(target);
  return target;
}

async function hashOfSources(): Promise<string> {
  const hash = createHash('sha256');
  for (const source of sources) {
    for (const file of await filesBelow(join(root, source))) {
      hash
        .update(`${relative(root, file)}\0`)
        .update(await readFile(file))
        .update('\0');
    }
  }
  return hash.digest('hex').slice(0, 16);
}

async function filesBelow(path: string): Promise<string[]> {
  if ((await stat(path)).isFile()) return [path];
  const entries = await readdir(path, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

function bundle(target: string, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const script = fileURLToPath(new URL('bundle.ts', import.meta.url));
    const child = spawn(process.execPath, ['--import', 'tsx', script, target], {
      cwd: root,
      stdio: ['ignore', 'ignore', 'pipe'],
      signal,
    });
    if (child.pid !== undefined) setPriority(child.pid, buildNiceness);
    let words = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (words += text));
    child.on('error', reject);
    child.on('close', (code) =>
      code === 0 ? resolve() : reject(new Error(`The console could not be built.\n${words.trim()}`)),
    );
  });
}

/** Removes builds of other sources. Whoever serves one has it in memory. */
async function removeOthers(current: string): Promise<void> {
  for (const name of await readdir(cache)) {
    const path = join(cache, name);
    // A name with a dot is a draft of a build under way.
    if (path !== current && !name.includes('.')) await rm(path, { recursive: true, force: true });
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  console.log(await buildConsole());
}
