import { spawn } from 'node:child_process';
import { describe, expect, inject, it } from 'vitest';
import { Client, eventually, outputsOf, unique } from '../support/clients/client.ts';
import { Browser, decode, discover, exchange, logInForTokens } from 'appsync-local/testing/issuers';

const stateDir = inject('stateDir');
const outputs = outputsOf(stateDir);
const applications = {
  admin: { issuer: outputs.AdminIssuer, clientId: outputs.AdminClientId },
  user: { issuer: outputs.UserIssuer, clientId: outputs.UserClientId },
};
const profile = (id: string) => ({
  firstName: 'Alice',
  lastName: 'Archer',
  birthDate: '1990-02-28',
  // What the issuer vouches for.
  email: `${id}@example.com`,
});
const clientWith = (token: string) => new Client(outputs, token, '');

describe('whoever logs in with authorization code and PKCE', () => {
  it('at the user application signs up, and finds the own user again at the next log-in', async () => {
    const id = unique('pkce');
    const first = clientWith(
      (await logInForTokens(new Browser(), { ...applications.user, sub: `auth0|${id}` })).access_token,
    );
    expect((await first.get('{ me { id } }')).me).toBeNull();
    expect(await first.run('signUp', profile(id))).toMatchObject({
      status: 'APPLIED',
      aggregateId: id,
      actor: `user:auth0|${id}`,
    });
    const next = clientWith(
      (await logInForTokens(new Browser(), { ...applications.user, sub: `auth0|${id}` })).access_token,
    );
    expect(await eventually('the own user', async () => (await next.get('{ me { id } }')).me)).toEqual({ id });
  });

  it('with Google is known by the whole id', async () => {
    const sub = `google-oauth2|${unique('carol')}`;
    const client = clientWith((await logInForTokens(new Browser(), { ...applications.user, sub })).access_token);
    expect(await client.run('signUp', profile(sub.split('|')[1]!))).toMatchObject({
      status: 'APPLIED',
      aggregateId: sub,
      actor: `user:${sub}`,
    });
  });

  it('at the admin application may do what an admin may', async () => {
    const sub = `auth0|${unique('admin')}`;
    const client = clientWith((await logInForTokens(new Browser(), { ...applications.admin, sub })).access_token);
    expect(await client.run('createGroup', { name: unique('group'), description: 'd' })).toMatchObject({
      status: 'APPLIED',
      actor: `admin:${sub}`,
    });
  });

  it('goes on with a refreshed token', async () => {
    const { refresh_token = '' } = await logInForTokens(new Browser(), { ...applications.user, sub: 'auth0|alice' });
    const answer = await exchange(applications.user.issuer, {
      grant_type: 'refresh_token',
      client_id: applications.user.clientId,
      refresh_token,
    });
    const { access_token } = (await answer.json()) as { access_token: string };
    expect((await clientWith(access_token).ask('{ me { id } }')).errors).toBeUndefined();
  });

  it('and logs out is asked to log in again', async () => {
    const browser = new Browser();
    await logInForTokens(browser, { ...applications.user, sub: 'auth0|alice' });
    const { end_session_endpoint, authorization_endpoint } = await discover(applications.user.issuer);
    const back = 'http://localhost:5173/';
    const out = await browser.request(
      `${end_session_endpoint}?${new URLSearchParams({ client_id: applications.user.clientId, post_logout_redirect_uri: back })}`,
    );
    expect(out.headers.get('location')).toBe(back);
    const silent = new URLSearchParams({
      client_id: applications.user.clientId,
      redirect_uri: back,
      response_type: 'code',
      scope: 'openid',
      prompt: 'none',
      code_challenge: 'x'.repeat(43),
      code_challenge_method: 'S256',
    });
    expect((await browser.request(`${authorization_endpoint}?${silent}`)).headers.get('location')).toContain(
      'error=login_required',
    );
  });

  it('without naming the API gets a token that is not for it', async () => {
    const { access_token } = await logInForTokens(new Browser(), {
      ...applications.user,
      sub: 'auth0|alice',
      audience: null,
    });
    const { status, errors } = await clientWith(access_token).ask('{ me { id } }');
    expect([status, errors![0]!.message]).toEqual([401, 'Unable to parse JWT token.']);
  });
});

/** Runs `npm run --silent token -- …` to its end. */
const tokenCommand = (...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> =>
  new Promise((resolve) => {
    const child = spawn('npm', ['run', '--silent', 'token', '--', ...args, '--state', stateDir]);
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });

describe('the token command', () => {
  const tokenOf = async (...args: string[]) => {
    const { code, stdout } = await tokenCommand(...args);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
    return stdout.trim();
  };

  it('prints tokens that the running API takes for an admin, a user, anyone', async () => {
    expect(
      (await clientWith(await tokenOf('admin')).ask('{ users(limit: 1) { items { id } } }')).errors,
    ).toBeUndefined();
    const anyone = clientWith(await tokenOf('user', '--sub', 'google-oauth2|dave'));
    expect((await anyone.ask('{ me { id } }')).errors).toBeUndefined();
    expect((await anyone.ask('{ users(limit: 1) { items { id } } }')).errors![0]!.errorType).toBe('Unauthorized');
  });

  it('--expired: one that is refused as such', async () => {
    const { status, errors } = await clientWith(await tokenOf('admin', '--expired')).ask('{ me { id } }');
    expect([status, errors![0]!.message]).toEqual([401, 'Token has expired.']);
  });

  it('--ttl: one that holds for so many seconds', async () => {
    const client = clientWith(await tokenOf('user', '--ttl', '3'));
    await eventually(
      'its end',
      async () => (await client.ask('{ me { id } }')).errors?.[0]?.message === 'Token has expired.',
      15,
    );
  });

  it('--scope: one with that scope, which changes nothing about who may do what', async () => {
    const token = await tokenOf('user', '--scope', 'openid admin read:users');
    expect(decode(token).claims['scope']).toBe('openid admin read:users');
    expect((await clientWith(token).ask('{ users { items { id } } }')).errors![0]!.errorType).toBe('Unauthorized');
  });
});
