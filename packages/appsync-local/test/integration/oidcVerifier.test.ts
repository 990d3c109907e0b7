import { constants, createHmac, createPrivateKey, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createJwtVerifier } from '../../src/appsync/auth/jwt.ts';
import { signJwt } from '../../src/issuers/jwt.ts';
import type { SigningKey } from '../../src/issuers/jwt.ts';
import { createKey, type IssuerSecrets, readSecrets } from '../../src/issuers/keys.ts';
import type { AuthModeModel, OidcProviderModel } from '../../src/model.ts';
import { adminClient, userClient, decode, startIssuers } from '../../testing/issuers.ts';
import type { IssuerServer } from '../../testing/issuers.ts';

const unparsable = { ok: false, message: 'Unable to parse JWT token.' };
const expiredLogin = { ok: false, message: 'Token has expired.' };
const unauthorizedAnswer = { ok: false, message: 'Unauthorized' };

let server: IssuerServer;
let userKey: SigningKey;
let verify: (token: string) => Promise<unknown>;
const mode = (oidc: OidcProviderModel): AuthModeModel => ({ type: 'OPENID_CONNECT', oidc });
const verifierFor = (...modes: AuthModeModel[]) => createJwtVerifier(modes, { log: () => undefined }).verify;

beforeAll(async () => {
  server = await startIssuers();
  userKey = (await readSecrets(server.stateDir, server.userIssuer))!.current;
});
afterAll(() => server.stop());
beforeEach(() => {
  verify = verifierFor(
    mode({ issuer: server.adminIssuer, clientId: adminClient }),
    mode({ issuer: server.userIssuer, clientId: userClient }),
    { type: 'AWS_IAM' },
  );
});

const mint = (claims: Record<string, unknown> = {}, more: { expired?: boolean } = {}) =>
  server.issuers.mint({ provider: 'user', sub: 'auth0|alice', claims, ...more });
const now = () => Math.floor(Date.now() / 1000);
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('a token that holds', () => {
  it("identifies subject and issuer, with every claim, for each provider's own client", async () => {
    const token = await mint();
    expect(await verify(token)).toEqual({
      ok: true,
      identity: { sub: 'auth0|alice', issuer: server.userIssuer, claims: decode(token).claims },
    });
    const admin = await server.issuers.mint({ provider: 'admin', sub: 'auth0|admin' });
    expect(await verify(admin)).toMatchObject({
      ok: true,
      identity: { sub: 'auth0|admin', issuer: server.adminIssuer },
    });
  });

  it('is accepted bare and after Bearer', async () => {
    const token = await mint();
    for (const header of [token, `Bearer ${token}`, `bearer ${token}`, ` ${token} `])
      expect(await verify(header)).toMatchObject({ ok: true });
    for (const header of [`Basic ${token}`, `Bearer Bearer ${token}`, `Bearer`, `${token}, ${token}`])
      expect(await verify(header)).toEqual(unparsable);
  });

  it('may name the client in azp, in aud or in one of several aud', async () => {
    expect(await verify(await mint({ azp: undefined, aud: userClient }))).toMatchObject({ ok: true });
    expect(
      await verify(await mint({ azp: undefined, aud: ['https://user-management/api', userClient] })),
    ).toMatchObject({ ok: true });
  });

  it('may be signed with the key after the next rotation', async () => {
    const token = await mint();
    expect(await verify(token)).toMatchObject({ ok: true });
    const { next } = (await readSecrets(server.stateDir, server.userIssuer)) as IssuerSecrets;
    expect(await verify(signJwt(decode(token).claims, next))).toMatchObject({ ok: true });
  });
});

describe('a token is refused', () => {
  it('that is none', async () => {
    for (const text of [
      '',
      'garbage',
      'a.b',
      'a.b.c',
      'a.b.c.d',
      `${encode([])}.${encode({})}.c`,
      `${encode({ alg: 'RS256' })}.${encode('x')}.c`,
      'é.é.é',
    ]) {
      expect(await verify(text)).toEqual(unparsable);
    }
  });

  it('from an issuer that is not configured, however alike', async () => {
    const issuers = [
      'https://evil.example/',
      server.userIssuer.slice(0, -1),
      `${server.userIssuer}/`,
      server.userIssuer.toUpperCase(),
      server.userIssuer.replace('127.0.0.1', 'localhost'),
      '',
      undefined,
    ];
    for (const iss of issuers) expect(await verify(await mint({ iss }))).toEqual(unparsable);
    expect(await verify(await mint({ iss: [server.userIssuer] }))).toEqual(unparsable);
  });

  it('that has expired', async () => {
    expect(await verify(await mint({}, { expired: true }))).toEqual(expiredLogin);
    expect(await verify(await mint({ exp: now() - 1 }))).toEqual(expiredLogin);
  });

  it('that is not valid yet', async () => {
    expect(await verify(await mint({ nbf: now() + 60 }))).toEqual(unauthorizedAnswer);
    expect(await verify(await mint({ nbf: now() - 60 }))).toMatchObject({ ok: true });
  });

  it('without iat, exp or sub, or with others than numbers there', async () => {
    for (const claims of [{ iat: undefined }, { exp: undefined }, { sub: undefined }, { sub: '' }])
      expect(await verify(await mint(claims))).toEqual(unauthorizedAnswer);
    for (const claims of [{ iat: 'now' }, { exp: '9999999999' }, { nbf: {} }, { sub: 7 }])
      expect(await verify(await mint(claims))).toEqual(unparsable);
  });

  it('for another client', async () => {
    for (const claims of [
      { azp: adminClient },
      { azp: undefined },
      { azp: undefined, aud: undefined },
      { azp: `${userClient}x` },
      { azp: `x${userClient}` },
      { azp: `${userClient}\n` },
      { azp: [userClient] },
      { azp: undefined, aud: ['other', 'clients'] },
    ]) {
      expect(await verify(await mint(claims))).toEqual(unauthorizedAnswer);
    }
  });

  it('that is not signed', async () => {
    const { claims } = decode(await mint());
    for (const alg of ['none', 'None', 'NONE']) {
      expect(await verify(`${encode({ alg, typ: 'JWT', kid: userKey.kid })}.${encode(claims)}.`)).toEqual(unparsable);
      expect(await verify(`${encode({ alg, typ: 'JWT', kid: userKey.kid })}.${encode(claims)}.AA`)).toEqual(
        unauthorizedAnswer,
      );
    }
  });

  it('whose HMAC is keyed with the public key', async () => {
    const { claims } = decode(await mint());
    const pem = createPublicKey({ key: userKey, format: 'jwk' }).export({ type: 'spki', format: 'pem' });
    const jwk = JSON.stringify({ kty: 'RSA', n: userKey.n, e: userKey.e });
    for (const secret of [pem, jwk, userKey.n ?? '']) {
      const input = `${encode({ alg: 'HS256', typ: 'JWT', kid: userKey.kid })}.${encode(claims)}`;
      expect(await verify(`${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`)).toEqual(
        unauthorizedAnswer,
      );
    }
  });

  it("that another key signed, be it the other issuer's, and be it called the same", async () => {
    const { claims } = decode(await mint());
    const adminKey = (await readSecrets(server.stateDir, server.adminIssuer))!.current;
    for (const key of [await createKey(), adminKey]) {
      expect(await verify(signJwt(claims, key))).toEqual(unauthorizedAnswer);
      expect(await verify(signJwt(claims, key, { kid: userKey.kid }))).toEqual(unauthorizedAnswer);
    }
  });

  it('that brings its own key, or names none', async () => {
    const { claims } = decode(await mint());
    const own = await createKey();
    const jwk = { kty: own.kty, n: own.n, e: own.e, kid: own.kid };
    expect(await verify(signJwt(claims, own, { jwk, jku: `${server.userIssuer}.well-known/jwks.json` }))).toEqual(
      unauthorizedAnswer,
    );
    for (const kid of [undefined, '', '../../../dev/null', '__proto__'])
      expect(await verify(signJwt(claims, userKey, { kid }))).toEqual(unauthorizedAnswer);
  });

  it('whose claims were changed after signing', async () => {
    const [header, , signature] = (await mint()).split('.');
    const claims = { ...decode(await mint()).claims, sub: 'auth0|admin' };
    expect(await verify(`${header}.${encode(claims)}.${signature}`)).toEqual(unauthorizedAnswer);
  });

  it('that says another algorithm than its key', async () => {
    const { claims } = decode(await mint());
    expect(await verify(signJwt(claims, userKey, { alg: 'RS512' }))).toEqual(unauthorizedAnswer);
    const input = `${encode({ alg: 'PS256', kid: userKey.kid })}.${encode(claims)}`;
    const signature = sign('sha256', Buffer.from(input), {
      key: createPrivateKey({ key: userKey, format: 'jwk' }),
      padding: constants.RSA_PKCS1_PSS_PADDING,
    });
    expect(await verify(`${input}.${signature.toString('base64url')}`)).toEqual(unauthorizedAnswer);
  });
});

describe('two providers', () => {
  it('with the same client id at different issuers are told apart', async () => {
    const same = verifierFor(
      mode({ issuer: server.adminIssuer, clientId: 'app' }),
      mode({ issuer: server.userIssuer, clientId: 'app' }),
    );
    const token = await mint({ azp: 'app' });
    expect(await same(token)).toMatchObject({ ok: true, identity: { issuer: server.userIssuer } });
    const forged = signJwt({ ...decode(token).claims, iss: server.adminIssuer }, userKey);
    expect(await same(forged)).toEqual(unauthorizedAnswer);
  });

  it("do not accept each other's clients", async () => {
    expect(
      await verify(await server.issuers.mint({ provider: 'user', sub: 'auth0|admin', clientId: adminClient })),
    ).toEqual(unauthorizedAnswer);
  });

  it('at one issuer are alternatives, and a pattern is matched whole', async () => {
    const both = verifierFor(
      mode({ issuer: server.userIssuer, clientId: 'one' }),
      mode({ issuer: server.userIssuer, clientId: 'two|three' }),
    );
    for (const azp of ['one', 'two', 'three']) expect(await both(await mint({ azp }))).toMatchObject({ ok: true });
    for (const azp of ['four', 'twofold', 'two|three', 'athree'])
      expect(await both(await mint({ azp }))).toEqual(unauthorizedAnswer);
  });
});

describe('the age of a token', () => {
  it('is limited from its issue and from the log-in', async () => {
    const young = verifierFor(
      mode({ issuer: server.userIssuer, clientId: userClient, iatTtlMs: 60_000, authTtlMs: 120_000 }),
    );
    expect(await young(await mint({ auth_time: now() }))).toMatchObject({ ok: true });
    expect(await young(await mint({ auth_time: now(), iat: now() - 61 }))).toEqual(unauthorizedAnswer);
    expect(await young(await mint({ auth_time: now() - 121 }))).toEqual(unauthorizedAnswer);
    expect(await young(await mint())).toEqual(unauthorizedAnswer);
  });
});

describe('keys', () => {
  it('that were rotated out stop working, those after them work at once', async () => {
    const own = await startIssuers();
    const oldVerifier = createJwtVerifier([mode({ issuer: own.userIssuer, clientId: userClient })], { maxAgeMs: 50 });
    const old = await own.issuers.mint({ provider: 'user', sub: 'auth0|alice' });
    expect(await oldVerifier.verify(old)).toMatchObject({ ok: true });
    await own.issuers.rotate('user');
    expect(await oldVerifier.verify(await own.issuers.mint({ provider: 'user', sub: 'auth0|alice' }))).toMatchObject({
      ok: true,
    });
    await expect.poll(() => oldVerifier.verify(old), { timeout: 5000 }).toEqual(unauthorizedAnswer);
    await own.stop();
  });

  it('are not asked for again and again because of made-up ids', async () => {
    const { claims } = decode(await mint());
    let fetches = 0;
    const proxy = createServer((req, res) => {
      if (req.url?.endsWith('jwks.json')) fetches += 1;
      void fetch(`${server.origin}${req.url}`).then(async (answer) =>
        res.end((await answer.text()).replaceAll(server.origin, proxied)),
      );
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const proxied = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    const issuer = server.userIssuer.replace(server.origin, proxied);
    const limited = createJwtVerifier([mode({ issuer, clientId: userClient })], {
      maxAgeMs: 60_000,
      cooldownMs: 60_000,
    });
    for (let n = 0; n < 20; n += 1)
      expect(await limited.verify(signJwt({ ...claims, iss: issuer }, userKey, { kid: `made-up-${n}` }))).toEqual(
        unauthorizedAnswer,
      );
    expect(
      await Promise.all(Array.from({ length: 20 }, () => limited.verify(signJwt({ ...claims, iss: issuer }, userKey)))),
    ).toMatchObject(Array(20).fill({ ok: true }));
    expect(fetches).toBe(1);
    proxy.closeAllConnections();
    proxy.close();
  });

  it('that cannot be had make every token of that issuer unauthorized, and the log says why', async () => {
    const lines: string[] = [];
    const { verify: lonely } = createJwtVerifier([mode({ issuer: 'http://127.0.0.1:9/', clientId: userClient })], {
      log: (line) => lines.push(line),
    });
    expect(await lonely(await mint({ iss: 'http://127.0.0.1:9/' }))).toEqual(unauthorizedAnswer);
    expect(lines.join()).toContain('http://127.0.0.1:9/.well-known/openid-configuration');
  });

  it('of the PSS and elliptic curve families verify, Edwards curves do not', async () => {
    const pss = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const ed = generateKeyPairSync('ed25519');
    const pairs = { pss, ec, ed };
    const host = createServer((req, res) => {
      const keys = Object.entries(pairs).map(([kid, { publicKey }]) => ({
        ...publicKey.export({ format: 'jwk' }),
        kid,
        use: 'sig',
      }));
      res.end(JSON.stringify(req.url?.includes('openid') ? { jwks_uri: `${issuer}keys` } : { keys }));
    });
    await new Promise<void>((resolve) => host.listen(0, '127.0.0.1', resolve));
    const issuer = `http://127.0.0.1:${(host.address() as AddressInfo).port}/`;
    const check = verifierFor(mode({ issuer, clientId: 'app' }));
    const token = (alg: string, kid: keyof typeof pairs) => {
      const input = `${encode({ alg, kid })}.${encode({ iss: issuer, sub: 'auth0|a', azp: 'app', iat: now(), exp: now() + 60 })}`;
      const key = {
        key: pairs[kid].privateKey,
        ...(kid === 'pss' ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 } : {}),
        dsaEncoding: 'ieee-p1363' as const,
      };
      return `${input}.${sign(kid === 'ed' ? null : 'sha256', Buffer.from(input), key).toString('base64url')}`;
    };
    expect(await check(token('PS256', 'pss'))).toMatchObject({ ok: true });
    expect(await check(token('ES256', 'ec'))).toMatchObject({ ok: true });
    expect(await check(token('PS256', 'ec'))).toEqual(unauthorizedAnswer);
    expect(await check(token('RS256', 'pss'))).toEqual(unauthorizedAnswer);
    expect(await check(token('EdDSA', 'ed'))).toEqual(unauthorizedAnswer);
    expect(await check(`${token('PS256', 'pss').slice(0, -4)}AAAA`)).toEqual(unauthorizedAnswer);
    host.closeAllConnections();
    host.close();
  });
});
