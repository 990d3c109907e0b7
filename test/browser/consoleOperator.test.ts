import { randomUUID } from 'node:crypto';
import { DeleteMessageCommand, ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { admin, type Client, eventually, outputsOf, unique } from '../support/client.ts';
import { hasChromium, launchChromium } from './chromium.ts';
import { ConsolePage } from './consolePage.ts';

/** An operator's day: a load, a dead letter. */
describe.skipIf(!hasChromium)('the console for operators', () => {
  let browser: Browser;
  let page: ConsolePage;
  let api: Client;

  beforeAll(async () => {
    browser = await launchChromium();
    api = await admin();
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    context.setDefaultTimeout(20_000);
    page = new ConsolePage(await context.newPage(), outputsOf(inject('stateDir')).PlaygroundUrl);
    await page.page.goto(page.url);
    await page.page.getByRole('heading', { name: 'User management' }).waitFor({ timeout: 150_000 });
    await page.logInAs('admin', 'auth0|admin');
  });
  afterAll(() => browser?.close());

  const stage = (title: string) => page.page.getByRole('listitem').filter({ hasText: title });
  const countOf = async (title: string): Promise<number> =>
    Number(/\d+/.exec((await stage(title).first().innerText()).slice(title.length))?.[0]);

  it('shows commands and events on their way while there is a load', async () => {
    await page.menu('Pipeline').click();
    await page.badge('Live').waitFor();
    await stage('Projections').first().waitFor();
    const id = await api.apply('createGroup', { name: unique('load'), description: 'Before' });
    await Promise.all(
      Array.from({ length: 30 }, (_, index) => api.send('updateGroup', { id, description: `Version ${index}` })),
    );
    await eventually('events and notifications are counted', async () => {
      const [events, notifications] = [await countOf('Events'), await countOf('Notifications')];
      return events >= 30 && notifications >= 30;
    });
    await stage('Notifications').getByText('after its event').waitFor();
    await page.expectAccessible();
    await page.expectToFit();

    await page.page.getByRole('switch', { name: 'Empty ones too' }).click();
    await page.row('executeCreateUserQueue').waitFor();
    await page.expectAccessible();
    await page.expectToFit();
  });

  it('shows dead letters, and the words that send them again', async () => {
    const { SqsEndpoint, Region, Queues } = outputsOf(inject('stateDir'));
    const sqs = new SQSClient({
      endpoint: SqsEndpoint,
      region: Region,
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    });
    const QueueUrl = `${Queues['createAuthorizationQueue']}Dlq`;
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: `no command ${randomUUID()}` }));
    try {
      const letters = page.page.getByRole('article', { name: 'Dead letters of createAuthorizationQueue' });
      await letters.getByText('npm run redrive -- createAuthorizationQueue').waitFor();
      await letters.getByText('their senders have no outcome').waitFor();
      await page.expectAccessible();
      await page.expectToFit();
    } finally {
      await eventually('the dead letter is taken away', async () => {
        const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 1 }));
        for (const { ReceiptHandle } of Messages) await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
        return Messages.length > 0;
      });
    }
    await page.page.getByRole('article').waitFor({ state: 'detached' });
    expect(page.faults).toEqual([]);
  });
});
