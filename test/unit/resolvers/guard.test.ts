import { describe, expect, it } from 'vitest';
import { admin, env, nobody, queues, resolve, sent, type Sender, signed, system, user, withToken } from './harness.ts';

const nothing = () => ({ result: null });
const me = (from: Sender, environment = env) =>
  resolve('Query', 'me', { from, dataSources: nothing, env: environment });
const asAdmin = (from: Sender, environment = env) =>
  resolve('Query', 'group', { from, args: { id: 'g1' }, dataSources: nothing, env: environment }).kind;
const asUser = (from: Sender) =>
  resolve('Mutation', 'updateProfile', { from, args: { input: {} }, dataSources: queues }).kind;

/** Which of the two applications a sender is taken for. */
const takenFor = (from: Sender) => ({ admin: asAdmin(from) === 'value', user: asUser(from) === 'value' });

describe('the two applications', () => {
  it('are told apart by issuer and client', () => {
    expect(takenFor(admin)).toEqual({ admin: true, user: false });
    expect(takenFor(user)).toEqual({ admin: false, user: true });
  });

  it.each([
    ['no credentials', nobody],
    ['a signed caller', system],
    ['an identity without a mode that is known', { ...admin, authType: 'User Pool Authorization' }],
    ['the admin client at the user issuer', withToken(env.USER_ISSUER, 'auth0|x', { azp: env.ADMIN_CLIENT_ID })],
    ['the user client at the admin issuer', withToken(env.ADMIN_ISSUER, 'auth0|x', { azp: env.USER_CLIENT_ID })],
    ['another client', withToken(env.ADMIN_ISSUER, 'auth0|x', { azp: 'another' })],
    ['another issuer', withToken('https://other.example/', 'auth0|x', { azp: env.ADMIN_CLIENT_ID })],
    ['an issuer that only begins alike', withToken(`${env.ADMIN_ISSUER}x`, 'auth0|x', { azp: env.ADMIN_CLIENT_ID })],
    ['an issuer without its slash', withToken('https://admin.example', 'auth0|x', { azp: env.ADMIN_CLIENT_ID })],
    ['a client that only begins alike', withToken(env.ADMIN_ISSUER, 'auth0|x', { azp: `${env.ADMIN_CLIENT_ID}2` })],
    ['no client', withToken(env.ADMIN_ISSUER, 'auth0|x', {})],
    ['an empty client', withToken(env.ADMIN_ISSUER, 'auth0|x', { azp: '' })],
    ['a list of clients', withToken(env.ADMIN_ISSUER, 'auth0|x', { azp: [env.ADMIN_CLIENT_ID] })],
    [
      'a foreign client with the admin client as audience',
      withToken(env.ADMIN_ISSUER, 'auth0|x', { azp: 'another', aud: env.ADMIN_CLIENT_ID }),
    ],
    ['no subject', withToken(env.ADMIN_ISSUER, undefined, { azp: env.ADMIN_CLIENT_ID })],
    ['an empty subject', withToken(env.ADMIN_ISSUER, '', { azp: env.ADMIN_CLIENT_ID })],
    ['a subject that is no text', withToken(env.ADMIN_ISSUER, 7, { azp: env.ADMIN_CLIENT_ID })],
    ['a subject too long', withToken(env.ADMIN_ISSUER, 'x'.repeat(256), { azp: env.ADMIN_CLIENT_ID })],
    ['a subject with a control character', withToken(env.ADMIN_ISSUER, 'auth0|a\u0000', { azp: env.ADMIN_CLIENT_ID })],
    ['no claims', { authType: admin.authType, identity: { sub: 'auth0|x', issuer: env.ADMIN_ISSUER, claims: null } }],
  ])('take %s for neither', (_, from) => {
    expect(takenFor(from)).toEqual({ admin: false, user: false });
  });

  const client = { azp: env.ADMIN_CLIENT_ID };
  it.each([
    ['made for this API', client],
    ['made for this API among others', { ...client, aud: [env.API_AUDIENCE, `${env.ADMIN_ISSUER}userinfo`] }],
    ['of RFC 9068, which names its client in another claim', { client_id: env.ADMIN_CLIENT_ID }],
    ['that names its client in both', { ...client, client_id: env.ADMIN_CLIENT_ID }],
  ])('know an admin by an access token %s', (_, claims) => {
    expect(takenFor(withToken(env.ADMIN_ISSUER, 'auth0|root', claims))).toEqual({ admin: true, user: false });
  });

  it.each([
    ['an ID token', { aud: env.ADMIN_CLIENT_ID, nonce: 'n' }],
    ['an ID token with its client', { ...client, aud: env.ADMIN_CLIENT_ID }],
    ['a token for another API', { ...client, aud: 'https://other.example/' }],
    ['a token for other APIs', { ...client, aud: ['https://other.example/', `${env.ADMIN_ISSUER}userinfo`] }],
    ['a token for an API of a name that only begins alike', { ...client, aud: `${env.API_AUDIENCE}x` }],
    ['a token for nothing', { ...client, aud: undefined }],
    ['a token for an empty list', { ...client, aud: [] }],
    ['a token of RFC 9068 of another client', { client_id: 'another' }],
    ['a token that names two clients', { ...client, client_id: 'another' }],
  ])('take %s for neither', (_, claims) => {
    expect(takenFor(withToken(env.ADMIN_ISSUER, 'auth0|root', claims))).toEqual({ admin: false, user: false });
  });

  it('take no token at all where no audience is configured', () => {
    for (const API_AUDIENCE of ['', undefined])
      expect(
        asAdmin(withToken(env.ADMIN_ISSUER, 'auth0|root', { ...client, aud: [''] }), {
          ...env,
          API_AUDIENCE,
        } as typeof env),
      ).toBe('unauthorized');
  });

  it.each([
    [
      'claims of a role',
      { role: 'admin', kind: 'admin', 'https://example/roles': ['admin'], permissions: ['admin'], scope: 'admin' },
    ],
    ['the admin issuer as a claim', { iss: env.ADMIN_ISSUER, issuer: env.ADMIN_ISSUER }],
    ['the admin client as an audience', { aud: [env.API_AUDIENCE, env.ADMIN_CLIENT_ID] }],
    [
      'a signature as claims',
      { userArn: 'arn:aws:sts::000000000000:assumed-role/execute/execute', accountId: '000000000000' },
    ],
    ["an admin's name and e-mail", { email: 'root@admin.example', name: 'admin', nickname: 'auth0|root' }],
  ])('are not confused by %s in a user token', (_, claims) => {
    expect(takenFor(withToken(env.USER_ISSUER, 'admin:auth0|root', { azp: env.USER_CLIENT_ID, ...claims }))).toEqual({
      admin: false,
      user: true,
    });
  });

  it('may share one issuer, or one client id at two issuers', () => {
    const oneIssuer = { ...env, USER_ISSUER: env.ADMIN_ISSUER };
    expect(asAdmin(admin, oneIssuer)).toBe('value');
    expect(asAdmin(withToken(env.ADMIN_ISSUER, 'auth0|alice', { azp: env.USER_CLIENT_ID }), oneIssuer)).toBe(
      'unauthorized',
    );
    const oneClient = { ...env, USER_CLIENT_ID: env.ADMIN_CLIENT_ID };
    expect(asAdmin(admin, oneClient)).toBe('value');
    expect(asAdmin(withToken(env.USER_ISSUER, 'auth0|alice', { azp: env.ADMIN_CLIENT_ID }), oneClient)).toBe(
      'unauthorized',
    );
  });

  it('let nobody in when they are configured as the same one, or not at all', () => {
    expect(me(admin, { ...env, USER_ISSUER: env.ADMIN_ISSUER, USER_CLIENT_ID: env.ADMIN_CLIENT_ID }).kind).toBe(
      'unauthorized',
    );
    const { ADMIN_ISSUER: _issuer, ADMIN_CLIENT_ID: _client, ...without } = env;
    expect(me(admin, without as typeof env).kind).toBe('unauthorized');
    expect(me(withToken('', 'auth0|root', { azp: '' }), { ...env, ADMIN_ISSUER: '', ADMIN_CLIENT_ID: '' }).kind).toBe(
      'unauthorized',
    );
  });
});

describe('a field that no rule lists', () => {
  it('is for admins alone', () => {
    const kinds = [admin, user, system, nobody].map(
      (from) =>
        resolve('Query', 'recoveries', { from, calledAs: 'newcomer', dataSources: () => ({ result: { items: [] } }) })
          .kind,
    );
    expect(kinds).toEqual(['value', 'unauthorized', 'unauthorized', 'unauthorized']);
  });
});

describe('the system', () => {
  const publish = (from: Sender, environment: Record<string, string> = env) =>
    resolve('Mutation', 'publishCommandOutcome', { from, args: { outcome: {} }, env: environment }).kind;

  it('is the functions of the stack, by their roles', () => {
    expect(publish(system)).toBe('value');
    expect(publish(signed('arn:aws:sts::000000000000:assumed-role/command/any-session'))).toBe('value');
  });

  it.each([
    ['another role', 'arn:aws:sts::000000000000:assumed-role/deployer/execute'],
    ['a role whose name only begins alike', 'arn:aws:sts::000000000000:assumed-role/execute2/execute'],
    ['a role of that name in another account', 'arn:aws:sts::111111111111:assumed-role/execute/execute'],
    ['the role itself', 'arn:aws:iam::000000000000:role/execute'],
    ['a user', 'arn:aws:iam::000000000000:user/execute'],
    ['the account', 'arn:aws:iam::000000000000:root'],
    ['nobody', ''],
  ])('is not %s', (_, userArn) => {
    expect(publish(signed(userArn))).toBe('unauthorized');
    expect(publish(signed(userArn), { ...env, FUNCTION_ROLES: '' })).toBe('unauthorized');
  });
});

describe('the own id', () => {
  it.each([
    ['auth0|alice', 'alice'],
    ['google-oauth2|123', 'google-oauth2|123'],
    ['auth0|google-oauth2|123', 'auth0|google-oauth2|123'],
    ['auth0|', 'auth0|'],
  ])('of %s is %s', (subject, id) => {
    const { requests } = me(withToken(env.USER_ISSUER, subject, { azp: env.USER_CLIENT_ID }));
    expect(requests[0]?.request.key).toEqual({ id: { S: id } });
  });

  // It would be the id of Auth0's user of that name.
  it.each(['alice', 'auth0', '|alice', 'alice@clients'])('is none for %s, which names no provider', (subject) => {
    expect(me(withToken(env.USER_ISSUER, subject, { azp: env.USER_CLIENT_ID })).kind).toBe('unauthorized');
  });

  it('may be any for an admin, who has no own user', () => {
    expect(me(withToken(env.ADMIN_ISSUER, 'machine@clients', { azp: env.ADMIN_CLIENT_ID })).kind).toBe('value');
  });
});

describe('the actor', () => {
  it('names the application and the whole subject', () => {
    const byAdmin = resolve('Mutation', 'deleteUser', { args: { input: { id: 'alice' } }, dataSources: queues });
    const byUser = resolve('Mutation', 'updateProfile', { from: user, args: { input: {} }, dataSources: queues });
    expect(sent(byAdmin).message.actor).toBe('admin:auth0|root');
    expect(sent(byUser).message.actor).toBe('user:auth0|alice');
  });
});
