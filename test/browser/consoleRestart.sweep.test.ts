import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, inject, it } from 'vitest';
import { buildConsole } from '../../console/build.ts';
import { admin, eventually, outputsOf, unique } from '../support/clients/client.ts';
import { closeVisits, hasChromium, openChromium } from './chromium.ts';
import { ConsolePage } from './consolePage.ts';

describe.skipIf(!hasChromium)('the console, while its stack', () => {
  let folder: string;
  let running: ChildProcess | undefined;

  /** As `npm start` does, on what earlier runs left. */
  const start = async (port: string): Promise<void> => {
    const options = ['--state', folder, '--assembly', inject('assemblyDir'), '--port', port];
    const child = spawn(process.execPath, ['--import', 'tsx', 'local/start.ts', ...options], {
      env: { ...process.env, DYNAMODB_LOCAL_ENDPOINT: '' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    running = child;
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (said += text.toString()));
    await eventually('the stack is ready', async () => {
      if (child.exitCode !== null) throw new Error(`the stack ended: ${said}`);
      return /^Ready/m.test(said);
    });
  };
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const gone = new Promise((resolve) => running!.once('exit', resolve));
    running!.kill(signal);
    await gone;
  };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'restarted-'));
    // Here it is not the building that counts.
    await buildConsole();
    await start('0');
  });
  afterAll(async () => {
    await closeVisits();
    running?.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  const created = async (): Promise<string> => {
    const name = unique('restart');
    await (await admin('auth0|admin', folder)).apply('createGroup', { name, description: 'Some' });
    return name;
  };

  it.each(['SIGINT', 'SIGKILL'] as const)(
    'is stopped by %s and started again, says so, and goes on where it was, still logged in',
    async (signal) => {
      const { PlaygroundUrl: url } = outputsOf(folder);
      const context = await (await openChromium()).newContext({ viewport: { width: 1024, height: 768 } });
      context.setDefaultTimeout(60_000);
      const page = new ConsolePage(await context.newPage(), url);
      await page.open('/groups');
      await page.logIn('admin', 'auth0|admin');
      await page.badge('Live').waitFor();
      const before = await created();
      await page.row(before).waitFor();

      await end(signal);
      await page.badge('Connection lost').waitFor();
      await start(new URL(url).port);
      await page.badge('Live').waitFor();
      const after = await created();
      await page.row(after).waitFor();
      await page.row(before).waitFor();
      await context.close();
    },
  );
});
