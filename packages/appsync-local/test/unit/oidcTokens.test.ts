import { describe, expect, it } from 'vitest';
import { profileOf, subjectProblem } from '../../src/issuers/accounts.ts';
import { isLoopback } from '../../src/issuers/configuration.ts';
import { keyFile } from '../../src/issuers/keys.ts';
import { StoreAdapter } from '../../src/issuers/store.ts';
import { accessTokenClaims, clientsOf, idTokenClaims } from '../../src/issuers/tokens.ts';

const request = { issuer: 'http://127.0.0.1:4000/oidc/user/', clientId: 'user-client', sub: 'auth0|alice' };

const settings = { audience: 'https://api.example/', claimNamespace: 'https://claims.example/' };

describe('claims of an access token', () => {
  it('name the API, the client and the address that the issuer vouches for', () => {
    expect(accessTokenClaims({ ...request, sub: 'corp|eu|alice' }, settings)).toMatchObject({
      aud: ['https://api.example/', `${request.issuer}userinfo`],
      azp: 'user-client',
      'https://claims.example/email': 'alice@example.com',
      'https://claims.example/email_verified': true,
    });
    expect(accessTokenClaims({ ...request, email: 'a@b.example', emailVerified: false }, settings)).toMatchObject({
      'https://claims.example/email': 'a@b.example',
      'https://claims.example/email_verified': false,
    });
    expect(Object.keys(accessTokenClaims(request, { audience: 'x' })).join()).not.toContain('email');
  });

  it('follow the account that the issuer knows', () => {
    const accounts = [{ sub: request.sub, email: 'alice@work.example', emailVerified: false }];
    expect(accessTokenClaims(request, { ...settings, accounts })).toMatchObject({
      'https://claims.example/email': 'alice@work.example',
      'https://claims.example/email_verified': false,
    });
  });

  it('of an ID token are for the application and not for the API', () => {
    const claims = idTokenClaims(request, settings);
    expect(claims).toMatchObject({ aud: 'user-client', email: 'alice@example.com', email_verified: true });
    expect(claims).not.toHaveProperty('azp');
    expect(claims).not.toHaveProperty('scope');
  });

  it('are replaced and removed as asked', () => {
    expect(accessTokenClaims({ ...request, claims: { azp: 'other', extra: 1 } }, settings)).toMatchObject({
      azp: 'other',
      extra: 1,
      sub: 'auth0|alice',
    });
    expect(
      JSON.parse(JSON.stringify(accessTokenClaims({ ...request, claims: { iat: undefined } }, settings))),
    ).not.toHaveProperty('iat');
  });

  it('of an expired token lie in the past, whatever its lifetime', () => {
    for (const ttlSeconds of [1, 86_400]) {
      const { iat, exp } = accessTokenClaims({ ...request, expired: true, ttlSeconds }, settings) as {
        iat: number;
        exp: number;
      };
      expect(exp * 1000).toBeLessThan(Date.now());
      expect(exp - iat).toBe(ttlSeconds);
    }
  });
});

describe('a client id', () => {
  it.each([
    ['admin', ['admin']],
    ['^(a|b)$', ['a', 'b']],
    ['^(?:a-1|b_2)$', ['a-1', 'b_2']],
    ['a|b', ['a', 'b']],
    ['^a$|^b$', ['a', 'b']],
  ])('%s stands for clients', (pattern, clients) => expect(clientsOf(pattern)).toEqual(clients));

  it.each(['', '.*', '^(a|)$', '^a+$', '(a|b)c'])('%s does not', (pattern) =>
    expect(() => clientsOf(pattern)).toThrow(`"${pattern}"`),
  );
});

describe('a user id', () => {
  it.each([
    'auth0|alice',
    'google-oauth2|1234',
    'auth0|with|bar',
    'samlp|x|y@z',
    'auth0|ünï',
    'samlp|adfs|Иванов Иван',
    'waad|CN=Ann Smith,OU=People',
    `oidc|${'x'.repeat(250)}`,
  ])('%s will do', (sub) => expect(subjectProblem(sub)).toBeNull());
  it.each(['', 'alice', '|alice', 'auth0|', 'auth0|a ', 'auth0|a\u0000', `auth0|${'x'.repeat(250)}`])(
    '%j will not',
    (sub) => expect(subjectProblem(sub)).not.toBeNull(),
  );

  it('gives the profile', () => {
    expect(profileOf({ sub: 'google-oauth2|carol' })).toEqual({
      sub: 'google-oauth2|carol',
      name: 'Carol',
      nickname: 'carol',
      email: 'carol@example.com',
      email_verified: true,
    });
  });
});

describe('the address of an id', () => {
  const emailOf = (sub: string) => String(profileOf({ sub })['email']);

  it('is one, whatever the id, and different for different ids', () => {
    const ids = [
      'josé',
      'jose',
      'jos-',
      'Иванов Иван',
      'Иванов Петр',
      'a..b',
      '.a',
      'a@b',
      'x'.repeat(200),
      'x'.repeat(201),
    ];
    const addresses = ids.map((id) => emailOf(`corp|${id}`));
    expect(new Set(addresses).size).toBe(ids.length);
    for (const address of addresses) {
      expect(address).toMatch(/^[\w-]+@example\.com$/);
      expect(address.indexOf('@')).toBeLessThanOrEqual(64);
    }
  });
});

describe('loopback', () => {
  it.each(['http://127.0.0.1:1/', 'http://localhost/x', 'http://[::1]:3/'])('%s is', (uri) =>
    expect(isLoopback(uri)).toBe(true),
  );
  it.each([
    'https://localhost/',
    'http://localhost.evil.example/',
    'http://a@127.0.0.1/',
    'http://10.0.0.1/',
    'javascript:1',
    'null',
    '',
  ])('%s is not', (uri) => expect(isLoopback(uri)).toBe(false));
});

it('keys are filed by the path of their issuer', () => {
  expect(keyFile('s', 'http://127.0.0.1:4000/oidc/admin/')).toBe(keyFile('s', 'http://127.0.0.1:5000/oidc/admin/'));
  expect(keyFile('s', 'http://127.0.0.1:4000/oidc/admin/')).not.toBe(keyFile('s', 'http://127.0.0.1:4000/oidc/user/'));
});

describe('what the provider stores', () => {
  it('is kept by model, until it expires, is destroyed or its grant is revoked', async () => {
    const entries = new Map();
    const codes = new StoreAdapter('AuthorizationCode', entries);
    const sessions = new StoreAdapter('Session', entries);
    await codes.upsert('a', { grantId: 'g' }, 60);
    await codes.upsert('b', { grantId: 'h' }, -1);
    await sessions.upsert('a', { uid: 'u', grantId: 'g' });
    expect(await codes.find('a')).toEqual({ grantId: 'g' });
    expect(await codes.find('b')).toBeUndefined();
    expect(await sessions.findByUid('u')).toMatchObject({ uid: 'u' });
    expect(await codes.findByUid('u')).toBeUndefined();
    await codes.consume('a');
    expect((await codes.find('a'))?.consumed).toBeTypeOf('number');
    await codes.revokeByGrantId('g');
    expect(await codes.find('a')).toBeUndefined();
    expect(await sessions.find('a')).toBeDefined();
    await sessions.destroy('a');
    expect(await sessions.find('a')).toBeUndefined();
  });

  it('does not pile up', async () => {
    const entries = new Map();
    const codes = new StoreAdapter('AuthorizationCode', entries);
    for (let n = 0; n < 2000; n += 1) await codes.upsert(String(n), {}, -1);
    expect(entries.size).toBeLessThanOrEqual(500);
  });
});
