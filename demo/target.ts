/** Which API the demo fills, and with whose token. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';

export interface Target {
  graphqlUrl: string;
  /** Where a person can look at the result; deployed stacks have none. */
  playgroundUrl?: string;
  adminToken: string;
}

export const usage = `Usage: npm run demo [-- --state DIR] [--outputs FILE]

  --state DIR      the folder of the running local stack (default .local)
  --outputs FILE   outputs of \`cdk deploy --outputs-file\`; the environment variable ADMIN_TOKEN then holds a token`;

/**
 * Reads the command line: the running stack in `.local`, or in another folder, or the one whose outputs are in a file.
 * The token is that of the environment variable ADMIN_TOKEN, or one that the local stack gives. Rejects with what to
 * do.
 */
export async function findTarget(args: string[]): Promise<Target> {
  const { state, outputs } = readArguments(args);
  const file = outputs ?? join(state, 'outputs.json');
  const found = await readOutputs(file);
  const adminToken =
    process.env['ADMIN_TOKEN'] ?? (await localToken(outputs ? dirname(outputs) : state, found['AdminIssuer'] ?? ''));
  return { graphqlUrl: found['GraphQLUrl']!, playgroundUrl: found['PlaygroundUrl'], adminToken };
}

function readArguments(args: string[]): { state: string; outputs?: string } {
  try {
    return parseArgs({ args, options: { state: { type: 'string', default: '.local' }, outputs: { type: 'string' } } })
      .values;
  } catch (error) {
    throw new Error(`${(error as Error).message}\n${usage}`);
  }
}

async function readOutputs(file: string): Promise<Record<string, string>> {
  const text = await readFile(file, 'utf8').catch(() => {
    throw new Error(
      `No stack is running: there is no ${file}\nStart one with \`npm start\`, or name its folder with --state DIR.\n${usage}`,
    );
  });
  const stacks = Object.values(JSON.parse(text) as Record<string, Record<string, string>>);
  const found = stacks.find((outputs) => outputs['GraphQLUrl']);
  if (!found) throw new Error(`${file} names no GraphQLUrl: it does not hold a stack's outputs.`);
  return found;
}

async function localToken(state: string, issuer: string): Promise<string> {
  if (!issuer.startsWith('http://')) {
    throw new Error(
      'Put an access token of the admin application into the environment variable ADMIN_TOKEN (the console shows how to log in).',
    );
  }
  const command = ['--import', 'tsx', 'local/token.ts', 'admin', '--state', state];
  const { stdout } = await promisify(execFile)(process.execPath, command, {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
  });
  return stdout.trim();
}
