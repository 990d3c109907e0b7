import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, BrowserContext } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { CHAPTERS, type Step } from '../../playground/src/steps.ts';
import { hasChromium, launchChromium } from './chromium.ts';
import { PlaygroundPage } from './playgroundPage.ts';

const ARTIFACTS = 'test/artifacts';
const MEGABYTE = 1_000_000;

/** Run in the page: makes the token that it holds an expired one. */
const SPOIL_TOKEN = `
  const [key, text] = Object.entries(sessionStorage).find(([name]) => name.startsWith('oidc.user:'));
  sessionStorage.setItem(key, JSON.stringify({ ...JSON.parse(text), access_token: 'used.up.long-ago', expires_at: 1 }));
`;

describe.skipIf(!hasChromium)('the playground', () => {
  const stacks = JSON.parse(readFileSync(join(inject('stateDir'), 'outputs.json'), 'utf8')) as Record<string, Record<string, string>>;
  const { PlaygroundUrl: url = '' } = Object.values(stacks)[0]!;
  const unique = Date.now().toString(36);
  let browser: Browser;
  let context: BrowserContext;

  beforeAll(async () => {
    mkdirSync(ARTIFACTS, { recursive: true });
    browser = await launchChromium();
    // The first visitor may have to wait until the page is built; it appears by itself.
    const page = await browser.newPage();
    const faults: string[] = [];
    page.on('pageerror', ({ message }) => faults.push(message));
    await page.goto(url);
    await page.getByRole('heading', { name: 'User management' }).waitFor({ timeout: 100_000 }).catch(async (error: Error) => {
      throw new Error([error.message, ...faults, await page.innerText('body')].join('\n'));
    });
    await page.close();
  });
  afterEach(() => context.close());
  afterAll(() => browser.close());

  const visit = async (options: Parameters<Browser['newContext']>[0] = {}) => {
    context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
    return PlaygroundPage.open(context, url);
  };

  it('loads less than 2 MB, all of it from its own origin, and has its documentation before log-in', async () => {
    const playground = await visit();
    const { page } = playground;
    await page.waitForLoadState('networkidle');
    // What the editors load when they are shown, their workers among it, counts as well.
    await page.getByText('createAuthorization').first().waitFor();
    const size = [...playground.sizes.values()].reduce((sum, bytes) => sum + bytes, 0);
    expect([...playground.sizes.keys()].filter((loaded) => loaded.includes('worker')).length).toBeGreaterThan(0);
    expect(size).toBeLessThan(2 * MEGABYTE);
    expect(playground.strangers).toEqual([]);

    await page.getByRole('button', { name: 'Show Documentation Explorer' }).click();
    await page.getByRole('link', { name: 'Mutation' }).click();
    await page.getByText('Each goes to its operation\'s own queue').waitFor();
  });

  it('says what to do when nobody is logged in', async () => {
    const playground = await visit();
    const { errors } = await playground.run();
    expect(errors).toHaveLength(1);
    await playground.page.getByRole('alert').getByText('Log in first').waitFor();
  });

  it('says what to do when the API or an issuer does not answer', async () => {
    const playground = await visit();
    await context.route(/\/graphql$/, (route) => route.abort());
    await playground.page.getByRole('button', { name: /^Execute query/ }).click();
    await playground.page.getByRole('alert').getByText('Start it with npm start').waitFor();
    await context.route(/openid-configuration/, (route) => route.abort());
    await playground.page.getByRole('button', { name: 'Log in as user' }).click();
    await playground.page.getByRole('alert').getByText('The user application\'s issuer').waitFor();
  });

  it('shows an admin what happens, in one tab, of what is done in another', async () => {
    const playground = await visit();
    await playground.logIn('admin', 'auth0|admin');
    await playground.subscribe('Watch every change');
    const { data } = await playground.runStep('Create a group');
    const id = data!['createGroup'].aggregateId as string;
    await playground.messages(id.slice(0, 8)).first().waitFor();
    await playground.messages(id.slice(0, 8)).first().click();
    await playground.page.screenshot({ path: join(ARTIFACTS, 'playground-light.png') });
    await playground.page.setViewportSize({ width: 1024, height: 768 });
    await playground.page.screenshot({ path: join(ARTIFACTS, 'playground-1024.png') });
    expect(playground.faults).toEqual([]);
    expect(playground.strangers).toEqual([]);
  });

  it('plays the admin\'s story to its end', async () => {
    const playground = await visit({ colorScheme: 'dark' });
    await playground.logIn('admin', 'auth0|admin');
    await playground.subscribe('Watch every change');
    const refused = ['Input that cannot be right'];
    for (const { title: chapter, steps } of CHAPTERS.filter(({ title }) => title !== 'As a user')) {
      for (const step of steps) {
        if (isSubscription(step)) continue;
        const { data, errors } = await playground.runStep(step.title);
        if (refused.includes(step.title)) expect(errors?.[0]?.errorType, step.title).toBe('INVALID');
        else expect(errors, step.title).toBeUndefined();
        if (step.title.startsWith('Its outcome')) expect(`Its outcome: ${data!['command'].code}`).toBe(step.title);
        const receipt = Object.values(data ?? {})[0] as { commandId?: string; status?: string } | null;
        if (receipt?.commandId && !receipt.status) {
          const outcome = await playground.outcome(receipt.commandId);
          expect(outcome['status'], step.title).toBe(chapter === 'Be refused' ? 'REJECTED' : 'APPLIED');
          // What follows may depend on the view, of which the subscription tells.
          if (outcome['status'] === 'APPLIED') await playground.messages(`commandId ${receipt.commandId.slice(0, 8)}`).first().waitFor();
        }
      }
    }
    // Of the many tabs by now, the one shown is in sight.
    const rightEdge = (await playground.page.getByRole('button', { name: 'New tab' }).boundingBox())!.x;
    const shown = (await playground.page.getByRole('tab', { selected: true }).boundingBox())!;
    expect(shown.x).toBeGreaterThan(0);
    expect(shown.x + shown.width).toBeLessThanOrEqual(rightEdge + 1);
    await playground.page.screenshot({ path: join(ARTIFACTS, 'playground-dark.png') });
    expect(playground.faults).toEqual([]);
  }, 180_000);

  it('lets a user sign up and see the own profile, refuses what is for admins, and logs out', async () => {
    const playground = await visit();
    await playground.logIn('user', `auth0|grace-${unique}`);
    expect((await playground.runStep('My profile')).data).toEqual({ me: null });
    await playground.subscribe('Watch my changes');
    const { data } = await playground.runStep('Sign up');
    expect((await playground.outcome(data!['signUp'].commandId)).status).toBe('APPLIED');
    await playground.messages('CREATED').first().waitFor();
    expect((await playground.runStep('My profile')).data).toMatchObject({ me: { id: `grace-${unique}`, firstName: 'Grace', version: 1, role: null } });
    await playground.response().getByText('Grace').first().waitFor();

    const { errors } = await playground.runStep('What a user may not see');
    expect(errors?.[0]?.errorType).toBe('Unauthorized');
    await playground.response().getByText('Unauthorized').first().waitFor();
    await playground.openStep('Watch its progress');
    await playground.page.getByRole('button', { name: /^Execute query/ }).click();
    await playground.response().getByText('Not Authorized').waitFor();
    await playground.page.getByRole('region', { name: 'Live' }).getByText('Not Authorized').waitFor();

    await playground.page.getByRole('button', { name: 'Log out' }).click();
    await playground.page.getByText('Not logged in').waitFor();
    expect(playground.faults).toEqual([]);
  });

  it('renews an expired token by itself', async () => {
    const playground = await visit();
    await playground.logIn('admin', 'auth0|admin');
    await playground.page.evaluate(SPOIL_TOKEN);
    await playground.page.reload();
    expect((await playground.runStep('All users')).errors).toBeUndefined();
    await playground.page.getByText('Logged in: auth0|admin').waitFor();
  });

  it('keeps both applications\' log-ins and ends subscriptions at a change of person', async () => {
    const playground = await visit();
    await playground.logIn('user', `auth0|both-${unique}`);
    await playground.logIn('admin', 'auth0|admin');
    await playground.subscribe('Watch every change');
    await playground.page.getByRole('button', { name: 'Log in as user' }).click();
    await playground.page.getByText(`Logged in: auth0|both-${unique}, user application`).waitFor();
    await playground.page.getByText('Ended: somebody else is logged in now.').waitFor();
  });
});

function isSubscription({ query }: Step): boolean {
  return query.startsWith('subscription');
}
