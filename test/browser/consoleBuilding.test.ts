import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, inject, it } from 'vitest';
import { buildConsole } from '../../console/build.ts';
import { readOutputs } from '../../console/outputs.ts';
import { createConsole } from '../../console/server.ts';
import { outputsOf } from '../support/clients/client.ts';
import { closeVisits, hasChromium, openChromium } from './chromium.ts';
import { ConsolePage } from './consolePage.ts';

describe.skipIf(!hasChromium)('the console, while it is being built', () => {
  let server: Server;
  let built: (dist: string) => void;
  beforeAll(async () => {
    const dist = new Promise<string>((resolve) => (built = resolve));
    const { handle } = createConsole({ config: readOutputs(outputsOf(inject('stateDir'))), dist });
    server = createServer((request, response) => {
      if (!handle(request, response)) response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(async () => {
    await closeVisits();
    server.closeAllConnections();
    server.close();
  });

  it('asks its visitors to wait, and appears by itself, whichever of its pages they came for', async () => {
    const page = await (await openChromium()).newPage();
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    await page.goto(`${url}#/groups`);
    await page.getByText('The page is being built').waitFor();
    built(await buildConsole());
    await new ConsolePage(page, url).page.getByRole('heading', { name: 'User management' }).waitFor();
  });
});
