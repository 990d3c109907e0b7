import { afterAll, beforeAll, describe, it } from 'vitest';
import { buildConsole } from '../../console/build.ts';
import { admin, outputsOf, unique } from '../support/clients/client.ts';
import { type OwnProcess, ownProcess } from '../support/stack/ownProcess.ts';
import { closeVisits, hasChromium, openChromium } from './chromium.ts';
import { ConsolePage } from './consolePage.ts';

describe.skipIf(!hasChromium)('the console, while its stack', () => {
  let stack: OwnProcess;
  beforeAll(async () => {
    stack = ownProcess();
    // Here it is not the building that counts.
    await buildConsole();
    await stack.start('0');
  });
  afterAll(async () => {
    await closeVisits();
    stack?.remove();
  });

  const created = async (): Promise<string> => {
    const name = unique('restart');
    await (await admin('auth0|admin', stack.stateDir)).apply('createGroup', { name, description: 'Some' });
    return name;
  };

  it.each(['SIGINT', 'SIGKILL'] as const)(
    'is stopped by %s and started again, says so, and goes on where it was, still logged in',
    async (signal) => {
      const { PlaygroundUrl: url } = outputsOf(stack.stateDir);
      const context = await (await openChromium()).newContext({ viewport: { width: 1024, height: 768 } });
      context.setDefaultTimeout(60_000);
      const page = new ConsolePage(await context.newPage(), url);
      await page.open('/groups');
      await page.logIn('admin', 'auth0|admin');
      await page.badge('Live').waitFor();
      const before = await created();
      await page.row(before).waitFor();

      await stack.end(signal);
      await page.badge('Connection lost').waitFor();
      await stack.start(new URL(url).port);
      await page.badge('Live').waitFor();
      const after = await created();
      await page.row(after).waitFor();
      await page.row(before).waitFor();
      await context.close();
    },
  );
});
