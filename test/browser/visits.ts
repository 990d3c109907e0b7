import type { Browser, BrowserContext } from 'playwright-core';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { launchChromium } from './chromium.ts';
import { GraphiqlPage } from './graphiqlPage.ts';

export interface Visits {
  /** Opens the page as someone who was never there. The visit ends with the test. */
  visit(options?: Parameters<Browser['newContext']>[0]): Promise<GraphiqlPage>;
}

/** A browser for the tests of a suite; to be called while the suite is described. `where` is asked when the suite starts: the page, and the API that it talks to. */
export function visits(where: () => Promise<{ url: string; api: string }> | { url: string; api: string }): Visits {
  let browser: Browser;
  let place: { url: string; api: string };
  let context: BrowserContext | undefined;

  beforeAll(async () => {
    place = await where();
    browser = await launchChromium();
    // The first visitor may have to wait until the page is built; it appears by itself.
    const page = await browser.newPage();
    const faults: string[] = [];
    page.on('pageerror', ({ message }) => faults.push(message));
    await page.goto(place.url);
    await page
      .getByRole('heading', { name: 'User management' })
      .waitFor({ timeout: 100_000 })
      .catch(async (error: Error) => {
        throw new Error([error.message, ...faults, await page.innerText('body')].join('\n'));
      });
    await page.close();
  });
  afterEach(() => context?.close());
  afterAll(() => browser?.close());

  return {
    async visit(options = {}) {
      context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
      return GraphiqlPage.open(context, place.url, place.api);
    },
  };
}
