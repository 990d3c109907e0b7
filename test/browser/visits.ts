import type { Browser, BrowserContext } from 'playwright-core';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { closeVisits, openChromium } from './chromium.ts';
import { GraphiqlPage } from './graphiqlPage.ts';

type Options = Parameters<Browser['newContext']>[0];

export interface Visits {
  /**
   * Opens the page as someone who was never there, though the browser may have it in its cache. The visit ends with the
   * test.
   */
  visit(options?: Options): Promise<GraphiqlPage>;
}

/**
 * A browser for the tests of a suite; to be called while the suite is described. `where` is asked when the suite
 * starts: the page, and the API that it talks to.
 */
export function visits(where: () => Promise<{ url: string; api: string }> | { url: string; api: string }): Visits {
  let place: { url: string; api: string };
  /** The page is large: visitors with the same options share a context, and with it what was loaded and compiled. */
  const contexts = new Map<string, Promise<BrowserContext>>();

  beforeAll(async () => {
    place = await where();
    // The first visitor may have to wait until the page is built; it appears by itself.
    const page = await (await contextWith()).newPage();
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
  afterEach(async () => {
    for (const context of await Promise.all(contexts.values())) await forget(context);
  });
  afterAll(closeVisits);

  const contextWith = (options: Options = {}): Promise<BrowserContext> => {
    const key = JSON.stringify(options);
    const found = contexts.get(key) ?? open(options);
    contexts.set(key, found);
    return found;
  };

  const open = async (options: Options): Promise<BrowserContext> => {
    const browser = await openChromium();
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
    context.setDefaultTimeout(60_000);
    return context;
  };

  /** Nothing of who was there is left: neither log-ins nor what the page keeps. */
  const forget = async (context: BrowserContext): Promise<void> => {
    await context.clearCookies();
    for (const page of context.pages()) {
      await page.evaluate('localStorage.clear()');
      await page.close();
    }
  };

  return {
    async visit(options) {
      return GraphiqlPage.open(await contextWith(options), place.url, place.api);
    },
  };
}
