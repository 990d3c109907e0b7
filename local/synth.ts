import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SynthesisContext } from 'appsync-local';
import { assemblyKey, lasting } from './assemblyKey.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Any port will do: the runtime moves the issuers to its own. */
const somewhere = 'http://127.0.0.1:4000';

/**
 * Synthesizes the very application that is deployed, in a process of its own, with this machine's issuers in place of
 * Auth0's unless the environment names some. What an earlier run made of the same sources and settings serves again.
 *
 * @returns the folder of the cloud assembly
 */
export async function synthesize({ stateDir, signal }: Pick<SynthesisContext, 'stateDir' | 'signal'>): Promise<string> {
  const environment: NodeJS.ProcessEnv = {
    AUTH0_ADMIN_DOMAIN: `${somewhere}/oidc/admin`,
    AUTH0_ADMIN_CLIENT_ID: 'local-admin-app',
    AUTH0_USER_DOMAIN: `${somewhere}/oidc/user`,
    AUTH0_USER_CLIENT_ID: 'local-user-app',
    CDK_OUTDIR: join(stateDir, 'cdk.out'),
    CDK_VALIDATION: 'false',
    ...lasting(process.env),
    LOCAL_STACK: 'true',
  };
  const folder = environment['CDK_OUTDIR'] as string;
  const keyFile = `${folder}.key`;
  const key = assemblyKey(root, environment);
  if (existsSync(join(folder, 'manifest.json')) && existsSync(keyFile) && readFileSync(keyFile, 'utf8') === key)
    return folder;
  // What is there while it is made anew is of nobody.
  rmSync(keyFile, { force: true });
  await synthesizeAnew(environment, signal);
  // Whoever edits meanwhile gets the next start's own.
  if (assemblyKey(root, environment) === key) writeFileSync(keyFile, key);
  return folder;
}

async function synthesizeAnew(environment: NodeJS.ProcessEnv, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const child = spawn(process.execPath, ['--import', 'tsx', 'infra/app.ts'], {
      cwd: root,
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe'],
      signal,
    });
    let words = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => (words += text));
    child.on('error', reject);
    child.on('close', (code) =>
      code === 0 ? resolve() : reject(new Error(`The application could not be synthesized:\n${words.trim()}`)),
    );
  });
}
