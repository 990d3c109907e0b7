import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { issueToken } from 'appsync-local/tokens';
import { localIssuers } from '../../local/issuers.ts';
import { Client, unique } from '../support/clients/client.ts';
import { Browser, decode, discover, logInForTokens } from 'appsync-local/testing/issuers';
import { Live } from './live.ts';
import { type OwnStack, startOwnStack } from './ownStack.ts';
import { expectDenied, expectShutOut, graphql } from './requests.ts';

/** The issuers move to wherever the stack is served. */
const here = 'http://127.0.0.1:1/oidc';

describe.each([
  {
    name: 'two domains',
    settings: {
      AUTH0_ADMIN_DOMAIN: `${here}/admin`,
      AUTH0_ADMIN_CLIENT_ID: 'the-admin-app',
      AUTH0_USER_DOMAIN: `${here}/user`,
      AUTH0_USER_CLIENT_ID: 'the-user-app',
    },
    providers: 2,
  },
  {
    name: 'one domain for both applications',
    settings: {
      AUTH0_ADMIN_DOMAIN: `${here}/tenant`,
      AUTH0_ADMIN_CLIENT_ID: 'the-admin-app',
      AUTH0_USER_DOMAIN: `${here}/tenant`,
      AUTH0_USER_CLIENT_ID: 'the-user-app',
    },
    providers: 1,
  },
])('with $name', ({ settings, providers }) => {
  let stack: OwnStack;
  let url: string;
  const shared = settings.AUTH0_ADMIN_DOMAIN === settings.AUTH0_USER_DOMAIN;

  beforeAll(async () => {
    stack = await startOwnStack(settings);
    url = stack.outputs.GraphQLUrl;
  });
  afterAll(() => stack.stop());

  const application = (name: 'admin' | 'user') => {
    const { AdminIssuer, AdminClientId, UserIssuer, UserClientId } = stack.outputs;
    return name === 'admin'
      ? { issuer: AdminIssuer, clientId: AdminClientId }
      : { issuer: UserIssuer, clientId: UserClientId };
  };
  /** What the application's issuer signs, with whatever claims its users can bring about. */
  const tokenOf = async (name: 'admin' | 'user', sub: string, claims: Record<string, unknown> = {}) => {
    const { issuer, clientId } = application(name);
    return issueToken(stack.stateDir, { issuer, clientId, sub, claims }, localIssuers);
  };
  const clientOf = async (name: 'admin' | 'user', sub: string, claims?: Record<string, unknown>) =>
    new Client(stack.outputs, await tokenOf(name, sub, claims), sub);

  const adminField = '{ groups { items { name } } }';
  const userField = 'mutation { updateProfile(input: { firstName: "A" }) { aggregateId } }';

  const expectAdmin = async (authorization: string) => {
    expect((await graphql(url, { authorization }, adminField)).body.errors).toBeUndefined();
    expectDenied(await graphql(url, { authorization }, userField), 'Mutation.updateProfile');
  };
  const expectUser = async (authorization: string) => {
    expectDenied(await graphql(url, { authorization }, adminField), 'Query.groups');
    expect((await graphql(url, { authorization }, userField)).body.errors).toBeUndefined();
  };

  it('the API has one provider for each issuer, and IAM', () => {
    const { authModes } = stack.model.api;
    expect(authModes.map(({ type }) => type)).toEqual([
      ...Array.from({ length: providers }, () => 'OPENID_CONNECT'),
      'AWS_IAM',
    ]);
    const patterns = authModes.flatMap((mode) => (mode.type === 'OPENID_CONNECT' ? [mode.oidc.clientId] : []));
    expect(patterns).toEqual(
      shared
        ? ['^(the-admin-app|the-user-app)$']
        : [settings.AUTH0_ADMIN_CLIENT_ID, settings.AUTH0_USER_CLIENT_ID].map((id) => `^${id}$`),
    );
    expect(application('admin').issuer === application('user').issuer).toBe(shared);
  });

  it('each issuer says what it is', async () => {
    for (const name of ['admin', 'user'] as const)
      expect((await discover(application(name).issuer)).issuer).toBe(application(name).issuer);
  });

  it('both applications’ tokens are taken for what they are', async () => {
    await expectAdmin(await tokenOf('admin', 'auth0|same'));
    await expectUser(await tokenOf('user', 'auth0|same'));
  });

  it('and so are those of a real log-in', async () => {
    for (const [name, expectation] of [
      ['admin', expectAdmin],
      ['user', expectUser],
    ] as const) {
      const { access_token } = await logInForTokens(new Browser(), { ...application(name), sub: 'auth0|same' });
      expect(decode(access_token).claims).toMatchObject({
        iss: application(name).issuer,
        azp: application(name).clientId,
      });
      await expectation(access_token);
    }
  });

  it.each<[string, () => Record<string, unknown>]>([
    [
      'roles and permissions',
      () => ({
        role: 'admin',
        roles: ['admin'],
        permissions: ['admin', '*'],
        scope: 'openid admin',
        groups: ['admin'],
        kind: 'admin',
        'https://example.com/role': 'admin',
        'cognito:groups': ['admin'],
      }),
    ],
    [
      'an admin’s e-mail, name and nickname',
      () => ({
        email: 'admin@example.com',
        email_verified: true,
        name: 'admin',
        nickname: 'auth0|admin',
        preferred_username: 'admin',
      }),
    ],
    [
      'other spellings of issuer and client',
      () => ({
        issuer: application('admin').issuer,
        clientId: application('admin').clientId,
        cid: application('admin').clientId,
        AZP: application('admin').clientId,
      }),
    ],
    [
      'an audience that holds the admin client',
      () => ({
        aud: ['https://user-management/api', `${application('user').issuer}userinfo`, application('admin').clientId],
      }),
    ],
    [
      'prototypes',
      () =>
        JSON.parse('{"__proto__":{"azp":"the-admin-app"},"constructor":{"azp":"the-admin-app"}}') as Record<
          string,
          unknown
        >,
    ],
    [
      'nested claims',
      () => ({
        claims: { iss: application('admin').issuer, azp: application('admin').clientId },
        act: { sub: 'auth0|admin' },
      }),
    ],
  ])('a user stays a user with %s', async (_, claims) => {
    await expectUser(await tokenOf('user', 'auth0|same', claims()));
  });

  it.each(['auth0|admin', 'admin:auth0|admin', 'auth0|admin:auth0|admin', 'system|system'])(
    'a user named %s stays a user',
    async (sub) => {
      // Without a provider it is nobody.
      if (sub.indexOf('|') > 0) await expectUser(await tokenOf('user', sub));
      const record = await clientOf('user', sub);
      expect((await record.run('updateProfile', { firstName: 'A' })).actor).toBe(`user:${sub}`);
    },
  );

  it('a token that was not made for this API is nobody’s, an ID token among them', async () => {
    const { clientId } = application('user');
    for (const claims of [
      { azp: undefined, aud: clientId },
      { azp: undefined, aud: [clientId] },
      { aud: clientId },
      { aud: 'https://another-api.example/' },
      { aud: ['https://another-api.example/', `${application('user').issuer}userinfo`] },
      { aud: undefined },
      { aud: [] },
      { client_id: application('admin').clientId },
    ]) {
      const authorization = await tokenOf('user', 'auth0|same', claims);
      expectDenied(
        await graphql(url, { authorization }, '{ me { id } groups { items { id } } }'),
        'Query.me',
        'Query.groups',
      );
    }
  });

  it('a token of RFC 9068, which names its client otherwise, is not let in', async () => {
    const { clientId } = application('user');
    expectShutOut(
      await graphql(
        url,
        { authorization: await tokenOf('user', 'auth0|same', { azp: undefined, client_id: clientId }) },
        '{ me { id } }',
      ),
      'Unauthorized',
    );
  });

  it('a third client of the issuer is nobody', async () => {
    for (const name of ['admin', 'user'] as const) {
      for (const azp of [
        'a-third-app',
        `${application(name).clientId}|x`,
        `x${application(name).clientId}`,
        '^(the-admin-app|the-user-app)$',
      ]) {
        expectShutOut(
          await graphql(url, { authorization: await tokenOf(name, 'auth0|same', { azp }) }, '{ me { id } }'),
          'Unauthorized',
        );
      }
    }
  });

  it('what one issuer signs in the other’s name is refused', async () => {
    const foreign = await tokenOf('user', 'auth0|admin', {
      iss: application('admin').issuer,
      azp: application('admin').clientId,
    });
    // With one issuer there is no other, and whom its log-in calls an admin is one.
    if (shared) await expectAdmin(foreign);
    else expectShutOut(await graphql(url, { authorization: foreign }, adminField), 'Unauthorized');
  });

  it('the same subject at both applications is two callers: own commands, own actor, own notifications', async () => {
    const sub = `auth0|${unique('same')}`;
    const [asAdmin, asUser] = await Promise.all([clientOf('admin', sub), clientOf('user', sub)]);
    const signUp = await asUser.run('signUp', {
      firstName: 'Same',
      lastName: 'Subject',
      birthDate: '1990-01-01',
      email: `${sub.slice('auth0|'.length)}@example.com`,
    });
    expect(signUp).toMatchObject({ status: 'APPLIED', actor: `user:${sub}` });
    const query = 'query($c: ID!) { command(commandId: $c) { actor aggregate } }';
    expect((await asAdmin.get(query, { c: signUp.commandId })).command).toBeNull();
    const created = await asAdmin.run('createGroup', { name: unique('group'), description: 'd' }, signUp.commandId);
    expect(created).toMatchObject({ status: 'APPLIED', actor: `admin:${sub}`, aggregate: 'GROUP' });
    expect((await asUser.get(query, { c: signUp.commandId })).command).toEqual({
      actor: `user:${sub}`,
      aggregate: 'USER',
    });

    const live = await Live.open(stack.outputs, { Authorization: asUser.token! });
    expect(
      await live.start('admin', 'subscription { onProjectionUpdated { aggregate } }', {
        Authorization: asAdmin.token!,
      }),
    ).toMatchObject({ type: 'start_ack' });
    expect(
      await live.start('user', 'subscription { onProjectionUpdated(aggregate: GROUP) { aggregate } }', {
        Authorization: asUser.token!,
      }),
    ).toMatchObject({ type: 'error' });
    live.close();
  });
});
