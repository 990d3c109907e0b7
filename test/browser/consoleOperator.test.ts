import { randomUUID } from 'node:crypto';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Browser, Request } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { admin, type Client, eventually, outputsOf, unique } from '../support/clients/client.ts';
import { closeVisits, hasChromium, openChromium } from './chromium.ts';
import { ConsolePage } from './consolePage.ts';

/** An operator's day: a load, what it left, what was wrong with it, a dead letter. */
describe.skipIf(!hasChromium)('the console for operators', () => {
  let browser: Browser;
  let page: ConsolePage;
  let api: Client;
  /** The group that the load is on. */
  let id: string;
  const actor = `auth0|${unique('operator')}`;
  const updates = 105;

  beforeAll(async () => {
    browser = await openChromium();
    api = await admin(actor);
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, timezoneId: 'UTC' });
    context.setDefaultTimeout(60_000);
    page = new ConsolePage(await context.newPage(), outputsOf(inject('stateDir')).PlaygroundUrl);
    await page.page.goto(page.url);
    await page.page.getByRole('heading', { name: 'User management' }).waitFor({ timeout: 150_000 });
    await page.logInAs('admin', 'auth0|admin');
  });
  afterAll(closeVisits);

  const stage = (title: string) => page.page.getByRole('listitem').filter({ hasText: title });
  const countOf = async (title: string): Promise<number> =>
    Number(/\d+/.exec((await stage(title).first().innerText()).slice(title.length))?.[0]);

  it('shows commands and events on their way while there is a load', async () => {
    await page.menu('Pipeline').click();
    await page.badge('Live').waitFor();
    await stage('Projections').first().waitFor();
    id = await api.apply('createGroup', { name: unique('load'), description: 'Before' });
    await Promise.all(
      Array.from({ length: updates }, (_, index) => api.send('updateGroup', { id, description: `Version ${index}` })),
    );
    await eventually('events and notifications are counted', async () => {
      const [events, notifications] = [await countOf('Events'), await countOf('Notifications')];
      return events >= 20 && notifications >= 20;
    });
    await stage('Notifications').getByText('after its event').waitFor();
    await page.expectAccessible();
    await page.expectToFit();

    await page.page.getByRole('switch', { name: 'Empty ones too' }).click();
    await page.row('executeCreateUserQueue').waitFor();
    await page.expectAccessible();
    await page.expectToFit();
  });

  it('finds in the audit who did what, page by page', async () => {
    await api.shown({ aggregate: 'GROUP', aggregateId: id, version: updates + 1, operation: 'updateGroup' } as never);
    await page.menu('Audit').click();
    await page.choose('Kind', 'Groups');
    await page.choose('Types', 'GroupUpdated');
    // What is typed is asked for a moment later; what is shown until then may be all of this one, too.
    const asked = page.page.waitForResponse((response) => !!response.request().postData()?.includes(actor));
    await page.field('Who').fill(`admin:${actor}`);
    await asked;
    await eventually('only what this one did', async () => {
      const all = page.page.locator('tbody tr');
      const count = await all.count();
      return count > 0 && count === (await all.filter({ hasText: actor }).count());
    });
    const rows = (count: number) => page.page.getByText(`${count} events on this page`).waitFor();
    await rows(50);
    await page.button('Next page').click();
    await page.page.getByText('Page 2').waitFor();
    // At once: the button waits for the page that it was pressed on.
    await page.button('Next page').click();
    await rows(updates - 100);
    await page.button('Previous page').click();
    await page.page.getByText('Page 2').waitFor();
    await page.expectAccessible();
    await page.expectToFit();
    // Whoever's it was, a command can be followed.
    await page.page.getByRole('table', { name: 'Events' }).getByTitle('Journey of command').first().click();
    await page.page.getByText(`by admin:${actor}`).waitFor();
    await page.page.getByText('Stored as GroupUpdated').waitFor();
    await page.expectAccessible();
    await page.expectToFit();
    await page.page.goBack();
    expect(await page.field('Who').inputValue()).toBe(`admin:${actor}`);
    // Nothing is of tomorrow.
    await page.field('Since').fill('2101-01-01T00:00:00');
    await page.page.getByText('No event that fits.').waitFor();
  });

  it('reads a long history page by page, and corrects it in each way', async () => {
    await page.open(`/timeline/group/${id}`);
    await page.page.getByText('versions 1 to 100').waitFor();
    await page.expectAccessible();
    // However long it is, its end is one question away.
    await page.page.getByText('Last events first').click();
    await page.page.getByText(`versions ${updates - 98} to ${updates + 1}`).waitFor();
    await page.button('Next page').click();
    await page.page.getByText(`versions 1 to ${updates - 99}`).waitFor();
    await page.button('Previous page').click();
    await page.page.getByText(`versions ${updates - 98} to ${updates + 1}`).waitFor();
    // So is any part of it.
    await page.page.getByText('First events first').click();
    await page.field('Begin at version').fill('42');
    await page.page.getByText(`versions 42 to ${updates + 1} of ${updates + 1}`).waitFor();
    await page.expectAccessible();
    await page.field('Begin at version').fill('');
    await page.page.getByText('Last events first').click();
    await page.page.getByText(`versions ${updates - 98} to ${updates + 1}`).waitFor();

    const dialog = page.page.getByRole('dialog');
    await page.button('Correct version 102').click();
    await dialog.getByLabel('It did not happen').check();
    // What would come of it, before it is sent.
    await dialog.getByRole('button', { name: 'Try it first' }).click();
    await dialog.getByText('only the past is').waitFor();
    await page.expectAccessible();
    await dialog.getByRole('button', { name: 'Correct', exact: true }).click();
    const corrected = page.page.getByRole('listitem').filter({ hasText: 'Version 102 did not happen' });
    await corrected.waitFor();
    await page.page.getByText(`corrected by version ${updates + 2}`).waitFor();
    await page.expectToFit();

    // However long the history, a page of it is what is shown, and a command's event is asked for by its version.
    expect(await page.page.locator('.events > li').count()).toBe(100);
    const asked: string[] = [];
    const note = (request: Request) => asked.push(/\bevents\(/.exec(request.postData() ?? '')?.[0] ?? '');
    page.page.on('request', note);
    await corrected.getByRole('link').click();
    await page.page.getByText('Stored as GroupCorrected').waitFor();
    page.page.off('request', note);
    expect(asked.filter(Boolean)).toHaveLength(1);
    await page.page.goBack();
    await page.page.getByText('Last events first').click();
    await page.button('Correct version 103').waitFor();

    await page.button('Correct version 103').click();
    await dialog.getByLabel('It took effect at another moment').check();
    // Before there was anything: that could not have happened.
    await dialog.getByLabel('When it took effect').fill('2001-01-01T00:00:00.000');
    await dialog.getByRole('button', { name: 'Try it first' }).click();
    await dialog.getByText('It would be rejected: INVALID').waitFor();
    await page.expectAccessible();
    await dialog.getByRole('button', { name: 'Correct', exact: true }).click();
    await dialog.getByRole('alert').getByText('could then not have happened').waitFor();
    await dialog.getByLabel('When it took effect').fill(new Date().toISOString().slice(0, 23));
    await dialog.getByRole('button', { name: 'Correct', exact: true }).click();
    await page.page.getByText('Version 103 took effect').waitFor();

    await page.button('Insert a missing event').click();
    await dialog
      .getByRole('combobox', { name: 'What happened' })
      .or(dialog.getByLabel('What happened'))
      .first()
      .click();
    await page.page.getByRole('option', { name: 'GroupUpdated' }).click();
    await dialog.getByLabel('When it took effect').fill(new Date().toISOString().slice(0, 23));
    await dialog.getByLabel('What it should have said').fill('{ "description": "Forgotten until now" }');
    await dialog.getByRole('button', { name: 'Try it first' }).click();
    await dialog.getByRole('row', { name: /^Description .* Forgotten until now$/ }).waitFor();
    await page.expectAccessible();
    await page.expectToFit();
    await dialog.getByRole('button', { name: 'Insert', exact: true }).click();
    await page.page.getByText('GroupUpdated happened, too').waitFor();
    await page.page.getByRole('table', { name: 'State' }).getByRole('cell', { name: 'Forgotten until now' }).waitFor();
  });

  it('shows why a message is a dead letter, brings it back, and follows that to its end', async () => {
    const { SqsEndpoint, Region, Queues } = outputsOf(inject('stateDir'));
    const sqs = new SQSClient({
      endpoint: SqsEndpoint,
      region: Region,
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    });
    await page.menu('Pipeline').click();
    // What has lain long enough would be in no browser test's time: a good command, put where those lie that failed.
    const commandId = randomUUID();
    const command = {
      commandId,
      operation: 'updateGroup',
      aggregate: 'group',
      aggregateId: id,
      actor: 'admin:auth0|admin',
    };
    const MessageBody = JSON.stringify({ ...command, input: { description: 'A secret of its own' } });
    await sqs.send(new SendMessageCommand({ QueueUrl: `${Queues['updateGroupQueue']}Dlq`, MessageBody }));

    const letters = page.page.getByRole('article', { name: 'Dead letters of updateGroupQueue' });
    await letters.getByText('their senders have no outcome').waitFor();
    await letters.getByRole('button', { name: 'Look into them' }).click();
    const row = letters.getByRole('row').filter({ hasText: commandId.slice(0, 8) });
    await row.getByText('Nobody said').waitFor();
    await row.getByText('updateGroup').waitFor();
    expect(await letters.innerText()).not.toContain('A secret');
    await page.expectAccessible();
    await page.expectToFit();

    await letters.getByRole('button', { name: 'Bring them back' }).click();
    const dialog = page.page.getByRole('dialog');
    await dialog.getByText('handled again').waitFor();
    await page.expectAccessible();
    await dialog.getByRole('button', { name: 'Bring them back' }).click();
    await letters.getByText('All are back on their queue').waitFor();
    await page.expectAccessible();
    await letters.getByRole('button', { name: 'Dismiss' }).click();
    await letters.waitFor({ state: 'detached' });
    await eventually('the command was handled', async () => {
      const { group } = await api.get('query($id: ID!) { group(id: $id) { description } }', { id });
      return group.description === 'A secret of its own';
    });
    expect(page.faults).toEqual([]);
  });
});
