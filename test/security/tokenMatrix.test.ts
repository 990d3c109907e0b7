import { createHmac, createPublicKey } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  accessTokenClaims,
  createKey,
  type IssuerSecrets,
  readSecrets,
  signJwt,
  type SigningKey,
} from 'appsync-local/tokens';
import { localIssuers } from '../../local/issuers.ts';
import { eventually, unique } from '../support/clients/client.ts';
import { Live } from './live.ts';
import { type OwnStack, startOwnStack } from './ownStack.ts';
import {
  type Credentials,
  expectDenied,
  expectShutOut,
  graphql,
  type Headers,
  type Reply,
  send,
  sign,
} from './requests.ts';

const none = 'Valid authorization header not provided.';
const unparsable = 'Unable to parse JWT token.';
const expiredLogin = 'Token has expired.';
const unauthorized = 'Unauthorized';
const deniedAnswer = 'Permission denied';

let stack: OwnStack;
let url: string;
let secrets: Record<'admin' | 'user', IssuerSecrets>;
let rotatedOut: SigningKey;
let untouched: Awaited<ReturnType<OwnStack['contents']>>;

beforeAll(async () => {
  stack = await startOwnStack();
  url = stack.outputs.GraphQLUrl;
  rotatedOut = (await readSecrets(stack.stateDir, stack.outputs.AdminIssuer))!.current;
  // Good until the issuer takes it out of use, and for as long after that as its published keys are remembered.
  const withRotatedOut = () => graphql(url, { authorization: signJwt(adminClaims(), rotatedOut) }, '{ me { id } }');
  expect((await withRotatedOut()).status).toBe(200);
  await stack.issuers.rotate('admin');
  await eventually('an end to the rotated-out key', async () => (await withRotatedOut()).status === 401);
  // All of an issuer's, once somebody has asked what it publishes.
  const read = async (issuer: string) => (await readSecrets(stack.stateDir, issuer)) as IssuerSecrets;
  secrets = { admin: await read(stack.outputs.AdminIssuer), user: await read(stack.outputs.UserIssuer) };
  untouched = await stack.contents();
});
afterAll(() => stack.stop());

const now = () => Math.floor(Date.now() / 1000);
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** The claims of an admin's token that is in order but for what is given. */
const adminClaims = (claims: Record<string, unknown> = {}, more: { expired?: boolean } = {}) =>
  accessTokenClaims(
    {
      issuer: stack.outputs.AdminIssuer,
      clientId: stack.outputs.AdminClientId,
      sub: 'auth0|admin',
      claims,
      ...more,
    },
    localIssuers,
  );
const admin = (claims?: Record<string, unknown>, more?: { expired?: boolean }) =>
  signJwt(adminClaims(claims, more), secrets.admin.current);
const user = (sub = 'auth0|alice', claims: Record<string, unknown> = {}) =>
  signJwt(
    accessTokenClaims(
      { issuer: stack.outputs.UserIssuer, clientId: stack.outputs.UserClientId, sub, claims },
      localIssuers,
    ),
    secrets.user.current,
  );
const roleOf = (name: string) => stack.model.functions.find((each) => each.name.endsWith(`-${name}`))!.roleArn;
const credentialsOf = (functionName: string) => stack.iam.credentialsFor(roleOf(functionName)) as Credentials;

/** The same request by each of the ways in: a mutation and a query by POST, a query by GET. */
const waysIn = (marker: string): ((headers: (body: string) => Headers) => Promise<Reply>)[] => {
  const mutation = JSON.stringify({
    query: 'mutation($input: CreateGroupInput!) { createGroup(input: $input) { commandId } }',
    variables: { input: { name: marker, description: marker } },
  });
  const query = JSON.stringify({ query: '{ me { id } users { items { id } } groups { items { id } } }' });
  return [
    ...[mutation, query].map(
      (body) => (headers: (body: string) => Headers) => send(url, { headers: headers(body), body }),
    ),
    (headers) =>
      send(`${url}?query=${encodeURIComponent('{ me { id } users { items { id } } }')}`, {
        method: 'GET',
        headers: headers(''),
      }),
  ];
};

/** Refused by every way in, with nothing read, written or sent. */
const expectNothing = async (
  headers: (body: string) => Headers,
  expectation: (reply: Reply) => void,
): Promise<void> => {
  const calls = await stack.callsDuring(async () => {
    for (const ask of waysIn(unique('matrix'))) expectation(await ask(headers));
  });
  expect(calls).toEqual([]);
};

describe('lets in', () => {
  it('an admin and a user, bare and after Bearer', async () => {
    expect(
      await stack.callsDuring(() => graphql(url, { authorization: admin() }, '{ groups { items { id } } }')),
    ).toMatchObject([{ operation: 'Query' }, { operation: 'Query' }]);
    for (const authorization of [admin(), `Bearer ${admin()}`])
      expect((await graphql(url, { authorization }, '{ groups { items { id } } }')).body).toEqual({
        data: { groups: { items: [] } },
      });
    for (const authorization of [user(), `Bearer ${user()}`])
      expect((await graphql(url, { authorization }, '{ me { id } }')).body).toEqual({ data: { me: null } });
  });

  it('a token of the key that signs after the next rotation', async () => {
    const early = signJwt(adminClaims(), secrets.admin.next);
    expect((await graphql(url, { authorization: early }, '{ groups { items { id } } }')).body.errors).toBeUndefined();
  });
});

interface TokenCase {
  name: string;
  token: () => string | Promise<string>;
  message: string;
}

const hmacKeyedWith = (secret: string) => {
  const input = `${encode({ alg: 'HS256', typ: 'JWT', kid: secrets.admin.current.kid })}.${encode(adminClaims())}`;
  return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
};
const unsigned = (signature: string, alg = 'none') =>
  `${encode({ alg, typ: 'JWT', kid: secrets.admin.current.kid })}.${encode(adminClaims())}.${signature}`;
const changed = (claims: Record<string, unknown>) => {
  const [header, , signature] = user().split('.');
  return `${header}.${encode(adminClaims(claims))}.${signature}`;
};

const tokens: TokenCase[] = [
  { name: 'garbage', token: () => 'garbage', message: unparsable },
  { name: 'three parts of garbage', token: () => 'a.b.c', message: unparsable },
  { name: 'an API key', token: () => 'da2-abcdefghijklmnopqrstuvwxyz', message: unparsable },
  {
    name: 'another scheme',
    token: () => `Basic ${Buffer.from('admin:admin').toString('base64')}`,
    message: unparsable,
  },
  { name: 'two tokens in one header', token: () => `${admin()}, ${admin()}`, message: unparsable },
  { name: 'expired', token: () => admin({}, { expired: true }), message: expiredLogin },
  { name: 'expired a second ago', token: () => admin({ exp: now() - 1 }), message: expiredLogin },
  { name: 'not yet valid', token: () => admin({ nbf: now() + 3600 }), message: unauthorized },
  { name: 'without an end', token: () => admin({ exp: undefined }), message: unauthorized },
  { name: 'without a time of issue', token: () => admin({ iat: undefined }), message: unauthorized },
  { name: 'without a subject', token: () => admin({ sub: undefined }), message: unauthorized },
  { name: 'unsigned', token: () => unsigned(''), message: unparsable },
  { name: 'unsigned, with something for a signature', token: () => unsigned('AA'), message: unauthorized },
  { name: 'unsigned, in other letters', token: () => unsigned('AA', 'NoNe'), message: unauthorized },
  {
    name: 'HS256 with the public key as PEM',
    token: () =>
      hmacKeyedWith(
        createPublicKey({ key: secrets.admin.current, format: 'jwk' }).export({
          type: 'spki',
          format: 'pem',
        }) as string,
      ),
    message: unauthorized,
  },
  { name: 'HS256 with the modulus', token: () => hmacKeyedWith(secrets.admin.current.n!), message: unauthorized },
  {
    name: "the other issuer's key and the right issuer",
    token: () => signJwt(adminClaims(), secrets.user.current),
    message: unauthorized,
  },
  {
    name: "the other issuer's key under the right key's id",
    token: () => signJwt(adminClaims(), secrets.user.current, { kid: secrets.admin.current.kid }),
    message: unauthorized,
  },
  {
    name: 'a key that nobody knows',
    token: async () => signJwt(adminClaims(), await createKey()),
    message: unauthorized,
  },
  {
    name: 'a key of its own that it brings along',
    token: async () => {
      const key = await createKey();
      return signJwt(adminClaims(), key, { jwk: { kty: key.kty, n: key.n, e: key.e } });
    },
    message: unauthorized,
  },
  {
    name: 'no key id',
    token: () => signJwt(adminClaims(), secrets.admin.current, { kid: undefined }),
    message: unauthorized,
  },
  { name: 'a rotated-out key', token: () => signJwt(adminClaims(), rotatedOut), message: unauthorized },
  { name: 'claims changed after signing', token: () => changed({}), message: unauthorized },
  {
    name: 'an issuer that is not configured',
    token: () => admin({ iss: 'https://evil.example/' }),
    message: unparsable,
  },
  {
    name: 'the issuer without its slash',
    token: () => admin({ iss: stack.outputs.AdminIssuer.slice(0, -1) }),
    message: unparsable,
  },
  { name: 'another azp and audience', token: () => admin({ azp: 'another', aud: 'another' }), message: unauthorized },
  {
    name: "the user application's client at the admin issuer",
    token: () => admin({ azp: stack.outputs.UserClientId, aud: 'https://user-management/api' }),
    message: unauthorized,
  },
  {
    name: "the admin application's client at the user issuer",
    token: () => user('auth0|admin', { azp: stack.outputs.AdminClientId }),
    message: unauthorized,
  },
  { name: 'no client at all', token: () => admin({ azp: undefined, aud: undefined }), message: unauthorized },
  {
    name: 'a client that only begins alike',
    token: () => admin({ azp: `${stack.outputs.AdminClientId}2` }),
    message: unauthorized,
  },
];

describe('a token that does not hold is refused with 401 and has no effect', () => {
  it.each(tokens)('$name', async ({ token, message }) => {
    const authorization = await token();
    await expectNothing(
      () => ({ authorization }),
      (reply) => expectShutOut(reply, message),
    );
  });

  it('of 16 KB, whether nonsense or signed by a stranger', async () => {
    await expectNothing(
      () => ({ authorization: 'x'.repeat(16_384) }),
      (reply) => expectShutOut(reply, unparsable),
    );
    const stranger = signJwt(adminClaims({ padding: 'x'.repeat(11_500) }), await createKey());
    expect(stranger.length).toBeGreaterThan(16_000);
    await expectNothing(
      () => ({ authorization: stranger }),
      (reply) => expectShutOut(reply, unauthorized),
    );
  });
});

describe('a request without a token is refused with 401 and has no effect', () => {
  it.each<[string, () => Headers]>([
    ['no header', () => ({})],
    ['an empty header', () => ({ authorization: '' })],
    ['a token in a cookie', () => ({ cookie: `authorization=${admin()}; token=${admin()}` })],
    [
      'a token in another header',
      () => ({ 'x-authorization': admin(), token: admin(), 'x-amz-security-token': admin() }),
    ],
  ])('%s', async (_, headers) => {
    await expectNothing(headers, (reply) => expectShutOut(reply, none));
  });

  it('an API key, which is no way in here', async () => {
    await expectNothing(
      () => ({ 'x-api-key': 'da2-abcdefghijklmnopqrstuvwxyz' }),
      (reply) => {
        expect([none, 'You are not authorized to make this call.']).toContain(reply.body.errors[0].message);
        expectShutOut(reply, reply.body.errors[0].message);
      },
    );
  });

  it('a token in the query string', async () => {
    const body = JSON.stringify({ query: '{ groups { items { id } } }' });
    for (const name of ['token', 'access_token', 'authorization', 'Authorization', 'header']) {
      for (const method of ['POST', 'GET']) {
        const query = method === 'GET' ? '&query=%7Bme%7Bid%7D%7D' : '';
        const calls = await stack.callsDuring(async () =>
          expectShutOut(
            await send(`${url}?${name}=${admin()}${query}`, { method, body: method === 'GET' ? '' : body }),
            none,
          ),
        );
        expect(calls).toEqual([]);
      }
    }
  });

  it('two authorization headers, of which one or both are good', async () => {
    for (const authorization of [
      [admin(), admin()],
      [admin(), 'garbage'],
      ['garbage', admin()],
      [admin(), user()],
      [user(), admin()],
    ]) {
      await expectNothing(
        () => ({ authorization }),
        (reply) => {
          expect(reply.status).toBe(401);
          expectShutOut(reply, reply.body.errors[0].message);
        },
      );
    }
  });
});

describe('a token that holds, but of neither application, is denied every field', () => {
  it.each<[string, () => string]>([
    ['another client with our client as audience', () => admin({ azp: 'another', aud: stack.outputs.AdminClientId })],
    [
      'several audiences, ours among them',
      () => admin({ azp: undefined, aud: ['https://user-management/api', stack.outputs.AdminClientId] }),
    ],
    ['an ID token', () => admin({ azp: undefined, aud: stack.outputs.AdminClientId, nonce: 'n' })],
    ["a second API's token", () => admin({ aud: 'https://second-api.example/' })],
    ["several other APIs' token", () => admin({ aud: ['https://second-api.example/', 'https://third.example/'] })],
    ['no audience', () => admin({ aud: undefined })],
    ['two clients', () => admin({ client_id: 'another' })],
    ["a user's without a provider in the subject", () => user('alice')],
    ["a machine's at the user application", () => user('local-user-app@clients')],
    ["a user's whose subject is longer than a filter takes", () => user(`auth0|${'x'.repeat(300)}`)],
  ])('%s', async (_, token) => {
    const calls = await stack.callsDuring(async () => {
      expectDenied(
        await graphql(url, { authorization: token() }, '{ me { id } user(id: "alice") { id } }'),
        'Query.me',
        'Query.user',
      );
      expectDenied(
        await graphql(url, { authorization: token() }, 'mutation { updateProfile(input: {}) { commandId } }'),
        'Mutation.updateProfile',
      );
      expectDenied(
        await graphql(
          url,
          { authorization: token() },
          'mutation { createGroup(input: { name: "n", description: "d" }) { commandId } }',
        ),
        'Mutation.createGroup',
      );
    });
    expect(calls).toEqual([]);
  });
});

describe('an IAM request that is not signed as it should be is refused with 401 and has no effect', () => {
  const change =
    (header: string, change: (value: string) => string) =>
    (body: string): Headers => {
      const headers = sign(url, body, credentialsOf('execute'));
      return { ...headers, [header]: change(headers[header] ?? '') };
    };

  it.each<[string, (body: string) => Headers]>([
    ['not at all', () => ({ 'x-amz-date': new Date().toISOString().replace(/[-:]|\.\d+/g, '') })],
    [
      'with another signature',
      change('authorization', (value) => value.replace(/.$/, (last) => (last === '0' ? '1' : '0'))),
    ],
    ['by a stranger', (body) => sign(url, body, { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'secret' })],
    ['with the tools’ access key', (body) => sign(url, body, { accessKeyId: 'local', secretAccessKey: 'local' })],
    ['with another secret', (body) => sign(url, body, { ...credentialsOf('execute'), secretAccessKey: 'secret' })],
    ['without the session token', (body) => sign(url, body, { ...credentialsOf('execute'), sessionToken: undefined })],
    ['with another session token', change('x-amz-security-token', () => 'another')],
    ['for another body', () => sign(url, '{}', credentialsOf('execute'))],
    ['for another service', (body) => sign(url, body, credentialsOf('execute'), { service: 'sqs' })],
    ['for another region', (body) => sign(url, body, credentialsOf('execute'), { region: 'eu-west-1' })],
    ['an hour ago', (body) => sign(url, body, credentialsOf('execute'), { at: new Date(Date.now() - 3600_000) })],
    ['in an hour', (body) => sign(url, body, credentialsOf('execute'), { at: new Date(Date.now() + 3600_000) })],
    ['and malformed', change('authorization', () => 'AWS4-HMAC-SHA256 nonsense')],
  ])('%s', async (_, headers) => {
    await expectNothing(headers, (reply) => {
      const { message } = reply.body.errors[0];
      expect(message).toMatch(/signature|security token|credential|authorization header/i);
      expectShutOut(reply, message);
      expect(reply.text).not.toContain(credentialsOf('execute').secretAccessKey);
    });
  });

  it('nor in the query string', async () => {
    const { authorization, ...rest } = sign(url, '', credentialsOf('execute'));
    const query = new URLSearchParams({
      'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
      'X-Amz-Credential': authorization!,
      'X-Amz-Date': rest['x-amz-date']!,
    });
    expectShutOut(await send(`${url}?${query}`, { body: '{"query":"{ me { id } }"}' }), none);
  });

  it('nor by a role that may do nothing at the API', async () => {
    for (const name of ['mediator', 'history'])
      await expectNothing(
        (body) => (body === '' ? {} : sign(url, body, credentialsOf(name))),
        (reply) => expectShutOut(reply, reply.body.errors[0].message === none ? none : deniedAnswer),
      );
  });
});

describe('the real-time endpoint refuses the same', () => {
  it.each(tokens)('$name, at the connection and at a subscription', async ({ token, message }) => {
    const Authorization = await token();
    const calls = await stack.callsDuring(async () => {
      const { live, frame } = await Live.connect(stack.outputs, { Authorization });
      expect(frame).toEqual({
        type: 'connection_error',
        payload: { errors: [{ errorType: 'UnauthorizedException', message, errorCode: 401 }] },
      });
      await expect.poll(() => live.closed, { timeout: 5000 }).not.toBeNull();

      const good = await Live.open(stack.outputs, { Authorization: admin() });
      const refusal = await good.start('1', 'subscription { onProjectionUpdated { aggregateId } }', { Authorization });
      expect(refusal).toMatchObject({
        type: 'error',
        id: '1',
        payload: { errors: [{ errorType: 'UnauthorizedException', message }] },
      });
      good.close();
    });
    expect(calls).toEqual([]);
  });

  it('no credentials, and those of a role, which may publish but not listen', async () => {
    const { frame } = await Live.connect(stack.outputs, {});
    expect(frame).toMatchObject({
      type: 'connection_error',
      payload: { errors: [{ errorType: 'UnauthorizedException', message: none, errorCode: 401 }] },
    });
    const query = 'subscription { onProjectionUpdated { aggregateId } }';
    const good = await Live.open(stack.outputs, { Authorization: admin() });
    const signed = sign(url, JSON.stringify({ query, variables: {} }), credentialsOf('execute'));
    expect(await good.start('1', query, signed)).toMatchObject({
      type: 'error',
      payload: {
        errors: [
          { errorType: 'Unauthorized', message: 'Not Authorized to access onProjectionUpdated on type Subscription' },
        ],
      },
    });
    expect(await good.start('2', query, {})).toMatchObject({ type: 'error', payload: { errors: [{ message: none }] } });
    good.close();
  });
});

it('none of this left a trace in any table or queue, and the stack is as ready as before', async () => {
  expect(await stack.contents()).toEqual(untouched);
  const name = unique('after');
  const { body } = await graphql(
    url,
    { authorization: admin() },
    'mutation($name: String!) { createGroup(input: { name: $name, description: "d" }) { commandId } }',
    { name },
  );
  expect(body.errors).toBeUndefined();
  await stack.settled();
  expect(JSON.stringify((await stack.contents()).tables['group'])).toContain(name);
});
