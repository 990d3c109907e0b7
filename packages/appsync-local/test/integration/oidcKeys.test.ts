import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createIssuers } from '../../src/issuers/issuers.ts';
import { keyFile } from '../../src/issuers/keys.ts';
import { createJwtVerifier } from '../../src/appsync/auth/jwt.ts';
import {
  Browser,
  issuerSettings,
  userClient,
  authorizationUrl,
  decode,
  logInForTokens,
  startIssuers,
} from '../../testing/issuers.ts';

const stateDir = mkdtempSync(join(tmpdir(), 'issuer-keys-'));
afterAll(() => rmSync(stateDir, { recursive: true, force: true }));

const publishedKids = async (issuer: string): Promise<string[]> => {
  const { keys } = (await (await fetch(`${issuer}.well-known/jwks.json`)).json()) as { keys: { kid: string }[] };
  return keys.map(({ kid }) => kid);
};

describe('keys of the issuers', () => {
  it('survive a restart, and tokens with them, whatever the port', async () => {
    const first = await startIssuers({ stateDir });
    const token = await first.issuers.mint({ provider: 'user', sub: 'auth0|alice' });
    const kids = await publishedKids(first.userIssuer);
    await first.stop();

    const second = await startIssuers({ stateDir, port: Number(new URL(first.origin).port) });
    expect(await publishedKids(second.userIssuer)).toEqual(kids);
    const verifier = createJwtVerifier([
      { type: 'OPENID_CONNECT', oidc: { issuer: second.userIssuer, clientId: userClient } },
    ]);
    expect(await verifier.verify(token)).toMatchObject({ ok: true });
    await second.stop();

    const elsewhere = await startIssuers({ stateDir });
    expect(await publishedKids(elsewhere.userIssuer)).toEqual(kids);
    await elsewhere.stop();
  });

  it("are nobody else's to read", () => {
    const folder = join(stateDir, 'keys');
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    for (const file of readdirSync(folder)) expect(statSync(join(folder, file)).mode & 0o777).toBe(0o600);
  });

  it('rotate: the next key signs, the old one is published no more, sessions go on', async () => {
    const server = await startIssuers({ stateDir });
    const browser = new Browser();
    await logInForTokens(browser, { issuer: server.userIssuer, clientId: userClient, sub: 'auth0|alice' });
    const [current, next] = await publishedKids(server.userIssuer);

    await server.issuers.rotate('user');

    const after = await publishedKids(server.userIssuer);
    expect(after).toHaveLength(2);
    expect(after[0]).toBe(next);
    expect(after).not.toContain(current);
    expect(decode(await server.issuers.mint({ provider: 'user', sub: 'auth0|alice' })).header['kid']).toBe(next);
    const again = await browser.request(
      (await authorizationUrl({ issuer: server.userIssuer, clientId: userClient })).url,
    );
    expect(again.headers.get('location')).toContain('code=');
    expect(JSON.parse(readFileSync(keyFile(stateDir, server.userIssuer), 'utf8'))).toMatchObject({
      current: { kid: next },
    });
    await server.stop();
  });

  it('that are damaged are an error which names the file', async () => {
    const server = await startIssuers({ stateDir });
    await server.stop();
    const file = keyFile(stateDir, server.userIssuer);
    writeFileSync(file, '{"current":');
    await expect(startIssuers({ stateDir })).rejects.toThrow(file);
    rmSync(file);
  });
});

describe('configuration of the issuers', () => {
  const start = (issuer: string, clientId: string) =>
    createIssuers({
      origin: 'http://127.0.0.1:4000',
      stateDir,
      redirectUris: [],
      settings: issuerSettings,
      providers: [{ issuer, clientId, name: 'x' }],
    });

  it('must name issuers below the origin, with their slash, and clients that are literal', async () => {
    await expect(start('http://127.0.0.1:5000/oidc/x/', 'a')).rejects.toThrow('must lie below');
    await expect(start('http://127.0.0.1:4000/oidc/x', 'a')).rejects.toThrow('end in a slash');
    await expect(start('http://127.0.0.1:4000/oidc/x/', '^admin.*$')).rejects.toThrow('^admin.*$');
  });

  it('knows its providers by name', async () => {
    const issuers = await start('http://127.0.0.1:4000/oidc/x/', 'a');
    await expect(issuers.mint({ provider: 'y', sub: 'auth0|a' })).rejects.toThrow('No issuer is called y: x');
  });
});
