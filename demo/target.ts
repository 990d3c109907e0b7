/** Which API the demo fills, and with whose token. */
import { execFile } from 'node:child_process';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { findOutputs } from '../local/outputs.ts';

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
  const given = readArguments(args);
  const { file, outputs } = findOutputs(given);
  const { GraphQLUrl, PlaygroundUrl, AdminIssuer } = outputs as Record<string, string | undefined>;
  if (!GraphQLUrl) throw new Error(`${file} names no GraphQLUrl: it does not hold a stack's outputs.`);
  const adminToken = process.env['ADMIN_TOKEN'] ?? (await localToken(dirname(file), AdminIssuer ?? ''));
  return { graphqlUrl: GraphQLUrl, playgroundUrl: PlaygroundUrl, adminToken };
}

function readArguments(args: string[]): { state: string; outputs?: string } {
  try {
    return parseArgs({ args, options: { state: { type: 'string', default: '.local' }, outputs: { type: 'string' } } })
      .values;
  } catch (error) {
    throw new Error(`${(error as Error).message}\n${usage}`);
  }
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
