import type { Page } from 'playwright-core';
import { itemOf } from '../../functions/ports/eventStore/item.ts';
import { openChromium } from '../../test/browser/chromium.ts';
import { ConsolePage } from '../../test/browser/consolePage.ts';
import type { Scenario } from '../scenario.ts';
import { putAll } from '../support/history.ts';
import { withStack } from '../support/stack.ts';
import { rounded, timed } from '../support/statistics.ts';
import { withoutMediator } from '../support/triggers.ts';
import { streamOf } from './streams.ts';

const events = 10_000;
const day = 24 * 3600_000;

/** To be run in the page before anything else: notes tasks of more than 50 ms, in which it answers nobody. */
const noteLongTasks = `
  window.longTasks = [];
  new PerformanceObserver((list) => longTasks.push(...list.getEntries().map(({ duration }) => duration)))
    .observe({ type: 'longtask', buffered: true });
`;

/** What the operator's pages ask for and show where there is much. */
export const consolePages: Scenario = {
  name: 'console',
  about: `the operator's pages in Chromium at a stream of ${events} events: requests, elements, long tasks, time`,
  async run(bench) {
    return withStack(bench, { transformTemplate: withoutMediator, console: true }, async ({ stack, admin }) => {
      bench.say(`a stream of ${events} events`);
      const id = 'group-of-the-console';
      await putAll(stack.database, stack.outputs.Tables['eventStore']!, streamOf(id, events).map(itemOf));
      // What was stored by itself has a row and snapshots from its next rebuild on.
      const begin = new Date(Date.now() - 30 * day).toISOString();
      await admin.ask('mutation ($t: AWSDateTime!) { recoverFrom(timestamp: $t) { recoveryId } }', { t: begin });
      await stack.mappings.idle();

      const browser = await openChromium();
      const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, timezoneId: 'UTC' });
      const page = new ConsolePage(await context.newPage(), stack.outputs.PlaygroundUrl);
      const of: Page = page.page;
      await of.addInitScript(noteLongTasks);
      await page.open('/recoveries');
      await page.logIn('admin', 'auth0|admin');
      await of.getByText('COMPLETED').waitFor();
      let requests = 0;
      of.on('request', (request) => (requests += request.url() === stack.outputs.GraphQLUrl ? 1 : 0));

      const rows: (string | number)[][] = [];
      const measure = async (name: string, work: () => Promise<unknown>) => {
        bench.say(name);
        requests = 0;
        await of.evaluate('longTasks.length = 0');
        const milliseconds = await timed(work);
        // What comes late.
        await of.waitForTimeout(1_000);
        const [elements, longest] = (await of.evaluate(
          '[document.querySelectorAll("*").length, Math.max(0, ...longTasks)]',
        )) as [number, number];
        rows.push([name, requests, elements, rounded(longest, 0), rounded(milliseconds, 0)]);
      };
      const state = (description: number) =>
        of
          .getByRole('table', { name: 'State' })
          .getByRole('cell', { name: `Description ${description}`, exact: true })
          .waitFor();
      const key = (name: string) => of.keyboard.press(name);

      await measure('time line, its first hundred events', async () => {
        await of.goto(`${page.url}#/timeline/group/${id}`);
        await of.getByText('versions 1 to 100').waitFor();
        await state(events - 1);
      });
      await measure('slider to its beginning', async () => {
        await of.getByRole('slider', { name: 'As of', exact: true }).focus();
        await key('Home');
        await state(0);
      });
      await measure('slider by fifty events, key by key', async () => {
        for (let n = 0; n < 50; n += 1) await key('ArrowRight');
        await state(50);
      });
      await measure('time line, its last hundred events', async () => {
        await of.getByText('Last events first').click();
        await of.getByText(`versions ${events - 99} to ${events}`).waitFor();
      });
      await measure('time line, from version 5,000', async () => {
        await page.field('Begin at version').fill('5000');
        await of.getByText('versions 4901 to 5000').waitFor();
      });
      await measure('audit, a page', async () => {
        await page.menu('Audit').click();
        await page.field('Since').fill(begin.slice(0, 19));
        await of.getByText('50 events on this page').waitFor();
      });
      await measure('audit, the next page', async () => {
        await page.button('Next page').click();
        await of.getByText('Page 2').waitFor();
      });
      await browser.close();
      return {
        tables: [
          {
            title: `The operator's pages at ${events} events`,
            columns: ['', 'requests', 'elements', 'longest task, ms', 'ms'],
            rows,
            note: 'From the click to what was asked for. A task of less than 50 ms counts as none.',
          },
        ],
        figures: rows.map(([name, asked, elements, , ms]) => ({
          name: String(name),
          value: `${asked} requests, ${elements} elements, ${ms} ms`,
        })),
      };
    });
  },
};
