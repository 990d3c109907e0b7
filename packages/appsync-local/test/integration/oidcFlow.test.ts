import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  adminClient,
  applicationName,
  Browser,
  userClient,
  authorizationUrl,
  decode,
  discover,
  exchange,
  logIn,
  logInForTokens,
  startIssuers,
} from '../../testing/issuers.ts';
import type { IssuerServer } from '../../testing/issuers.ts';

let server: IssuerServer;
const printed = (['log', 'info', 'warn', 'error'] as const).map((method) => vi.spyOn(console, method));

beforeAll(async () => {
  server = await startIssuers();
});
afterAll(() => server.stop());
afterEach(() => {
  // Neither the library's warnings nor an error of ours.
  for (const method of printed) expect(method.mock.calls).toEqual([]);
});

const admin = () => ({ issuer: server.adminIssuer, clientId: adminClient, sub: 'auth0|admin' });
const user = () => ({ issuer: server.userIssuer, clientId: userClient, sub: 'auth0|alice' });

describe('discovery', () => {
  it('names the issuer to the letter and everything below it', async () => {
    for (const issuer of [server.adminIssuer, server.userIssuer]) {
      const document = await discover(issuer);
      expect(document.issuer).toBe(issuer);
      expect(document.authorization_endpoint).toBe(`${issuer}authorize`);
      expect(document.token_endpoint).toBe(`${issuer}oauth/token`);
      expect(document.userinfo_endpoint).toBe(`${issuer}userinfo`);
      expect(document.jwks_uri).toBe(`${issuer}.well-known/jwks.json`);
      expect(document.end_session_endpoint).toBe(`${issuer}oidc/logout`);
      expect(document.response_types_supported).toEqual(['code']);
      expect(document.code_challenge_methods_supported).toEqual(['S256']);
    }
  });

  it('publishes two keys without their private parts, different for each issuer', async () => {
    const sets = await Promise.all(
      [server.adminIssuer, server.userIssuer].map(async (issuer) => {
        const { keys } = (await (await fetch((await discover(issuer)).jwks_uri)).json()) as {
          keys: Record<string, string>[];
        };
        expect(keys).toHaveLength(2);
        for (const key of keys) {
          expect(key).toMatchObject({ kty: 'RSA', use: 'sig', alg: 'RS256' });
          expect(Object.keys(key)).not.toContain('d');
        }
        return keys.map(({ kid }) => kid);
      }),
    );
    expect(new Set(sets.flat()).size).toBe(4);
  });

  it('answers no path but its own', async () => {
    expect((await fetch(`${server.origin}/graphql`)).status).toBe(404);
    expect(await (await fetch(`${server.origin}/oidc/adminx/.well-known/jwks.json`)).text()).toBe('not an issuer');
  });
});

describe('log-in with PKCE', () => {
  it("gives tokens as Auth0's", async () => {
    const tokens = await logInForTokens(new Browser(), user());
    expect(tokens).toMatchObject({
      token_type: 'Bearer',
      expires_in: 7200,
      scope: 'openid profile email offline_access',
    });

    const access = decode(tokens.access_token);
    expect(access.header).toMatchObject({ alg: 'RS256', typ: 'JWT' });
    expect(access.claims).toEqual({
      iss: server.userIssuer,
      sub: 'auth0|alice',
      aud: ['https://user-management/api', `${server.userIssuer}userinfo`],
      azp: userClient,
      iat: expect.any(Number),
      exp: Number(access.claims['iat']) + 7200,
      scope: 'openid profile email offline_access',
      'https://claims.example/email': 'alice@example.com',
      'https://claims.example/email_verified': true,
    });

    const id = decode(tokens.id_token);
    expect(id.header).toMatchObject({ alg: 'RS256' });
    expect(id.claims).toMatchObject({
      iss: server.userIssuer,
      sub: 'auth0|alice',
      aud: userClient,
      nonce: 'nonce-1',
      name: 'Alice',
      email: 'alice@example.com',
      email_verified: true,
    });
    expect(id.claims['exp']).toBeGreaterThan(Number(id.claims['iat']));
  });

  it('has an audience of one without scope openid, and no ID token', async () => {
    const { url, verifier, redirectUri } = await authorizationUrl({ ...user(), scope: 'profile', extra: {} });
    const withoutNonce = new URL(url);
    withoutNonce.searchParams.delete('nonce');
    const browser = new Browser();
    const form = await browser.follow(await browser.request(withoutNonce.href), server.origin);
    const done = await browser.follow(
      await browser.request(form.url, { method: 'POST', body: new URLSearchParams({ sub: 'auth0|alice' }) }),
      server.origin,
    );
    const code = new URL(done.headers.get('location') ?? '').searchParams.get('code') ?? '';
    const response = await exchange(server.userIssuer, {
      grant_type: 'authorization_code',
      client_id: userClient,
      code,
      code_verifier: verifier,
      redirect_uri: redirectUri,
    });
    const tokens = (await response.json()) as { access_token: string; id_token?: string };
    expect(decode(tokens.access_token).claims['aud']).toBe('https://user-management/api');
    expect(tokens.id_token).toBeUndefined();
  });

  it('gives an opaque access token when no API is asked for', async () => {
    const tokens = await logInForTokens(new Browser(), { ...user(), audience: null });
    expect(tokens.access_token.split('.')).toHaveLength(1);
    expect(decode(tokens.id_token).claims['sub']).toBe('auth0|alice');
    const userinfo = await fetch(`${server.userIssuer}userinfo`, {
      headers: { authorization: `Bearer ${tokens.access_token}` },
    });
    expect(await userinfo.json()).toMatchObject({ sub: 'auth0|alice', email: 'alice@example.com' });
  });

  it('accepts the standard resource parameter, and refuses an API it does not know', async () => {
    const tokens = await logInForTokens(new Browser(), {
      ...user(),
      audience: null,
      extra: { resource: 'https://user-management/api' },
    });
    expect(decode(tokens.access_token).claims['azp']).toBe(userClient);
    const { target } = await logIn(new Browser(), { ...user(), audience: 'https://other/api' });
    expect(target.searchParams.get('error')).toBe('invalid_target');
  });

  it('lets anyone become anyone, Google users included', async () => {
    const tokens = await logInForTokens(new Browser(), { ...user(), sub: ' google-oauth2|carol ' });
    expect(decode(tokens.access_token).claims['sub']).toBe('google-oauth2|carol');
  });

  it('refuses a wrong verifier and a code used twice', async () => {
    const { target, verifier, redirectUri } = await logIn(new Browser(), user());
    const fields = {
      grant_type: 'authorization_code',
      client_id: userClient,
      code: target.searchParams.get('code') ?? '',
      redirect_uri: redirectUri,
    };
    const wrong = await exchange(server.userIssuer, { ...fields, code_verifier: 'x'.repeat(43) });
    expect([wrong.status, ((await wrong.json()) as { error: string }).error]).toEqual([400, 'invalid_grant']);
    expect((await exchange(server.userIssuer, { ...fields, code_verifier: verifier })).status).toBe(200);
    expect((await exchange(server.userIssuer, { ...fields, code_verifier: verifier })).status).toBe(400);
  });

  it('refuses a request without PKCE', async () => {
    const url = new URL((await authorizationUrl(user())).url);
    url.searchParams.delete('code_challenge');
    url.searchParams.delete('code_challenge_method');
    const response = await new Browser().request(url.href);
    expect(response.headers.get('location')).toContain('error=invalid_request');
  });

  it('returns to the registered address and to loopback, and nowhere else', async () => {
    for (const redirectUri of [applicationName, 'http://127.0.0.1:1234/', 'http://localhost:65000/deep/path?x=1']) {
      const { target } = await logIn(new Browser(), { ...user(), redirectUri });
      expect(target.href.startsWith(redirectUri.split('?')[0]!)).toBe(true);
      expect(target.searchParams.get('state')).toBe('state-1');
      expect(target.searchParams.get('iss')).toBe(server.userIssuer);
    }
    for (const redirectUri of [
      'https://evil.example/',
      'http://127.0.0.1.evil.example/',
      'http://localhost@evil.example/',
      'https://localhost:1/',
    ]) {
      const { url } = await authorizationUrl({ ...user(), redirectUri });
      const response = await new Browser().request(url);
      expect([response.status, response.headers.get('location')]).toEqual([400, null]);
      expect(await response.text()).toContain('invalid_redirect_uri');
    }
  });

  it('knows its own client only', async () => {
    const { url } = await authorizationUrl({ issuer: server.userIssuer, clientId: adminClient });
    const response = await new Browser().request(url);
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('invalid_client');
  });

  it('remembers who is logged in, for its own issuer only', async () => {
    const browser = new Browser();
    await logInForTokens(browser, user());
    const again = await browser.follow(await browser.request((await authorizationUrl(user())).url), server.origin);
    expect(new URL(again.headers.get('location') ?? '').searchParams.get('code')).not.toBeNull();
    const other = await browser.follow(await browser.request((await authorizationUrl(admin())).url), server.origin);
    expect(other.status).toBe(200);
    expect(await other.text()).toContain('<label for="sub">');
  });

  it('lets a browser that is logged in log in as someone else', async () => {
    const browser = new Browser();
    await logInForTokens(browser, user());
    const { url, verifier, redirectUri } = await authorizationUrl({ ...user(), extra: { prompt: 'login' } });
    const form = await browser.follow(await browser.request(url), server.origin);
    const handover = await browser.follow(
      await browser.request(form.url, { method: 'POST', body: new URLSearchParams({ sub: 'auth0|bob' }) }),
      server.origin,
    );
    // The library ends the first session by a form that sends itself.
    const html = await handover.text();
    const action = /action="([^"]+)"/.exec(html)?.[1] ?? '';
    const fields = new URLSearchParams(
      [...html.matchAll(/name="(\w+)" value="([^"]*)"/g)].map(
        ([, name = '', value = '']) => [name, value] as [string, string],
      ),
    );
    const done = await browser.follow(await browser.request(action, { method: 'POST', body: fields }), server.origin);
    const code = new URL(done.headers.get('location') ?? '').searchParams.get('code') ?? '';
    const tokens = await exchange(server.userIssuer, {
      grant_type: 'authorization_code',
      client_id: userClient,
      code,
      code_verifier: verifier,
      redirect_uri: redirectUri,
    });
    expect(decode(((await tokens.json()) as { access_token: string }).access_token).claims['sub']).toBe('auth0|bob');
  });

  it('answers a silent request according to the session', async () => {
    const silent = { ...user(), extra: { prompt: 'none' } };
    const stranger = await new Browser().request((await authorizationUrl(silent)).url);
    expect(stranger.headers.get('location')).toContain('error=login_required');
    const browser = new Browser();
    await logInForTokens(browser, user());
    const known = await browser.request((await authorizationUrl(silent)).url);
    expect(known.headers.get('location')).toContain('code=');
  });
});

describe('the log-in page', () => {
  const open = async (browser: Browser, extra: Record<string, string> = {}) =>
    browser.follow(await browser.request((await authorizationUrl({ ...user(), extra })).url), server.origin);

  it('is accessible, light or dark, offers accounts to choose by click and loads nothing', async () => {
    const page = await open(new Browser(), { login_hint: 'auth0|"><b>bob' });
    const html = await page.text();
    expect(html).toContain('<html lang="en">');
    expect(html).toMatch(/<label for="sub">/);
    for (const sub of ['auth0|admin', 'auth0|alice', 'google-oauth2|carol', 'auth0|dave'])
      expect(html).toContain(`<button name="sub" value="${sub}">`);
    expect(html).toContain('carol@gmail.example');
    expect(html).toContain('dave@example.com (not verified)');
    expect(html).toContain('prefers-color-scheme: dark');
    expect(html).not.toMatch(/(src|href)="https?:|<script|<img|<link/);
    expect(html).not.toContain('<b>bob');
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
  });

  it('leads back to the application, which hears that the log-in was cancelled', async () => {
    const browser = new Browser();
    const page = await open(browser);
    const body = new URLSearchParams({ cancel: 'yes' });
    const back = await browser.follow(await browser.request(page.url, { method: 'POST', body }), server.origin);
    const target = new URL(back.headers.get('location') ?? '');
    expect(target.href).toMatch(/^http:\/\/localhost:5173\/callback/);
    expect([target.searchParams.get('error'), target.searchParams.get('state')]).toEqual(['access_denied', 'state-1']);
  });

  it('takes an address for anyone, verified or not', async () => {
    const browser = new Browser();
    const page = await open(browser);
    const eve = { sub: 'auth0|eve', form: 'yes', email: 'eve@work.example' };
    await browser.follow(
      await browser.request(page.url, { method: 'POST', body: new URLSearchParams(eve) }),
      server.origin,
    );
    const { access_token, id_token } = await logInForTokens(browser, { ...user(), sub: 'not asked' });
    expect(decode(access_token).claims).toMatchObject({
      sub: 'auth0|eve',
      'https://claims.example/email': 'eve@work.example',
      'https://claims.example/email_verified': false,
    });
    expect(decode(id_token).claims).toMatchObject({ email: 'eve@work.example', email_verified: false });
    const { access_token: daves } = await logInForTokens(new Browser(), { ...user(), sub: 'auth0|dave' });
    expect(decode(daves).claims['https://claims.example/email_verified']).toBe(false);
  });

  it('takes no form of another page', async () => {
    const browser = new Browser();
    const page = await open(browser);
    const body = new URLSearchParams({ sub: 'auth0|alice' });
    for (const origin of ['http://127.0.0.1:1', 'http://localhost:5173', 'null']) {
      const answer = await browser.request(page.url, { method: 'POST', body, headers: { origin } });
      expect([answer.status, answer.headers.get('location')]).toEqual([403, null]);
    }
    const own = await browser.request(page.url, { method: 'POST', body, headers: { origin: server.origin } });
    expect(own.status).toBe(303);
  });

  it('says what is wrong with a user id and keeps what was typed', async () => {
    const browser = new Browser();
    const page = await browser.follow(await browser.request((await authorizationUrl(user())).url), server.origin);
    for (const [sub, message] of [
      ['', 'Enter a user id.'],
      ['alice', 'looks like auth0|alice'],
      [`auth0|${'x'.repeat(250)}`, 'at most 255'],
    ] as const) {
      const answer = await browser.request(page.url, { method: 'POST', body: new URLSearchParams({ sub }) });
      const html = await answer.text();
      expect(answer.status).toBe(400);
      expect(html).toContain(message);
      expect(html).toContain('role="alert"');
      expect(html).toContain(`value="${sub}"`);
    }
    const flood = await browser.request(page.url, {
      method: 'POST',
      body: new URLSearchParams({ sub: 'x'.repeat(10_000) }),
    });
    expect(flood.status).toBe(413);
  });

  it('is only for the browser that asked', async () => {
    const browser = new Browser();
    const page = await browser.follow(await browser.request((await authorizationUrl(user())).url), server.origin);
    const stranger = await new Browser().request(page.url, {
      method: 'POST',
      body: new URLSearchParams({ sub: 'auth0|alice' }),
    });
    expect(stranger.status).toBe(400);
    expect(await stranger.text()).toContain('Log-in expired');
  });
});

describe('a page at another port of this machine', () => {
  const redirectUri = 'http://127.0.0.1:6666/';
  const asking = async (browser: Browser, extra: Record<string, string> = {}) =>
    browser.request((await authorizationUrl({ ...user(), redirectUri, extra })).url);

  /** Anew: what a person agreed to is forgotten at log-out. */
  const loggedIn = async (): Promise<Browser> => {
    const browser = new Browser();
    await logInForTokens(browser, user());
    await browser.request(`${server.userIssuer}oidc/logout?client_id=${userClient}`);
    await logInForTokens(browser, user());
    return browser;
  };

  it('gets no token of a person who is logged in, unless that person says so', async () => {
    const browser = await loggedIn();
    expect((await asking(browser, { prompt: 'none' })).headers.get('location')).toContain('error=consent_required');
    const page = await browser.follow(await asking(browser), server.origin);
    const html = await page.text();
    expect(page.status).toBe(200);
    expect(html).toContain('http://127.0.0.1:6666');
    expect(html).toContain('Continue as Alice');
    const body = new URLSearchParams({ consent: 'yes' });
    const done = await browser.follow(await browser.request(page.url, { method: 'POST', body }), server.origin);
    expect(done.headers.get('location')).toMatch(/^http:\/\/127\.0\.0\.1:6666\/\?code=/);
    expect((await asking(browser, { prompt: 'none' })).headers.get('location')).toContain('code=');
  });

  it('gets an answer without a token if the person goes back', async () => {
    const browser = await loggedIn();
    const page = await browser.follow(await asking(browser), server.origin);
    const body = new URLSearchParams({ cancel: 'yes' });
    const back = await browser.follow(await browser.request(page.url, { method: 'POST', body }), server.origin);
    expect(back.headers.get('location')).toMatch(/^http:\/\/127\.0\.0\.1:6666\/\?error=access_denied/);
    expect((await asking(browser, { prompt: 'none' })).headers.get('location')).toContain('error=consent_required');
  });

  it('may be met as someone else', async () => {
    const browser = await loggedIn();
    const page = await browser.follow(await asking(browser), server.origin);
    const form = await (await browser.request(`${page.url}?switch`)).text();
    expect(form).toContain('<button name="sub" value="google-oauth2|carol">');
  });

  it('is no stranger if it is the registered one', async () => {
    const browser = await loggedIn();
    const { url } = await authorizationUrl({ ...user(), redirectUri: applicationName, extra: { prompt: 'none' } });
    expect((await browser.request(url)).headers.get('location')).toContain('code=');
  });
});

describe('refresh', () => {
  it('gives new tokens for the same user and API, and each refresh token once', async () => {
    const first = await logInForTokens(new Browser(), user());
    const fields = { grant_type: 'refresh_token', client_id: userClient, refresh_token: first.refresh_token ?? '' };
    const response = await exchange(server.userIssuer, fields);
    const second = (await response.json()) as typeof first;
    expect(decode(second.access_token).claims).toMatchObject({
      sub: 'auth0|alice',
      azp: userClient,
      aud: ['https://user-management/api', `${server.userIssuer}userinfo`],
    });
    expect(second.refresh_token).not.toBe(first.refresh_token);
    const replayed = await exchange(server.userIssuer, fields);
    expect([replayed.status, ((await replayed.json()) as { error: string }).error]).toEqual([400, 'invalid_grant']);
  });

  it('is not for those who did not ask for it', async () => {
    const tokens = await logInForTokens(new Browser(), { ...user(), scope: 'openid profile' });
    expect(tokens.refresh_token).toBeUndefined();
  });

  it('is refused at the other issuer', async () => {
    const { refresh_token = '' } = await logInForTokens(new Browser(), user());
    expect(
      (await exchange(server.adminIssuer, { grant_type: 'refresh_token', client_id: adminClient, refresh_token }))
        .status,
    ).toBe(400);
  });
});

describe('log-out', () => {
  it('ends the session and returns to the application', async () => {
    const browser = new Browser();
    await logInForTokens(browser, user());
    const url = new URL((await discover(server.userIssuer)).end_session_endpoint);
    // No token in an address: histories and logs keep those.
    url.search = new URLSearchParams({
      client_id: userClient,
      post_logout_redirect_uri: applicationName,
      state: 'bye',
    }).toString();
    const response = await browser.request(url.href);
    expect([response.status, response.headers.get('location')]).toEqual([303, `${applicationName}?state=bye`]);
    const next = await browser.follow(await browser.request((await authorizationUrl(user())).url), server.origin);
    expect(await next.text()).toContain('<label for="sub">');
  });

  it("takes Auth0's older address", async () => {
    const browser = new Browser();
    await logInForTokens(browser, user());
    const query = new URLSearchParams({ client_id: userClient, returnTo: 'http://localhost:5173/' });
    const response = await browser.follow(
      await browser.request(`${server.userIssuer}v2/logout?${query}`),
      server.origin,
    );
    expect(response.headers.get('location')).toBe('http://localhost:5173/');
  });

  it('does not send anyone to an unknown address', async () => {
    const browser = new Browser();
    const { id_token } = await logInForTokens(browser, user());
    const query = new URLSearchParams({ id_token_hint: id_token, post_logout_redirect_uri: 'https://evil.example/' });
    const response = await browser.request(`${server.userIssuer}oidc/logout?${query}`);
    expect([response.status, response.headers.get('location')]).toEqual([400, null]);
  });

  it('asks first if no client is named', async () => {
    const browser = new Browser();
    await logInForTokens(browser, user());
    const page = await browser.request(`${server.userIssuer}oidc/logout`);
    expect(await page.text()).toContain('Log out?');
    const still = await browser.follow(await browser.request((await authorizationUrl(user())).url), server.origin);
    expect(still.headers.get('location')).toContain('code=');
  });
});

describe('browser clients', () => {
  it('may call the endpoints from loopback and from the application, and from nowhere else', async () => {
    const { refresh_token = '' } = await logInForTokens(new Browser(), user());
    const post = (origin: string, token: string) =>
      fetch(`${server.userIssuer}oauth/token`, {
        method: 'POST',
        headers: { origin },
        body: new URLSearchParams({ grant_type: 'refresh_token', client_id: userClient, refresh_token: token }),
      });
    const evil = await post('https://evil.example', refresh_token);
    expect([evil.status, evil.headers.get('access-control-allow-origin')]).toEqual([400, null]);
    const local = await post('http://localhost:5173', refresh_token);
    expect([local.status, local.headers.get('access-control-allow-origin')]).toEqual([200, 'http://localhost:5173']);
    const next = ((await local.json()) as { refresh_token: string }).refresh_token;
    expect((await post('http://app.example.test', next)).headers.get('access-control-allow-origin')).toBe(
      'http://app.example.test',
    );
    const preflight = await fetch(`${server.userIssuer}oauth/token`, {
      method: 'OPTIONS',
      headers: {
        origin: 'http://localhost:5173',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type',
      },
    });
    expect([preflight.status, preflight.headers.get('access-control-allow-origin')]).toEqual([
      204,
      'http://localhost:5173',
    ]);
    const discovery = await fetch(`${server.userIssuer}.well-known/openid-configuration`, {
      headers: { origin: 'http://localhost:5173' },
    });
    expect(discovery.headers.get('access-control-allow-origin')).toBe('http://localhost:5173');
  });

  it('read the profile with the access token, as far as its scope goes', async () => {
    const ask = async (token: string) => {
      const response = await fetch(`${server.userIssuer}userinfo`, {
        headers: { authorization: `Bearer ${token}`, origin: 'http://localhost:5173' },
      });
      return [response.status, await response.json()] as const;
    };
    expect(await ask(await server.issuers.mint({ provider: 'user', sub: 'auth0|alice' }))).toEqual([
      200,
      { sub: 'auth0|alice', name: 'Alice', nickname: 'alice', email: 'alice@example.com', email_verified: true },
    ]);
    expect(await ask(await server.issuers.mint({ provider: 'user', sub: 'auth0|alice', scope: 'openid' }))).toEqual([
      200,
      { sub: 'auth0|alice' },
    ]);
    for (const token of [
      await server.issuers.mint({ provider: 'admin', sub: 'auth0|alice' }),
      await server.issuers.mint({ provider: 'user', sub: 'auth0|alice', expired: true }),
      await server.issuers.mint({ provider: 'user', sub: 'auth0|alice', scope: 'profile' }),
      'a.b.c',
    ]) {
      expect((await ask(token))[0]).toBe(401);
    }
  });
});

describe('one issuer for both applications', () => {
  it('serves both clients, who share their users', async () => {
    const shared = await startIssuers({ shared: true });
    const browser = new Browser();
    const one = await logInForTokens(browser, {
      issuer: shared.adminIssuer,
      clientId: adminClient,
      sub: 'auth0|admin',
    });
    const two = await logInForTokens(browser, { issuer: shared.adminIssuer, clientId: userClient, sub: 'not asked' });
    expect(decode(one.access_token).claims).toMatchObject({ azp: adminClient, sub: 'auth0|admin' });
    expect(decode(two.access_token).claims).toMatchObject({ azp: userClient, sub: 'auth0|admin' });
    const minted = await shared.issuers.mint({ provider: 'both', clientId: userClient, sub: 'auth0|bob' });
    expect(decode(minted).claims).toMatchObject({ azp: userClient, iss: shared.adminIssuer });
    await shared.stop();
  });
});
