import { readFileSync } from 'node:fs';
import { createContext, runInContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { localIssuers } from '../../../local/issuers.ts';
import { env, queues, resolve, sent, withToken } from '../resolvers/harness.ts';

interface LogIn {
  user?: { email?: string; email_verified?: boolean };
  client?: { client_id: string };
  connection?: { name: string };
  secrets?: Record<string, string>;
}

/** The Actions as the page has them, to be pasted. */
const actions = [...readFileSync('docs/auth0.md', 'utf8').matchAll(/```js\n(.*?)```/gs)].map(([, code = '']) => code);
const actionWith = (word: string): string => actions.find((code) => code.includes(word))!;

/**
 * Runs an Action as Auth0 does after a log-in. @returns the access token's custom claims, and why the log-in was
 * refused
 */
const afterLogIn = async (code: string, event: LogIn) => {
  const claims: Record<string, unknown> = {};
  let denied: string | undefined;
  const context = createContext({ exports: {} as Record<string, (event: LogIn, api: object) => Promise<void>> });
  runInContext(code, context);
  await context['exports'].onExecutePostLogin(event, {
    accessToken: { setCustomClaim: (name: string, value: unknown) => (claims[name] = value) },
    access: { deny: (reason: string) => (denied = reason) },
  });
  return { claims, denied };
};

describe('the Action that proves an address', () => {
  const input = { firstName: 'Ann', lastName: 'Lee', birthDate: '1990-02-28', email: 'ann@example.com' };
  const signUp = async (user: LogIn['user']) => {
    const { claims } = await afterLogIn(actionWith('email_verified'), { user });
    return resolve('Mutation', 'signUp', {
      args: { input },
      from: withToken(env.USER_ISSUER, 'auth0|ann', { azp: env.USER_CLIENT_ID, ...claims }),
      env: { ...env, EMAIL: 'verified' },
      dataSources: queues,
    });
  };

  it('lets a person sign up with the verified address', async () => {
    expect(sent(await signUp({ email: input.email, email_verified: true })).message).toMatchObject({
      proved: { email: input.email },
    });
  });

  it.each([
    [{ email: input.email, email_verified: false }],
    [{ email: input.email }],
    [{ email: 'eve@example.com', email_verified: true }],
    [{}],
  ])('but not with %j', async (user) => {
    expect((await signUp(user)).error).toMatchObject({ type: 'EMAIL_NOT_VERIFIED' });
  });

  it('uses the names that the local issuers use', async () => {
    const { claims } = await afterLogIn(actionWith('email_verified'), {
      user: { email: 'a@b.de', email_verified: true },
    });
    expect(Object.keys(claims)).toEqual(
      ['email', 'email_verified'].map((name) => `${localIssuers.claimNamespace}${name}`),
    );
  });
});

it('the Action of a shared tenant keeps users out of the admin application', async () => {
  const logIn = (client_id: string, name: string) =>
    afterLogIn(actionWith('ADMIN_CLIENT_ID'), {
      client: { client_id },
      connection: { name },
      secrets: { ADMIN_CLIENT_ID: 'admin-app' },
    });
  expect((await logIn('admin-app', 'users')).denied).toBe('Not an administrator');
  expect((await logIn('admin-app', 'admins')).denied).toBeUndefined();
  expect((await logIn('user-app', 'users')).denied).toBeUndefined();
});
