import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { allChapters, type Step } from '../../console/src/graphiql/steps.ts';
import { outputsOf, tokenOf } from '../support/clients/client.ts';
import { hasChromium } from './chromium.ts';
import { sweeps } from '../support/runs.ts';
import { ConsolePage } from './consolePage.ts';
import { visits } from './visits.ts';

const artifactsDir = 'test/artifacts';
const megabyte = 1_000_000;

/** To be run in the page: changes what it holds of its log-in. */
const spoil = (changes: object) => `
  const [key, text] = Object.entries(sessionStorage).find(([name]) => name.startsWith('oidc.user:'));
  sessionStorage.setItem(key, JSON.stringify({ ...JSON.parse(text), ...${JSON.stringify(changes)} }));
`;
const expiredLogin = { access_token: 'used.up.long-ago', expires_at: 1 };

describe.skipIf(!hasChromium)('the graphiql', () => {
  const unique = Date.now().toString(36);
  mkdirSync(artifactsDir, { recursive: true });
  const { visit } = visits(() => {
    const { PlaygroundUrl: url, GraphQLUrl: api } = outputsOf(inject('stateDir'));
    return { url, api };
  });

  it('loads less than 2 MB, all of it from its own origin, and has its documentation before log-in', async () => {
    const graphiql = await visit();
    const { page } = graphiql;
    await page.waitForLoadState('networkidle');
    // What the editors load when they are shown, their workers among it, counts as well.
    await page.getByText('createAuthorization').first().waitFor();
    await expect
      .poll(() => [...graphiql.sizes.keys()].filter((loaded) => loaded.includes('worker')), { timeout: 30_000 })
      .not.toEqual([]);
    const size = [...graphiql.sizes.values()].reduce((sum, bytes) => sum + bytes, 0);
    expect(size).toBeLessThan(2 * megabyte);
    expect(graphiql.strangers).toEqual([]);

    await page.getByRole('button', { name: 'Show Documentation Explorer' }).click();
    await page.getByRole('link', { name: 'Mutation' }).click();
    await page.getByText("Each goes to its operation's own queue").waitFor();
  });

  it('says what to do when nobody is logged in', async () => {
    const graphiql = await visit();
    const { errors } = await graphiql.run();
    expect(errors).toHaveLength(1);
    await graphiql.page.getByRole('alert').getByText('Log in first').waitFor();
  });

  it('says what to do when the API or an issuer does not answer', async () => {
    const graphiql = await visit();
    await graphiql.page.route(/\/graphql$/, (route) => route.abort());
    await graphiql.page.getByRole('button', { name: /^Execute query/ }).click();
    await graphiql.page.getByRole('alert').getByText('Start it with npm start').waitFor();
    await graphiql.page.route(/openid-configuration/, (route) => route.abort());
    await graphiql.page.getByRole('button', { name: 'Log in as user' }).click();
    await graphiql.page.getByRole('alert').getByText("The user application's issuer").waitFor();
  });

  it('shows an admin what happens, in one tab, of what is done in another', async () => {
    const graphiql = await visit();
    await graphiql.logIn('admin', 'auth0|admin');
    await graphiql.subscribe('Watch every change');
    const { data } = await graphiql.runStep('Create a group');
    const id = data!['createGroup'].aggregateId as string;
    await graphiql.messages(id.slice(0, 8)).first().waitFor();
    await graphiql.messages(id.slice(0, 8)).first().click();
    await graphiql.page.screenshot({ path: join(artifactsDir, 'graphiql-light.png') });
    await graphiql.page.setViewportSize({ width: 1024, height: 768 });
    await graphiql.page.screenshot({ path: join(artifactsDir, 'graphiql-1024.png') });
    // GraphiQL puts the button that closes a tab into the tab.
    await new ConsolePage(graphiql.page, graphiql.page.url()).expectAccessible({ but: ['nested-interactive'] });
    // On a telephone one thing stands below the other, and all of it can be come to.
    await graphiql.page.setViewportSize({ width: 390, height: 844 });
    const rightOf = async (name: string) => {
      const { x, width } = (await graphiql.page.getByRole('button', { name, exact: true }).boundingBox())!;
      return x + width;
    };
    for (const name of ['Log out', 'Log in as user', 'Use dark colours']) expect(await rightOf(name)).toBeLessThan(391);
    const editor = graphiql.page.getByRole('group', { name: 'Operation: Enter to edit' });
    expect((await editor.boundingBox())!.width).toBeGreaterThan(200);
    // The editor takes the colours on, too, though they change while it is open.
    await graphiql.page.getByRole('button', { name: 'Use dark colours' }).click();
    await graphiql.page.locator('.graphiql-query-editor .monaco-editor.vs-dark').waitFor();
    expect(graphiql.faults).toEqual([]);
    expect(graphiql.strangers).toEqual([]);
  });

  it.runIf(sweeps)(
    "plays the admin's story to its end",
    async () => {
      const graphiql = await visit({ colorScheme: 'dark' });
      await graphiql.logIn('admin', 'auth0|admin');
      await graphiql.subscribe('Watch every change');
      const refused = ['Input that cannot be right'];
      for (const { title: chapter, steps } of allChapters.filter(({ title }) => title !== 'As a user')) {
        for (const step of steps) {
          if (isSubscription(step)) continue;
          const { data, errors } = await graphiql.runStep(step.title);
          if (refused.includes(step.title)) expect(errors?.[0]?.errorType, step.title).toBe('INVALID');
          else expect(errors, step.title).toBeUndefined();
          if (step.title.startsWith('Its outcome')) expect(`Its outcome: ${data!['command'].code}`).toBe(step.title);
          const receipt = Object.values(data ?? {})[0] as { commandId?: string; status?: string } | null;
          if (receipt?.commandId && !receipt.status) {
            const outcome = await graphiql.outcome(receipt.commandId);
            expect(outcome['status'], step.title).toBe(chapter === 'Be refused' ? 'REJECTED' : 'APPLIED');
            // What follows may depend on the view, of which the subscription tells.
            if (outcome['status'] === 'APPLIED')
              await graphiql
                .messages(`commandId ${receipt.commandId.slice(0, 8)}`)
                .first()
                .waitFor();
          }
        }
      }
      // Of the many tabs by now, the one shown is in sight.
      const rightEdge = (await graphiql.page.getByRole('button', { name: 'New tab' }).boundingBox())!.x;
      const shown = (await graphiql.page.getByRole('tab', { selected: true }).boundingBox())!;
      expect(shown.x).toBeGreaterThan(0);
      expect(shown.x + shown.width).toBeLessThanOrEqual(rightEdge + 1);
      await graphiql.page.screenshot({ path: join(artifactsDir, 'graphiql-dark.png') });
      expect(graphiql.faults).toEqual([]);
    },
    180_000,
  );

  it("plays the user's story to its end: sign-up, the own profile, its update watched, what is refused, log-out", async () => {
    const graphiql = await visit();
    await graphiql.logIn('user', `auth0|grace-${unique}`);
    expect((await graphiql.runStep('My profile')).data).toEqual({ me: null });
    await graphiql.subscribe('Watch my changes');
    const { data } = await graphiql.runStep('Sign up');
    expect((await graphiql.outcome(data!['signUp'].commandId)).status).toBe('APPLIED');
    await graphiql.messages('CREATED').first().waitFor();
    expect((await graphiql.runStep('My profile')).data).toMatchObject({
      me: { id: `grace-${unique}`, firstName: 'Grace', version: 1, role: null },
    });
    await graphiql.response().getByText('Grace').first().waitFor();
    expect((await graphiql.runStep('How did it end?')).data).toMatchObject({
      command: { commandId: data!['signUp'].commandId, status: 'APPLIED', version: 1 },
    });

    await graphiql.subscribe('Watch my next command');
    const { commandId } = (await graphiql.runStep('Update my profile')).data!['updateProfile'] as {
      commandId: string;
    };
    const watched = graphiql.messages('WatchMyCommand');
    await watched.first().waitFor();
    expect(await watched.allTextContents()).toEqual([
      expect.stringMatching(`commandId ${commandId.slice(0, 8)}.* status APPLIED .* version 2`),
    ]);
    await graphiql
      .messages('WatchMe ')
      .filter({ hasText: `commandId ${commandId.slice(0, 8)}` })
      .first()
      .waitFor();
    expect((await graphiql.runStep('My profile')).data).toMatchObject({
      me: { firstName: 'Grace', lastName: 'Murray Hopper', version: 2 },
    });

    const { errors } = await graphiql.runStep('What a user may not see');
    expect(errors?.[0]?.errorType).toBe('Unauthorized');
    await graphiql.response().getByText('Unauthorized').first().waitFor();
    await graphiql.openStep('Watch its progress');
    await graphiql.page.getByRole('button', { name: /^Execute query/ }).click();
    await graphiql.response().getByText('Not Authorized').waitFor();
    await graphiql.page.getByRole('region', { name: 'Live' }).getByText('Not Authorized').waitFor();

    await graphiql.logOut();
    expect(graphiql.faults).toEqual([]);
  });

  it('renews an expired token by itself', async () => {
    const graphiql = await visit();
    await graphiql.logIn('admin', 'auth0|admin');
    await graphiql.page.evaluate(spoil(expiredLogin));
    await graphiql.page.reload();
    expect((await graphiql.runStep('All users')).errors).toBeUndefined();
    await graphiql.page.getByText('Logged in: auth0|admin').waitFor();
  });

  it('says what to do when the log-in has expired and cannot be renewed, and doing it helps', async () => {
    const graphiql = await visit();
    await graphiql.logIn('admin', 'auth0|admin');
    await graphiql.page.evaluate(spoil({ ...expiredLogin, refresh_token: 'used-up-as-well' }));
    await graphiql.page.reload();
    for (const step of ['All users', 'Watch every change']) {
      await graphiql.openStep(step);
      await graphiql.page.getByRole('button', { name: /^Execute query/ }).click();
      await graphiql.page
        .getByRole('alert')
        .getByText(/^The admin log-in has expired and cannot be renewed \(.+\)\. Log out and in again\. Dismiss$/)
        .waitFor();
      await graphiql.response().getByText('Log out and in again').first().waitFor();
      await graphiql.page.getByRole('button', { name: 'Dismiss' }).click();
    }
    await graphiql.logOut();
    await graphiql.logIn('admin', 'auth0|admin');
    expect((await graphiql.runStep('All users')).errors).toBeUndefined();
  });

  it('says what to do when the API takes the token for expired, whatever the page believes', async () => {
    const graphiql = await visit();
    await graphiql.logIn('admin', 'auth0|admin');
    await graphiql.page.evaluate(
      spoil({
        access_token: await tokenOf(inject('stateDir'), 'admin', 'auth0|admin', {
          exp: Math.floor(Date.now() / 1000) - 60,
        }),
      }),
    );
    await graphiql.page.reload();
    expect((await graphiql.runStep('All users')).errors).toHaveLength(1);
    await graphiql.page
      .getByRole('alert')
      .getByText('The API did not accept the access token (Token has expired.). Log out and in again')
      .waitFor();
  });

  it('says which issuer does not answer when the log-in cannot be renewed for that', async () => {
    const graphiql = await visit();
    await graphiql.logIn('admin', 'auth0|admin');
    await graphiql.page.evaluate(spoil(expiredLogin));
    await graphiql.page.route(/\/oauth\/token$/, (route) => route.abort());
    await graphiql.page.reload();
    await graphiql.page.getByRole('button', { name: /^Execute query/ }).click();
    await graphiql.page.getByRole('alert').getByText("The admin application's issuer").waitFor();
  });

  it("keeps both applications' log-ins and ends subscriptions at a change of person", async () => {
    const graphiql = await visit();
    await graphiql.logIn('user', `auth0|both-${unique}`);
    await graphiql.logIn('admin', 'auth0|admin');
    await graphiql.subscribe('Watch every change');
    await graphiql.page.getByRole('button', { name: 'Log in as user' }).click();
    await graphiql.page.getByText(`Logged in: auth0|both-${unique}, user application`).waitFor();
    await graphiql.page.getByText('Ended: somebody else is logged in now.').waitFor();
  });
});

function isSubscription({ query }: Step): boolean {
  return query.startsWith('subscription');
}
