import { describe, expect, it } from 'vitest';
import { profileOf, subjectProblem } from '../../src/issuers/accounts.ts';
import { isLoopback } from '../../src/issuers/configuration.ts';
import { keyFile } from '../../src/issuers/keys.ts';
import { StoreAdapter } from '../../src/issuers/store.ts';
import { accessTokenClaims, clientsOf } from '../../src/issuers/tokens.ts';

const request = { issuer: 'http://127.0.0.1:4000/oidc/user/', clientId: 'user-client', sub: 'auth0|alice' };

describe('claims of an access token', () => {
  it('are replaced and removed as asked', () => {
    expect(accessTokenClaims({ ...request, claims: { azp: 'other', extra: 1 } })).toMatchObject({
      azp: 'other',
      extra: 1,
      sub: 'auth0|alice',
    });
    expect(
      JSON.parse(JSON.stringify(accessTokenClaims({ ...request, claims: { iat: undefined } }))),
    ).not.toHaveProperty('iat');
  });

  it('of an expired token lie in the past, whatever its lifetime', () => {
    for (const ttlSeconds of [1, 86_400]) {
      const { iat, exp } = accessTokenClaims({ ...request, expired: true, ttlSeconds }) as { iat: number; exp: number };
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
  it.each(['auth0|alice', 'google-oauth2|1234', 'auth0|with|bar', 'samlp|x|y@z', 'auth0|ünï'])('%s will do', (sub) =>
    expect(subjectProblem(sub)).toBeNull(),
  );
  it.each(['', 'alice', '|alice', 'auth0|', 'auth0|a b', 'auth0|a\u0000', `auth0|${'x'.repeat(130)}`])(
    '%j will not',
    (sub) => expect(subjectProblem(sub)).not.toBeNull(),
  );

  it('gives the profile', () => {
    expect(profileOf('google-oauth2|carol')).toEqual({
      sub: 'google-oauth2|carol',
      name: 'Carol',
      nickname: 'carol',
      email: 'carol@example.com',
      email_verified: true,
    });
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
