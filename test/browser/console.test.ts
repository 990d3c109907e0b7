import { readFileSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { admin, type Client, eventually, outputsOf, unique } from '../support/clients/client.ts';
import { localInput } from '../../console/src/parts/words.ts';
import { closeVisits, hasChromium, openChromium } from './chromium.ts';
import { ConsolePage } from './consolePage.ts';

const kilobyte = 1024;

type Box = Record<'scrollWidth' | 'clientWidth', number>;

/** One browser, one log-in: what follows builds on what was made before, as a person's morning does. */
describe.skipIf(!hasChromium)('the console', () => {
  let browser: Browser;
  let page: ConsolePage;
  let api: Client;
  const name = unique('console');
  /** As an input has it. */
  let beforeDeletion: string;
  /** Ids of what was made, by its kind in words. */
  const made = new Map<string, string>();

  const visitor = async (): Promise<ConsolePage> => {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    context.setDefaultTimeout(60_000);
    return new ConsolePage(await context.newPage(), outputsOf(inject('stateDir')).PlaygroundUrl);
  };
  beforeAll(async () => {
    browser = await openChromium();
    api = await admin();
    page = await visitor();
    await page.page.goto(page.url);
    await page.page.getByRole('heading', { name: 'User management' }).waitFor({ timeout: 150_000 });
  });
  afterAll(closeVisits);

  it('weighs less than 400 KB before GraphiQL is opened, all from its own origin', async () => {
    const { page: of, url } = page;
    let bytes = 0;
    const strangers: string[] = [];
    of.on('response', (response) => (bytes += Number(response.headers()['content-length'] ?? 0)));
    of.on('request', (request) => {
      if (!request.url().startsWith(url) && !/^(data|blob):/.test(request.url())) strangers.push(request.url());
    });
    await of.reload();
    await page.button('Log in as admin').waitFor();
    await of.waitForLoadState('networkidle');
    expect(bytes).toBeGreaterThan(50 * kilobyte);
    expect(bytes).toBeLessThan(400 * kilobyte);
    expect(strangers).toEqual([]);
    of.removeAllListeners('response');
    of.removeAllListeners('request');
    await page.expectAccessible();
    await page.expectToFit();
  });

  describe('for an admin', () => {
    it('UC1: logs in by a click on an account', async () => {
      await page.button('Log in as admin').click();
      await page.page.getByRole('button', { name: 'auth0|admin' }).waitFor();
      await page.expectAccessible();
      await page.expectToFit();
      await page.page.getByRole('button', { name: 'auth0|admin' }).click();
      await page.person('auth0|admin').waitFor();
      await page.heading('People').waitFor();
      await page.badge('Live').waitFor();
    });

    it('UC3: creates an authorization, a role that grants it, a group, and a person who has them', async () => {
      const named = async (menu: string, one: string, more?: () => Promise<void>) => {
        await page.menu(menu).click();
        await page.page.getByRole('link', { name: `New ${one}` }).click();
        await page.fill({ Name: `${name} ${one}`, Description: `Some ${one}` });
        await more?.();
        await page.button(`Create ${one}`).click();
        await page.heading(`${name} ${one}`).waitFor();
        made.set(one, page.page.url().split('/').at(-1)!);
      };
      await named('Authorizations', 'authorization');
      await named('Roles', 'role', () => page.choose('Authorizations', `${name} authorization`));
      await named('Groups', 'group');

      await page.menu('People').click();
      await page.page.getByRole('link', { name: 'New person' }).click();
      await page.fill({ 'User id': name, 'First name': 'Ada', 'Last name': name, 'Birth date': '1915-12-10' });
      await page.fill({ 'E-mail': `${name}@example.com` });
      await page.choose('Role', `${name} role`);
      await page.choose('Group', `${name} group`);
      await page.expectAccessible();
      await page.button('Create person').click();
      await page.heading(`Ada ${name}`).waitFor();
      await page.page.getByRole('group', { name: 'May' }).getByText(`${name} authorization`).waitFor();
      await page.expectAccessible();
      await page.expectToFit();
    });

    it('UC4: finds them in lists, and sees under their eyes what another admin changes', async () => {
      for (const [menu, one] of [
        ['Roles', 'role'],
        ['Groups', 'group'],
        ['Authorizations', 'authorization'],
      ] as const) {
        await page.menu(menu).click();
        await page.page.getByRole('searchbox').fill(`${name} ${one}`);
        await page.row(`${name} ${one}`).waitFor();
        await page.expectAccessible();
      }
      await page.menu('People').click();
      await page.page.getByRole('searchbox').fill(name);
      await page.row(`Ada ${name}`).waitFor();
      await api.apply('updateUser', { id: name, firstName: 'Augusta' });
      await page.row(`Augusta ${name}`).waitFor();
      await page.expectAccessible();
      await page.expectToFit();
    });

    it('UC5: changes a person; who was quicker meanwhile is shown with both values', async () => {
      await page.page.getByRole('link', { name: `Augusta ${name}` }).click();
      await page.field('First name').fill('Ada');
      await page.button('Save').click();
      await page.heading(`Ada ${name}`).waitFor();

      await api.apply('createRole', { name: `${name} other`, description: 'Some', authorizationIds: [] });
      await page.field('First name').fill('Mine');
      await page.choose('Role', `${name} other`);
      await api.apply('updateUser', { id: name, firstName: 'Theirs' });
      await page.heading(`Theirs ${name}`).waitFor();
      await page.button('Save').click();
      const values = page.page.getByRole('table', { name: 'Both values' });
      await values.getByRole('row', { name: 'First name Mine Theirs' }).waitFor();
      await values.getByRole('row', { name: `Role ${name} other ${name} role` }).waitFor();
      await page.expectAccessible();
      await page.button('Save mine over it').click();
      await page.heading(`Mine ${name}`).waitFor();
      await api.apply('updateUser', { id: name, roleId: made.get('role') });
    });

    it('UC4, UC5: reads and changes a role, a group and an authorization', async () => {
      for (const [path, one] of [
        ['roles', 'role'],
        ['groups', 'group'],
        ['authorizations', 'authorization'],
      ] as const) {
        await page.open(`/${path}/${made.get(one)}`);
        await page.heading(`${name} ${one}`).waitFor();
        await page.page.getByText('Version 1', { exact: true }).waitFor();
        await page.field('Description').fill(`Another ${one}`);
        await page.button('Save').click();
        await page.page.getByText('Version 2', { exact: true }).waitFor();
        expect(await page.field('Description').inputValue()).toBe(`Another ${one}`);
      }
      await page.open(`/people/${name}`);
      await page.heading(`Mine ${name}`).waitFor();
    });

    it('suspends a person with a reason, finds the suspended, and reinstates', async () => {
      const dialog = page.page.getByRole('dialog');
      await page.button('Suspend').click();
      await dialog.getByText('has no authorizations, and may change nothing').waitFor();
      expect(await dialog.getByRole('button', { name: 'Suspend', exact: true }).isDisabled()).toBe(true);
      await dialog.getByLabel('Reason').fill('On leave');
      // What the API refuses of a field stands at the field.
      await dialog.getByLabel('Until').fill('2001-01-01T00:00');
      await dialog.getByRole('button', { name: 'Suspend', exact: true }).click();
      await dialog.getByText('must be in the future').waitFor();
      await page.expectAccessible();
      await dialog.getByLabel('Until').fill('2101-01-01T00:00');
      await dialog.getByRole('button', { name: 'Suspend', exact: true }).click();
      await dialog.waitFor({ state: 'hidden' });
      await page.page.getByText('On leave').waitFor();
      await page.page.getByText('nothing, while suspended').waitFor();
      await page.expectAccessible();
      await page.expectToFit();

      await page.menu('People').click();
      await page.choose('Only who are', 'Suspended');
      await page.page.getByRole('searchbox').fill(name);
      await page.row('Suspended').filter({ hasText: name }).waitFor();
      await page.expectAccessible();
      await page.page.getByRole('link', { name: `Mine ${name}` }).click();
      await page.button('Reinstate').click();
      await dialog.getByText(`what the role ${name} role grants`).waitFor();
      await dialog.getByRole('button', { name: 'Reinstate', exact: true }).click();
      await page.button('Suspend').waitFor();
    });

    it('says whether a person may do something, and because of what', async () => {
      await page.choose('Authorizations', `${name} authorization`);
      const answers = page.page.getByRole('table', { name: 'Answers' });
      const yes = answers.getByRole('row', { name: new RegExp(`yes role ${name} role, given in version`) });
      await yes.waitFor();
      // All of the word can be read.
      const beyond = ({ scrollWidth, clientWidth }: Box) => scrollWidth - clientWidth;
      expect(await yes.getByText('yes', { exact: true }).evaluate(beyond)).toBe(0);
      await page.expectAccessible();
      await page.expectToFit();
      await page.field('At').fill('2001-01-01T00:00:00');
      await answers.getByRole('row', { name: /no no such user/ }).waitFor();
    });

    it('revokes and grants an authorization on the page of a role', async () => {
      await page.menu('Roles').click();
      await page.page.getByRole('searchbox').fill(`${name} role`);
      await page.page.getByRole('link', { name: `${name} role` }).click();
      await page.button(`Revoke ${name} authorization`).click();
      const dialog = page.page.getByRole('dialog');
      await dialog.getByText('loses this authorization at once').waitFor();
      await dialog.getByRole('button', { name: 'Revoke', exact: true }).click();
      await dialog.waitFor({ state: 'hidden' });
      await page.page.getByText('Nothing yet').waitFor();
      await page.expectAccessible();
      await page.choose('One more', `${name} authorization`);
      await page.button('Grant').click();
      await page.button(`Revoke ${name} authorization`).waitFor();
      await page.page
        .getByRole('region', { name: 'Who has it' })
        .getByRole('link', { name: `Mine ${name}` })
        .waitFor();
      await page.expectToFit();
    });

    it('shows who may, on the page of an authorization, as roles change', async () => {
      const [roleId, authorizationId] = [made.get('role'), made.get('authorization')];
      await page.open(`/authorizations/${authorizationId}`);
      const people = page.page.getByRole('region', { name: 'Who may' }).first();
      await people.getByRole('link', { name: `Mine ${name}` }).waitFor();
      await page.expectAccessible();
      await page.expectToFit();
      await api.apply('revokeAuthorization', { roleId, authorizationId });
      await people.getByText('no role of anybody grants it').waitFor();
      await api.apply('grantAuthorization', { roleId, authorizationId });
      await people.getByRole('link', { name: `Mine ${name}` }).waitFor();
    });

    it('shows a rejection where its field is, and what is refused where it was asked', async () => {
      await page.menu('Groups').click();
      await page.page.getByRole('link', { name: 'New group' }).click();
      await page.fill({ Name: `${name} group`, Description: 'Twice' });
      await page.button('Create group').click();
      await page.page.getByText('The name is taken').waitFor();
      expect(await page.field('Name').getAttribute('aria-invalid')).toBe('true');

      await page.menu('Groups').click();
      await page.page.getByRole('searchbox').fill(`${name} group`);
      await page.page.getByRole('link', { name: `${name} group` }).click();
      await page.button('Delete').click();
      const dialog = page.page.getByRole('dialog');
      await page.expectAccessible();
      await dialog.getByRole('button', { name: 'Delete', exact: true }).click();
      await dialog.getByRole('alert').getByText('It is still in use').waitFor();
      await dialog.getByRole('button', { name: 'Keep it' }).click();
      await dialog.waitFor({ state: 'hidden' });
      // Whoever uses the keyboard goes on where the dialog was opened.
      await eventually('the focus is back', async () => (await page.focused()) === 'Delete');
      await page.button('Delete').click();
      await eventually('what takes nothing away is at hand', async () => (await page.focused()) === 'Keep it');
      await page.page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'hidden' });
    });

    it('shows what was when, corrects an event, and follows a command', async () => {
      await page.open(`/timeline/user/${name}`);
      const state = page.page.getByRole('table', { name: 'State' });
      await state.getByRole('cell', { name: 'Mine' }).waitFor();
      await page.expectAccessible();
      await page.expectToFit();
      // To the beginning, by keyboard.
      await page.page.getByRole('slider', { name: 'As of' }).focus();
      await page.page.keyboard.press('Home');
      await state.getByRole('cell', { name: 'Ada' }).waitFor();

      await page.button('Correct version 1').click();
      const dialog = page.page.getByRole('dialog');
      const text = dialog.getByLabel('What it should have said');
      const said = await text.inputValue();
      // What ids stand for, before it is sent.
      await text.fill(
        said.replace(
          made.get('group')!,
          await api.apply('createGroup', { name: `${name} second`, description: 'Some' }),
        ),
      );
      await dialog.getByRole('button', { name: 'Try it first' }).click();
      await dialog.getByRole('row', { name: `Group ${name} group ${name} second` }).waitFor();
      await text.fill(said.replace('1915-12-10', '1915-12-11'));
      await page.expectAccessible();
      await dialog.getByRole('button', { name: 'Correct', exact: true }).click();
      await dialog.waitFor({ state: 'hidden' });
      await page.page.getByText('UserCorrected').waitFor();
      await state.getByRole('cell', { name: '1915-12-11' }).waitFor();
      // What the ids in a payload are called.
      await page.page
        .getByRole('listitem')
        .filter({ hasText: 'UserCreated' })
        .getByRole('link', { name: `${name} group` })
        .waitFor();

      await page.page.getByRole('listitem').filter({ hasText: 'UserCorrected' }).getByRole('link').first().click();
      await page.page.getByText('Shown by queries').waitFor();
      await page.page.getByText('Stored as UserCorrected').waitFor();
      await page.expectAccessible();
      await page.expectToFit();
    });

    it('reads the audit', async () => {
      await page.menu('Audit').click();
      await page.choose('Kind', 'People');
      await page.choose('Types', 'UserCorrected');
      await page
        .row('UserCorrected')
        .getByRole('link', { name: `Mine ${name}` })
        .waitFor();
      // Nothing but what was asked for.
      await page.row('GroupCreated').first().waitFor({ state: 'detached' });
      await page.expectAccessible();
      await page.expectToFit();
    });

    it('UC7: recovers from a chosen moment, and watches it end', { timeout: 300_000 }, async () => {
      await page.menu('Recoveries').click();
      await page.button('Recover from here').click();
      await page.expectAccessible();
      await page.page.getByRole('dialog').getByRole('button', { name: 'Start' }).click();
      const latest = page.page.getByRole('article').first();
      await latest.getByText('COMPLETED').waitFor({ timeout: 240_000 });
      await page.expectAccessible();
      await page.expectToFit();
    });

    it('UC7: cancels a recovery that is under way', { timeout: 300_000 }, async () => {
      const recoveries = page.page.getByRole('article');
      const running = recoveries.filter({ hasText: 'RUNNING' });
      let status = '';
      // One that is nearly done may be quicker than who cancels it.
      for (let tries = 0; status !== 'CANCELLED' && tries < 5; tries += 1) {
        await page.open('/recoveries');
        await page.button('Recover from here').click();
        await page.page.getByRole('dialog').getByRole('button', { name: 'Start' }).click();
        const cancel = running.getByRole('button', { name: 'Cancel' });
        await cancel.click({ timeout: 10_000 }).catch(() => undefined);
        await running.first().waitFor({ state: 'detached', timeout: 120_000 });
        status = await recoveries.first().getByRole('status').innerText();
      }
      expect(status).toBe('CANCELLED');
      await page.expectAccessible();
    });

    it('UC6: deletes what it made, and says what will happen first', async () => {
      beforeDeletion = localInput(new Date());
      for (const [path, link, words] of [
        ['people', `Mine ${name}`, 'The person disappears from all lists'],
        ['roles', `${name} role`, 'that is refused'],
        ['groups', `${name} group`, 'that is refused'],
        ['authorizations', `${name} authorization`, 'that is refused'],
      ] as const) {
        await page.open(`/${path}`);
        await page.page.getByRole('searchbox').fill(name);
        await page.page.getByRole('link', { name: link }).click();
        await page.button('Delete').click();
        const dialog = page.page.getByRole('dialog');
        await dialog.getByText(words).waitFor();
        await dialog.getByRole('button', { name: 'Delete', exact: true }).click();
        await page.page.getByRole('searchbox').fill(path === 'people' ? name : link);
        await page.page.getByText('Nothing here has that.').waitFor();
      }
    });

    it('lists what there was at a moment, page by page, though it is deleted since', async () => {
      await page.open('/people');
      await page.field('As of').fill('2001-01-01T00:00:00');
      await page.page.getByText('There were none then.').waitFor();
      await page.field('As of').fill(beforeDeletion);
      const rows = page.page.getByRole('table', { name: 'People as of a moment' }).locator('tbody tr');
      await rows.first().waitFor();
      await page.expectAccessible();
      await page.expectToFit();
      // Other tests' people came before, in the order of their creation.
      for (let shown = 2; ; shown += 1) {
        // While a page is asked for, the one before stays, and no button can be pressed.
        await page.button('Ask again').click({ trial: true });
        if ((await rows.filter({ hasText: name }).count()) > 0) break;
        await page.button('Next page').click();
        await page.page.getByText(`Page ${shown}`, { exact: true }).waitFor();
      }
      await page.button('Back to now').click();
      await page.badge('Live').waitFor();
    });

    it('restores what was deleted, and says first what is asked of it', async () => {
      for (const [field, path] of [
        ['authorization', 'authorizations'],
        ['role', 'roles'],
        ['group', 'groups'],
      ] as const) {
        await page.open(`/${path}/${made.get(field)}`);
        await page.button('Restore').click();
        const dialog = page.page.getByRole('dialog', { name: `Restore ${name} ${field}?` });
        await dialog.getByText('must be free still').waitFor();
        await page.expectAccessible();
        await dialog.getByRole('button', { name: 'Restore', exact: true }).click();
        await page.heading(`${name} ${field}`).waitFor();
      }
      await page.open(`/people/${name}`);
      await page.page.getByText(`Mine ${name} was deleted`).waitFor();
      await page.expectAccessible();
      await page.expectToFit();
      await page.button('Restore').click();
      await page.page.getByRole('dialog').getByRole('button', { name: 'Restore', exact: true }).click();
      await page.heading(`Mine ${name}`).waitFor();
      await page.page.getByRole('group', { name: 'May' }).getByText(`${name} authorization`).waitFor();
    });

    it('erases a person, once the id is typed, and says that there is no way back', async () => {
      await page.button('Erase').click();
      const dialog = page.page.getByRole('dialog');
      await dialog.getByText('There is no way back').waitFor();
      const erase = dialog.getByRole('button', { name: 'Erase for good' });
      expect(await erase.isDisabled()).toBe(true);
      await dialog.getByLabel(`Type ${name} to confirm`).fill(name);
      await page.expectAccessible();
      await erase.click();
      await page.page.getByText(`${name} was erased`).waitFor();
      expect(await page.button('Restore').count()).toBe(0);
      await page.expectAccessible();
      // An address that nobody made, and an id that nobody has.
      await page.open('/people/100%');
      await page.page.getByText('There has never been one').waitFor();
    });

    it('is used by keyboard alone: a menu, a form, a dialog', async () => {
      const { keyboard } = page.page;
      await page.open('/people');
      await page.badge('Live').waitFor();
      await page.tabTo('Groups');
      await keyboard.press('Enter');
      await page.heading('Groups').waitFor();
      // The menu is behind: the page follows.
      await page.tabTo('New group', 3);
      await keyboard.press('Enter');
      await page.heading('New group').waitFor();
      await keyboard.press('Tab');
      await keyboard.press('Tab');
      await keyboard.type(`${name} keys`);
      await keyboard.press('Tab');
      await keyboard.type('Made by keys');
      await page.tabTo('Create group', 1);
      await keyboard.press('Enter');
      await page.heading(`${name} keys`).waitFor();
      await page.tabTo('Delete');
      await keyboard.press('Enter');
      await eventually('the dialog has the focus', async () => (await page.focused()) === 'Keep it');
      await page.tabTo('Delete', 1);
      await keyboard.press('Enter');
      await page.heading('Groups').waitFor();
    });

    it('goes back by Back, survives a reload, and knows what is no page', async () => {
      await page.menu('Roles').click();
      await page.heading('Roles').waitFor();
      await page.menu('Groups').click();
      await page.heading('Groups').waitFor();
      expect(await page.page.title()).toBe('Groups · User management');
      // Who goes to a page is on it, by keyboard and screen reader too.
      expect(await page.page.evaluate('document.activeElement.tagName')).toBe('MAIN');
      await page.page.goBack();
      await page.heading('Roles').waitFor();
      await page.page.getByRole('searchbox').fill(`${name} other`);
      await page.page.getByRole('link', { name: `${name} other` }).click();
      await page.heading(`${name} other`).waitFor();
      await page.page.goBack();
      // As it was left.
      await page.row(`${name} other`).waitFor();
      expect(await page.page.getByRole('searchbox').inputValue()).toBe(`${name} other`);
      await page.page.reload();
      await page.heading('Roles').waitFor();
      await page.row(`${name} other`).waitFor();
      await page.badge('Live').waitFor();
      for (const nothing of ['/nothing', '/timeline/nothing/1']) {
        await page.open(nothing);
        await page.heading('There is no such page').waitFor();
      }
      await page.expectAccessible();
    });

    it('UC2: logs out', async () => {
      await page.logOut('auth0|admin');
      expect(page.faults).toEqual([]);
    });
  });

  describe('for a user', () => {
    const sub = `auth0|${unique('member')}`;
    let member: ConsolePage;
    /** Of groups, by what they are called here. */
    const names = new Map<string, string>();
    beforeAll(async () => void (member = await visitor()));
    const group = (of: string): Promise<string> => {
      names.set(of, unique(of));
      return api.apply('createGroup', { name: names.get(of), description: 'Some' });
    };

    it('UC1, UC4: signs up at the issuer, and fills in the form at the first log-in', async () => {
      await member.open();
      await member.logIn('user', sub);
      await member.button('Sign up').waitFor();
      await member.expectAccessible();
      await member.fill({ 'First name': 'Grace', 'Last name': 'Hopper', 'Birth date': '1906-12-09' });
      await member.fill({ 'E-mail': `${sub.slice(6)}@example.com` });
      await member.button('Sign up').click();
      await member.heading('My profile').waitFor();
    });

    it('UC5: reads the own profile', async () => {
      expect(await member.field('First name').inputValue()).toBe('Grace');
      expect(await member.field('Last name').inputValue()).toBe('Hopper');
      expect(await member.field('Birth date').inputValue()).toBe('1906-12-09');
      expect(await member.field('E-mail').inputValue()).toBe(`${sub.slice(6)}@example.com`);
      await member.page.getByText('Role: none yet').waitFor();
      await member.expectAccessible();
      await member.expectToFit();
    });

    it('UC6: updates the own profile; what an admin does to it is seen at once', async () => {
      await member.field('Last name').fill('Murray Hopper');
      await member.button('Save').click();
      await member.page.getByText('version 2').first().waitFor();
      // An admin's doing is seen at once.
      await api.apply('updateUser', { id: sub.slice(6), firstName: 'Admiral Grace' });
      await eventually(
        'the form shows it',
        async () => (await member.field('First name').inputValue()) === 'Admiral Grace',
      );
    });

    it('UC2, UC3: logs out, and in again: what was filled in is there', async () => {
      await member.logOut(sub);
      await member.logIn('user', sub);
      await member.heading('My profile').waitFor();
      expect(await member.field('Last name').inputValue()).toBe('Murray Hopper');
    });

    it('finds nothing of admins, and is told of a suspension, and why', async () => {
      await member.open('/people');
      await member.page.getByText('need a log-in as admin').waitFor();
      await member.expectAccessible();
      await member.expectToFit();

      await api.apply('updateUser', { id: sub.slice(6), groupId: await group('North') });
      await api.apply('suspendUser', { id: sub.slice(6), reason: 'A look at your papers' });
      await member.menu('My profile').click();
      await member.page.getByText('A look at your papers').waitFor();
      await member.expectAccessible();
      await api.apply('reinstateUser', { id: sub.slice(6) });
      await member.page.getByText('A look at your papers').waitFor({ state: 'hidden' });
    });

    it('reads everything that is held, with the own history, and takes it along', async () => {
      await member.menu('My data').click();
      const history = member.page.getByRole('region', { name: 'History' });
      await history.getByText('You signed up').waitFor();
      await history.getByText('An admin suspended you').waitFor();
      const first = history.getByRole('table', { name: 'What version 1 said' });
      await first.getByRole('cell', { name: 'Grace' }).waitFor();
      await first.getByRole('row', { name: 'Address verified yes' }).waitFor();
      // By the name that it is known by, not by its id.
      await history.getByRole('row', { name: `Group ${names.get('North')}` }).waitFor();
      await member.page.getByText('6 events with what was said, and 0 commands').waitFor();
      await member.expectAccessible();
      await member.expectToFit();
      const coming = member.page.waitForEvent('download');
      await member.button('Download it').click();
      const kept = JSON.parse(readFileSync(await (await coming).path(), 'utf8')) as {
        state: object;
        history: object[];
      };
      expect(kept).toMatchObject({ state: { lastName: 'Murray Hopper' } });
      expect(kept.history).toHaveLength(6);
    });

    it('erases itself, once the id is typed', async () => {
      await member.button('Erase me').click();
      const dialog = member.page.getByRole('dialog');
      await dialog.getByText('There is no way back').waitFor();
      await dialog.getByLabel(`Type ${sub.slice(6)} to confirm`).fill(sub.slice(6));
      await member.expectAccessible();
      await dialog.getByRole('button', { name: 'Erase me for good' }).click();
      await member.page.getByText('You are erased').waitFor();
      await member.button('Sign up').waitFor();
      await member.expectAccessible();
      expect((await api.get('query($id: ID!) { user(id: $id) { id } }', { id: sub.slice(6) }))['user']).toBeNull();

      await member.logOut(sub);
      expect(member.faults).toEqual([]);
    });

    it('UC1, UC4: signs up with an account of Google, too', async () => {
      const google = `google-oauth2|${unique('google')}`;
      await member.logIn('user', google);
      await member.fill({ 'First name': 'Carol', 'Last name': 'Shaw', 'Birth date': '1955-01-01' });
      await member.button('Sign up').click();
      await member.heading('My profile').waitFor();
      expect((await api.get('query($id: ID!) { user(id: $id) { lastName } }', { id: google }))['user']).toEqual({
        lastName: 'Shaw',
      });
      await member.logOut(google);
    });
  });
});
