import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SynthesisContext } from 'appsync-local';

const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * Synthesizes the very application that is deployed, in a process of its own, with this machine's issuers in place of
 * Auth0's unless the environment names some.
 *
 * @returns the folder of the cloud assembly
 */
export async function synthesize({ origin, stateDir, signal }: SynthesisContext): Promise<string> {
  const environment: NodeJS.ProcessEnv = {
    AUTH0_ADMIN_DOMAIN: `${origin}/oidc/admin`,
    AUTH0_ADMIN_CLIENT_ID: 'local-admin-app',
    AUTH0_USER_DOMAIN: `${origin}/oidc/user`,
    AUTH0_USER_CLIENT_ID: 'local-user-app',
    CDK_OUTDIR: join(stateDir, 'cdk.out'),
    CDK_VALIDATION: 'false',
    ...process.env,
    LOCAL_STACK: 'true',
  };
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
  return environment['CDK_OUTDIR'] as string;
}
