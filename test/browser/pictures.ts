/** `npm run pictures`: pictures of the console's pages, to be looked at. `--help` says what it takes. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Page } from 'playwright-core';
import type { ApplicationOutputs } from '../../local/outputs.ts';
import { openChromium } from './chromium.ts';

const usage = `Usage: npm run pictures [-- --state DIR] [--to DIR]

Takes pictures of the console's pages, on a telephone, a small screen and a large one, light and dark. The stack runs, and
\`npm run demo\` has filled it; a dead letter is put there. People, light, becomes docs/console.png.

  --state DIR  the state folder of the running stack (default .local)
  --to DIR     where the pictures go (default pictures)`;

const { values } = parseArgs({
  options: {
    help: { type: 'boolean', default: false },
    state: { type: 'string', default: '.local' },
    to: { type: 'string', default: 'pictures' },
  },
});
if (values.help) {
  console.log(usage);
  process.exit();
}
const outputs = Object.values(
  JSON.parse(readFileSync(join(values.state, 'outputs.json'), 'utf8')) as Record<string, ApplicationOutputs>,
)[0]!;
const widths = [390, 1024, 1440];

const browser = await openChromium();
const context = await browser.newContext({ timezoneId: 'UTC', locale: 'en-GB' });
context.setDefaultTimeout(30_000);
const page = await context.newPage();
const open = async (path: string): Promise<void> => {
  await page.goto(`${outputs.PlaygroundUrl}#${path}`);
};
/** What is asked for is there, and nothing fades any more. */
const settle = async (of: Page): Promise<void> => {
  await of.waitForLoadState('networkidle').catch(() => {});
  await of.waitForTimeout(600);
};

const take = async (name: string): Promise<void> => {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    for (const width of widths) {
      await page.setViewportSize({ width, height: 900 });
      await settle(page);
      await page.screenshot({ path: join(values.to, `${name}-${width}-${colorScheme}.png`) });
    }
  }
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize({ width: 1440, height: 900 });
  console.log(name);
};

/** The first link of a list leads to one of its rows. */
const first = async (path: string): Promise<void> => {
  await open(path);
  await page.locator('tbody a').first().click();
  await page.getByRole('heading', { level: 2 }).waitFor();
};
const button = (name: string) => page.getByRole('button', { name, exact: true }).first();

await page.setViewportSize({ width: 1440, height: 900 });
await open('/');
await button('Log in as admin').waitFor();
await take('welcome');
await button('Log in as admin').click();
await page.getByRole('button', { name: 'auth0|admin' }).waitFor();
await take('log-in');
await page.getByRole('button', { name: 'auth0|admin' }).click();
await page.getByRole('banner').getByRole('button', { name: 'auth0|admin' }).waitFor();

await open('/people');
await page.locator('tbody a').first().waitFor();
await page.setViewportSize({ width: 1280, height: 720 });
await settle(page);
await page.screenshot({ path: new URL('../../docs/console.png', import.meta.url).pathname });
await take('people');
await page.getByLabel('As of').fill(new Date().toISOString().slice(0, 19));
await page.getByText('in the order of their creation').waitFor();
await take('people-past');
await button('Back to now').click();

for (const [path, one] of [
  ['people', 'person'],
  ['roles', 'role'],
  ['groups', 'group'],
  ['authorizations', 'authorization'],
] as const) {
  await first(`/${path}`);
  await take(one);
  if (path === 'people') continue;
  await open(`/${path}`);
  await take(path);
}
await open('/people/new');
await take('person-new');
await first('/people');
await button('Erase').click();
await take('person-erase');
await button('Keep it').click();
await page.getByRole('link', { name: 'Time line' }).click();
await button('Correct version 1').waitFor();
await take('time-line');
await button('Correct version 1').click();
await page.getByRole('dialog').getByLabel('It did not happen').check();
await button('Try it first').click();
await page.getByText('It would be').first().waitFor();
await take('correction');

for (const path of ['pipeline', 'audit', 'recoveries', 'commands']) {
  await open(`/${path}`);
  await take(path);
}
await open('/audit');
await page
  .getByTitle(/^Journey of command/)
  .first()
  .click();
await take('command');
await open('/nothing');
await page.getByText('There is no such page').waitFor();
await take('nothing');
await open('/people/nobody');
await page.getByText('There has never been one').waitFor();
await take('person-never');
// One that nobody can read: to be brought back or deleted afterwards.
const { SqsEndpoint: endpoint, Region: region, Queues } = outputs;
const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
await new SQSClient({ endpoint, region, credentials }).send(
  new SendMessageCommand({ QueueUrl: `${Queues['updateGroupQueue']}Dlq`, MessageBody: 'Nobody can read this' }),
);
await open('/pipeline');
await page.getByRole('button', { name: 'Look into them' }).first().click();
await page.getByRole('row').filter({ hasText: 'Nobody said' }).first().waitFor();
await take('dead-letters');
await open('/graphiql');
await take('graphiql');

await open('/');
await page.getByRole('banner').getByRole('button', { name: 'auth0|admin' }).click();
await page.getByRole('menuitem', { name: 'Log in as user' }).click();
await page.getByLabel('User id').fill(`auth0|picture-${Date.now().toString(36)}`);
await button('Log in').click();
await button('Sign up').waitFor();
await take('sign-up');
await page.getByLabel('First name').fill('Grace');
await page.getByLabel('Last name').fill('Hopper');
await page.getByLabel('Birth date').fill('1906-12-09');
await button('Sign up').click();
await page.getByRole('heading', { name: 'My profile' }).waitFor();
await take('my-profile');
await open('/data');
await button('Erase me').waitFor();
await take('my-data');
await browser.close();
