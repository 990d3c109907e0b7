import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface Violation {
  id: string;
  nodes: { target: string[]; any: { message: string }[] }[];
}

/** The console as a person uses it. */
export class ConsolePage {
  /** Errors of the page itself. */
  readonly faults: string[] = [];
  /** Addresses that the browser went to, log-in and log-out among them. */
  readonly visited: string[] = [];

  constructor(
    readonly page: Page,
    readonly url: string,
  ) {
    page.on('pageerror', (error) => this.faults.push(error.message));
    page.on('request', (request) => request.isNavigationRequest() && this.visited.push(request.url()));
  }

  async open(path = ''): Promise<void> {
    await this.page.goto(`${this.url}#${path}`);
    // The first visitor may have to wait until it is built.
    await this.page.getByRole('heading', { name: 'User management' }).waitFor({ timeout: 150_000 });
  }

  /** By one of the accounts that the log-in page offers. */
  async logInAs(application: 'admin' | 'user', account: string): Promise<void> {
    await this.page.getByRole('button', { name: `Log in as ${application}` }).click();
    await this.page.getByRole('button', { name: account }).click();
    await this.person(account).waitFor();
  }

  /** As anybody else. */
  async logIn(application: 'admin' | 'user', sub: string): Promise<void> {
    await this.page.getByRole('button', { name: `Log in as ${application}` }).click();
    await this.page.getByLabel('User id').fill(sub);
    await this.page.getByRole('button', { name: 'Log in', exact: true }).click();
    await this.person(sub).waitFor();
  }

  async logOut(sub: string): Promise<void> {
    await this.person(sub).click();
    await this.page.getByRole('menuitem', { name: 'Log out' }).click();
    await this.page.getByText('Not logged in').waitFor();
    // Addresses are kept in histories and logs: no token stands in one.
    for (const address of this.visited) expect(address).not.toMatch(/\beyJ[\w-]{10,}\.[\w-]{10,}/);
  }

  /** What has the focus, by its name. */
  async focused(): Promise<string> {
    return (await this.page.evaluate(
      'document.activeElement.getAttribute("aria-label") ?? document.activeElement.textContent',
    )) as string;
  }

  /** Presses the Tab key until it is there, `most` times at most. */
  async tabTo(name: string, most = 60): Promise<void> {
    const passed: string[] = [];
    while (passed.length < most) {
      await this.page.keyboard.press('Tab');
      const now = await this.focused();
      if (now === name) return;
      passed.push(now);
    }
    throw new Error(`The Tab key does not lead to ${name} within ${most}, but to ${passed.join(', ')}`);
  }

  person(sub: string) {
    return this.page.getByRole('banner').getByRole('button', { name: sub });
  }

  menu(name: string) {
    return this.page.getByRole('navigation').getByRole('link', { name, exact: true });
  }

  field(label: string) {
    return this.page
      .getByLabel(label, { exact: true })
      .or(this.page.getByLabel(`${label} *`, { exact: true }))
      .first();
  }

  button(name: string) {
    return this.page.getByRole('button', { name, exact: true });
  }

  heading(name: string) {
    return this.page.getByRole('heading', { name, exact: true });
  }

  badge(words: string) {
    return this.page.getByRole('status').filter({ hasText: words }).first();
  }

  row(words: string) {
    return this.page.getByRole('row').filter({ hasText: words });
  }

  async fill(values: Record<string, string>): Promise<void> {
    for (const [label, value] of Object.entries(values)) await this.field(label).fill(value);
  }

  /** Chooses an option of a list that opens below its field. */
  async choose(label: string, option: string): Promise<void> {
    await this.page
      .getByRole('combobox', { name: label })
      .or(this.page.getByRole('textbox', { name: label }))
      .first()
      .click();
    await this.page.getByRole('option', { name: option }).click();
    // A list of several choices stays open, above what is below it.
    await this.page.keyboard.press('Escape');
  }

  /** What axe finds wrong with the page as it is, and with its colours in the dark; `but` for rules that another's part breaks. */
  async expectAccessible({ but = [] as string[] } = {}): Promise<void> {
    // It stays where the page does.
    if ((await this.page.evaluate('typeof axe')) === 'undefined') await this.page.evaluate(axe);
    for (const [colorScheme, rules] of [
      ['light', { rules: Object.fromEntries(but.map((rule) => [rule, { enabled: false }])) }],
      // A scheme changes colours, and nothing else.
      ['dark', { runOnly: ['color-contrast', 'link-in-text-block'] }],
    ] as const) {
      await this.page.emulateMedia({ colorScheme });
      await this.atRest();
      const violations = (await this.page.evaluate(
        `axe.run(document, ${JSON.stringify({ resultTypes: ['violations'], ...rules })}).then(({ violations }) => violations)`,
      )) as Violation[];
      const found = violations.map(({ id, nodes }) => ({
        id,
        nodes: nodes.map(({ target, any }) => `${target.join(' ')}: ${any.map(({ message }) => message).join('; ')}`),
      }));
      expect(found, `${this.page.url()}, ${colorScheme}`).toEqual([]);
    }
    await this.page.emulateMedia({ colorScheme: 'light' });
  }

  /** What fades or slides has neither its colours nor its place yet; what begins to do so does within two frames. */
  private async atRest(): Promise<void> {
    await this.page.evaluate(`new Promise((resolve) => {
      const still = () => document.getAnimations().every(({ playState, effect }) => playState !== 'running' || effect.getTiming().iterations === Infinity);
      const look = (frame) => (frame > 2 && still()) || frame > 300 ? resolve() : requestAnimationFrame(() => look(frame + 1));
      look(0);
    })`);
  }

  /** Nothing makes the page scroll sideways, on a telephone, a small screen and a large one. */
  async expectToFit(): Promise<void> {
    const before = this.page.viewportSize()!;
    for (const width of [390, 1024, 1440]) {
      await this.page.setViewportSize({ width, height: 900 });
      // The menu slides away.
      await this.atRest();
      const beyond = await this.page.evaluate(
        'document.documentElement.scrollWidth - document.documentElement.clientWidth',
      );
      expect({ at: this.page.url(), width, beyond }).toMatchObject({ beyond: 0 });
    }
    await this.page.setViewportSize(before);
  }
}
