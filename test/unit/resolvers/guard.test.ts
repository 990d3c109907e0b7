import { describe, expect, it } from 'vitest';
import { admin, env, nobody, queues, resolve, sent, type Sender, system, user, withToken } from './harness.ts';

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
    ['several audiences', withToken(env.ADMIN_ISSUER, 'auth0|x', { aud: [env.ADMIN_CLIENT_ID, 'another'] })],
    ['no audience', withToken(env.ADMIN_ISSUER, 'auth0|x', { aud: [] })],
    ['no subject', withToken(env.ADMIN_ISSUER, undefined, { azp: env.ADMIN_CLIENT_ID })],
    ['an empty subject', withToken(env.ADMIN_ISSUER, '', { azp: env.ADMIN_CLIENT_ID })],
    ['a subject that is no text', withToken(env.ADMIN_ISSUER, 7, { azp: env.ADMIN_CLIENT_ID })],
    ['a subject too long for a filter', withToken(env.ADMIN_ISSUER, 'x'.repeat(251), { azp: env.ADMIN_CLIENT_ID })],
    ['no claims', { authType: admin.authType, identity: { sub: 'auth0|x', issuer: env.ADMIN_ISSUER, claims: null } }],
  ])('take %s for neither', (_, from) => {
    expect(takenFor(from)).toEqual({ admin: false, user: false });
  });

  it.each([
    ['the audience, where no client is named', { aud: env.ADMIN_CLIENT_ID }],
    ['a list of one audience', { aud: [env.ADMIN_CLIENT_ID] }],
    [
      'the client, beside the audiences of an API',
      { azp: env.ADMIN_CLIENT_ID, aud: ['https://api.example', `${env.ADMIN_ISSUER}userinfo`] },
    ],
  ])('know an admin by %s', (_, claims) => {
    expect(takenFor(withToken(env.ADMIN_ISSUER, 'auth0|root', claims))).toEqual({ admin: true, user: false });
  });

  it.each([
    [
      'claims of a role',
      { role: 'admin', kind: 'admin', 'https://example/roles': ['admin'], permissions: ['admin'], scope: 'admin' },
    ],
    ['the admin issuer as a claim', { iss: env.ADMIN_ISSUER, issuer: env.ADMIN_ISSUER }],
    ['the admin client as an audience', { aud: [env.USER_CLIENT_ID, env.ADMIN_CLIENT_ID] }],
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
