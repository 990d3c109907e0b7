import { describe, expect, inject, it } from 'vitest';
import type { Page } from 'playwright-core';
import { outputsOf } from '../support/clients/client.ts';
import { hasChromium } from './chromium.ts';
import { visits } from './visits.ts';

const smallest = { width: 1024, height: 768 };

/** In the accessibility tree, what must have a name and has none. */
const namelessRule =
  /^\s*- '?(button|link|tab|tabpanel|tablist|textbox|combobox|region|navigation|log|dialog|toolbar)(?! ")(?=[ :'[]|$).*/gm;

/** What has the keyboard's focus, and how that is shown. */
interface Focus {
  name: string;
  outline: { style: string; width: number; opaque: boolean };
  inView: boolean;
}

const focusScript = `(() => {
  const focused = document.activeElement;
  if (focused === document.body) return null;
  const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(focused);
  const { top, left, bottom, right } = focused.getBoundingClientRect();
  return {
    name: focused.getAttribute('aria-label') ?? focused.textContent,
    outline: { style: outlineStyle, width: parseFloat(outlineWidth), opaque: !outlineColor.startsWith('rgba') },
    inView: bottom > 0 && right > 0 && top < innerHeight && left < innerWidth,
  };
})()`;

const focusOf = (page: Page): Promise<Focus | null> => page.evaluate(focusScript);

describe.skipIf(!hasChromium)('the graphiql, for those who do not use a mouse, a large screen, or a screen', () => {
  const { visit } = visits(() => {
    const { PlaygroundUrl: url, GraphQLUrl: api } = outputsOf(inject('stateDir'));
    return { url, api };
  });

  /** Presses the Tab key until something is reached; it may take a round through the page, and no more. */
  const tabTo = async (page: Page, name: string | RegExp, key = 'Tab'): Promise<Focus> => {
    for (let presses = 0; presses < 120; presses++) {
      await page.keyboard.press(key);
      const focus = await focusOf(page);
      if (focus && (typeof name === 'string' ? focus.name === name : name.test(focus.name))) return focus;
    }
    throw new Error(`The ${key} key does not lead to ${name}`);
  };

  const overflow = (page: Page, element = 'document.documentElement') =>
    page.evaluate(`${element}.scrollWidth - ${element}.clientWidth`);

  it.each(['auth0|admin', 'google-oauth2|109876543210987654321', `samlp|acme|${'a-very-long-name.'.repeat(6)}`])(
    'fits a screen of 1024 by 768, with %s logged in',
    async (sub) => {
      const graphiql = await visit({ viewport: smallest });
      const { page } = graphiql;
      expect(await overflow(page)).toBe(0);
      await graphiql.logIn('admin', sub);
      await graphiql.subscribe('Watch every change');
      const { data } = await graphiql.runStep('Create a group');
      await graphiql
        .messages((data!['createGroup'].aggregateId as string).slice(0, 8))
        .first()
        .waitFor();
      expect(await overflow(page)).toBe(0);

      const controls = [
        page.getByRole('heading', { name: 'User management' }),
        ...[
          'Log in as user',
          'Log out',
          /^Execute query/,
          'New tab',
          'Hide Story',
          'Show Documentation Explorer',
          'Show History',
          'Open settings dialog',
          'Clear messages',
          'Stop WatchEverything',
        ].map((name) => page.getByRole('button', { name })),
        graphiql.step('Create a group'),
        page.getByRole('tab', { name: 'CreateGroup' }),
        page.getByRole('textbox', { name: 'Operation' }),
        page.getByRole('group', { name: 'Operation' }),
        page.getByRole('group', { name: 'Variables' }),
        page.getByRole('region', { name: 'Result Window' }),
        page.getByRole('log').locator('summary').first(),
      ];
      for (const control of controls) {
        const { x, y, width, height } = (await control.boundingBox())!;
        const inside = x >= 0 && y >= 0 && x + width <= smallest.width && y + height <= smallest.height;
        expect({ control: String(control), x, y, width, height, inside }).toMatchObject({ inside: true });
      }
      // Of a long user id a part is left out, of the application's name nothing.
      expect(await overflow(page, 'document.querySelector(".person")')).toBe(0);
      if (sub === 'auth0|admin') expect(await overflow(page, 'document.querySelector(".person strong")')).toBe(0);
      // None lies upon another.
      const boxes = await Promise.all(
        ['.person', 'button:has-text("Log in as user")', 'button:has-text("Log out")'].map((selector) =>
          page.locator(`header ${selector}`).boundingBox(),
        ),
      );
      for (const [index, box] of boxes.slice(1).entries())
        expect(box!.x).toBeGreaterThanOrEqual(boxes[index]!.x + boxes[index]!.width);

      // However far down the story someone is, the documentation begins at its beginning.
      await graphiql.step('What a user may not see').scrollIntoViewIfNeeded();
      await page.getByRole('button', { name: 'Show Documentation Explorer' }).click();
      const title = (await page.locator('.graphiql-doc-explorer-title').boundingBox())!;
      expect(title.y).toBeGreaterThan((await page.getByRole('banner').boundingBox())!.height);
    },
  );

  it('is used by keyboard alone: log-in, a step, its run, another from within the editor, and out of it again', async () => {
    const graphiql = await visit({ viewport: smallest });
    const { page } = graphiql;
    await tabTo(page, 'Log in as admin');
    await page.keyboard.press('Enter');
    await page.getByLabel('User id').waitFor();
    await tabTo(page, /auth0\|admin/);
    await page.keyboard.press('Enter');
    await page.getByText('Logged in: auth0|admin, admin application').waitFor();

    await tabTo(page, /^Create an authorization/);
    await page.keyboard.press('Enter');
    await page.locator('.story [aria-current=step]').filter({ hasText: 'Create an authorization' }).waitFor();
    const created = await graphiql.answerTo(() => page.keyboard.press('Control+Enter'));
    expect(created.errors).toBeUndefined();
    await graphiql.response().getByText('"createAuthorization"').first().waitFor();

    await tabTo(page, /^How did the last command end\?/);
    await page.keyboard.press('Enter');
    await page.getByRole('tab', { name: 'LastOutcome', selected: true }).waitFor();
    // Back to the first stop of all, which leads past the story.
    const skip = await tabTo(page, 'Skip to the operation', 'Shift+Tab');
    expect(skip.inView).toBe(true);
    expect(await overflow(page)).toBe(0);
    await page.keyboard.press('Enter');
    const editor = await focusOf(page);
    expect(editor?.name).toBe('Operation');
    const outcome = await graphiql.answerTo(() => page.keyboard.press('Control+Enter'));
    expect(outcome.errors).toBeUndefined();
    await graphiql.response().getByText('"command"').first().waitFor();

    // The editor lets go of whoever presses Tab, and writes for whoever types.
    await tabTo(page, /^Variables: /);
    await page.keyboard.press('Enter');
    await page.keyboard.press('Control+End');
    await page.keyboard.type(' ');
    expect((await focusOf(page))?.name).toBe('Variables');
    await tabTo(page, 'Result Window');
    expect(graphiql.faults).toEqual([]);
  });

  it('shows where the focus is, wherever the Tab key leads', async () => {
    const graphiql = await visit();
    const { page } = graphiql;
    await graphiql.logIn('admin', 'auth0|admin');
    await graphiql.subscribe('Watch every change');
    const { data } = await graphiql.runStep('Create a group');
    await graphiql
      .messages((data!['createGroup'].aggregateId as string).slice(0, 8))
      .first()
      .waitFor();
    const seen: Focus[] = [];
    await tabTo(page, 'Skip to the operation');
    do {
      seen.push((await focusOf(page))!);
      await page.keyboard.press('Tab');
    } while (seen.length < 150 && (await focusOf(page)) && (await focusOf(page))!.name !== seen[0]!.name);
    expect(seen.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        'Skip to the operation',
        'Log out',
        'Hide Story',
        'New tab',
        'Execute query (Ctrl-Enter)',
        'Result Window',
        'Stop WatchEverything',
        'Messages, the latest first',
      ]),
    );
    expect(
      seen.filter(
        ({ outline, inView, name }) =>
          outline.style === 'none' || outline.width < 2 || !outline.opaque || !inView || !name,
      ),
    ).toEqual([]);
  });

  it('tells a screen reader what is where', async () => {
    const graphiql = await visit();
    const { page } = graphiql;
    expect(await page.locator('html').getAttribute('lang')).toBe('en');
    expect(await page.title()).toBe('GraphiQL · User management');
    const once = async (...roles: [role: Parameters<Page['getByRole']>[0], name?: string][]) => {
      for (const [role, name] of roles)
        expect([role, name, await page.getByRole(role, { name, exact: true }).count()]).toEqual([role, name, 1]);
    };
    await once(
      ['banner'],
      ['main'],
      ['navigation', 'Story'],
      ['region', 'Live'],
      ['region', 'Operation Editor'],
      ['region', 'Variables'],
      ['region', 'Result Window'],
    );
    expect(await page.getByRole('heading', { level: 1 }).allTextContents()).toEqual(['User management']);
    expect((await page.getByRole('navigation').getByRole('list').all()).length).toBeGreaterThan(5);

    // The place of alerts is there before there is one: only what changes in it is read out.
    const alert = page.locator('#page [role=alert]');
    expect(await alert.textContent()).toBe('');
    await graphiql.run();
    await alert.getByText('Log in first').waitFor();
    await page.getByRole('button', { name: 'Dismiss' }).click();

    await graphiql.logIn('admin', 'auth0|admin');
    await graphiql.subscribe('Watch every change');
    await once(['log', 'Messages, the latest first'], ['list', 'Subscriptions']);
    expect(await page.getByRole('banner').getByRole('status').textContent()).toContain('Logged in');
    for (const plugin of ['Show Documentation Explorer', 'Show History', 'Show Story']) {
      await page.getByRole('button', { name: plugin }).click();
      const tree = await page.locator('body').ariaSnapshot();
      expect(tree).toContain('button "Execute query (Ctrl-Enter)"');
      expect({ plugin, nameless: tree.match(namelessRule) }).toEqual({ plugin, nameless: null });
    }
    expect(graphiql.faults).toEqual([]);
  });
});
