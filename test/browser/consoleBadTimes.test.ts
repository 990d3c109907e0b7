import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { buildConsole } from '../../console/build.ts';
import { readOutputs } from '../../console/outputs.ts';
import { createConsole } from '../../console/server.ts';
import { admin, type Client, outputsOf, tokenOf, unique } from '../support/clients/client.ts';
import { startUnreliableNetwork, type UnreliableNetwork } from '../support/clients/unreliableNetwork.ts';
import { closeVisits, hasChromium, openChromium } from './chromium.ts';
import { ConsolePage } from './consolePage.ts';

/** To be run in the page: changes what it holds of its log-in. */
const spoil = (changes: object) => `
  const [key, text] = Object.entries(sessionStorage).find(([name]) => name.startsWith('oidc.user:'));
  sessionStorage.setItem(key, JSON.stringify({ ...JSON.parse(text), ...${JSON.stringify(changes)} }));
`;

describe.skipIf(!hasChromium)('the console in bad times', () => {
  let browser: Browser;
  let network: UnreliableNetwork;
  let server: Server;
  let api: Client;
  let url: string;
  let page: ConsolePage;

  beforeAll(async () => {
    const outputs = outputsOf(inject('stateDir'));
    network = await startUnreliableNetwork(outputs);
    const config = readOutputs({ ...outputs, GraphQLUrl: network.GraphQLUrl, RealtimeUrl: network.RealtimeUrl });
    const dist = buildConsole();
    const served = createConsole({ config, dist });
    server = createServer((request, response) => {
      if (!served.handle(request, response)) response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    await dist;
    browser = await openChromium();
    api = await admin();
    page = await visitor();
    await page.open('/groups');
    await page.logIn('admin', 'auth0|admin');
  });
  afterAll(async () => {
    await closeVisits();
    server?.closeAllConnections();
    server?.close();
    await network?.stop();
  });

  const visitor = async (): Promise<ConsolePage> => {
    const context = await browser.newContext({ viewport: { width: 1024, height: 768 } });
    context.setDefaultTimeout(60_000);
    return new ConsolePage(await context.newPage(), url);
  };
  const group = () => ({ name: unique('times'), description: 'Some' });

  it('comes back from the log-in to the page that was asked for', async () => {
    await page.heading('Groups').waitFor();
    await page.badge('Live').waitFor();
  });

  it('says that the connection is lost, and catches up by itself when the stack is there again', async () => {
    await page.badge('Live').waitFor();
    network.decide(() => 'lost');
    network.cut(true);
    await page.badge('Connection lost').waitFor();
    await page.expectAccessible();
    const missed = group();
    await api.apply('createGroup', missed);
    network.decide(() => 'delivered');
    network.mend();
    await page.badge('Live').waitFor();
    await page.page.getByRole('searchbox').fill(missed.name);
    await page.row(missed.name).waitFor();
  });

  /** A visitor who begins anew, whatever became of the one before. */
  const atRoles = async (): Promise<ConsolePage> => {
    const begun = await visitor();
    await begun.open('/roles');
    await begun.logIn('admin', 'auth0|admin');
    await begun.heading('Roles').waitFor();
    await begun.badge('Live').waitFor();
    return begun;
  };

  it('renews a token that has expired, or that the API does not take, without a word', async () => {
    page = await atRoles();
    const expired = await tokenOf(inject('stateDir'), 'admin', 'auth0|admin', { exp: 1 });
    for (const changes of [{ access_token: 'used.up.long-ago', expires_at: 1 }, { access_token: expired }]) {
      let renewals = 0;
      // So slow that all who need a token ask for it meanwhile.
      await page.page.route(/token$/, async (route) => {
        renewals += Number(route.request().postData()?.includes('grant_type=refresh_token') ?? false);
        await delay(1_000);
        await route.continue();
      });
      await page.page.evaluate(spoil(changes));
      await page.page.reload();
      await page.badge('Live').waitFor();
      await page.page.unroute(/token$/);
      // Two at once would give the same refresh token, which an issuer takes for stolen.
      expect(renewals).toBe(1);
    }
  });

  it('asks for a new log-in when a token cannot be renewed, and is where it was afterwards', async () => {
    page = await atRoles();
    const gone = { access_token: 'used.up.long-ago', expires_at: 1, refresh_token: 'used-up-as-well' };
    await page.page.evaluate(spoil(gone));
    await page.page.reload();
    await page.page.getByRole('alert').getByText('expired and cannot be renewed').first().waitFor();
    // Of what never came, nobody knows whether it is empty.
    expect(await page.page.getByText(/There is no role yet|shown/).count()).toBe(0);
    await page.expectAccessible();
    await page.button('Log in again').first().click();
    // The issuer knows the person still; it asks once whether a page at this address may act for them.
    const asked = page.page.getByRole('button', { name: /^Continue as/ });
    await page.badge('Live').or(asked).first().waitFor();
    if (await asked.isVisible()) await asked.click();
    await page.heading('Roles').waitFor();
    await page.badge('Live').waitFor();
  });

  it('keeps two tabs apart: two people, two applications', async () => {
    page = await atRoles();
    const other = new ConsolePage(await page.page.context().newPage(), url);
    await other.open();
    await other.logIn('user', `auth0|${unique('member')}`);
    await other.button('Sign up').waitFor();
    await page.page.reload();
    await page.heading('Roles').waitFor();
    await page.badge('Live').waitFor();
    await other.page.reload();
    await other.button('Sign up').waitFor();
    await other.page.close();
  });

  it('begins at the first page of the other application, and of this one again', async () => {
    page = await atRoles();
    const member = `auth0|${unique('member')}`;
    await page.person('auth0|admin').click();
    await page.page.getByRole('menuitem', { name: 'Log in as user' }).click();
    await page.page.getByLabel('User id').fill(member);
    await page.page.getByRole('button', { name: 'Log in', exact: true }).click();
    await page.button('Sign up').waitFor();
    await page.menu('My data').click();
    await page.page.getByText('Nothing is held of you').waitFor();
    // Still logged in there.
    await page.person(member).click();
    await page.page.getByRole('menuitem', { name: 'Log in as admin' }).click();
    await page.heading('People').waitFor();
  });

  it('says what is so when a command gets no answer, and what to do', async () => {
    await page.open('/groups/new');
    const made = group();
    await page.fill({ Name: made.name, Description: 'Late' });
    // Its first answer is lost: the same command is sent again, and has its effect once.
    let lost = 0;
    network.decide((body) => (body.includes('mutation') && lost++ === 0 ? 'answer lost' : 'delivered'));
    await page.button('Create group').click();
    await page.heading(made.name).waitFor();
    await page.page.getByText('Version 1', { exact: true }).waitFor();
    network.decide(() => 'delivered');
  });

  it('says so when the issuer does not answer', async () => {
    const other = await visitor();
    await other.open();
    await other.page.route(/openid-configuration/, (route) => route.abort());
    await other.button('Log in as admin').click();
    await other.page.getByRole('alert').getByText('Is the stack running').waitFor();
    await other.page.context().close();
  });

  it('comes back to the console from a log-in that was given up', async () => {
    const other = await visitor();
    await other.open();
    await other.button('Log in as user').click();
    await other.page.getByRole('button', { name: 'Back to the application' }).click();
    await other.page.getByRole('alert').getByText('The user log-in was refused').waitFor();
    await other.button('Log in as user').waitFor();
    await other.page.context().close();
  });
});
