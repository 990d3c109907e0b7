import { describe, expect, it } from 'vitest';
import { createAuthenticate } from '../../../src/appsync/auth/authenticate.ts';
import type { AuthenticatorOptions } from '../../../src/appsync/auth/authenticate.ts';
import { iamCaller, oidcCaller, ROLE } from './fixture.ts';

const options: AuthenticatorOptions = {
  modes: ['OPENID_CONNECT', 'AWS_IAM'],
  iam: {
    verify: async ({ headers }) =>
      headers.authorization?.includes('good')
        ? { ok: true, caller: { kind: 'role', role: ROLE } }
        : { ok: false, reason: 'The signature does not match.' },
  },
  verifyToken: async (header) =>
    header.includes('good') && oidcCaller.mode === 'OPENID_CONNECT'
      ? { ok: true, identity: oidcCaller.identity }
      : { ok: false, message: 'Token has expired.' },
  admits: () => true,
  accountId: '000000000000',
};

const answerTo = (headers: Record<string, string>, more: Partial<AuthenticatorOptions> = {}) =>
  createAuthenticate({ ...options, ...more })({
    method: 'POST',
    url: '/graphql',
    headers,
    body: '{}',
    sourceIp: ['10.0.0.1'],
  });

describe('authentication', () => {
  it.each<[string, Record<string, string>, Partial<AuthenticatorOptions>, string]>([
    ['no header', {}, {}, 'Valid authorization header not provided.'],
    ['an empty header', { authorization: ' ' }, {}, 'Valid authorization header not provided.'],
    ['an API key', { 'x-api-key': 'da2-x' }, {}, 'You are not authorized to make this call.'],
    ['a refused token', { authorization: 'bad' }, {}, 'Token has expired.'],
    [
      'a token without OIDC',
      { authorization: 'good' },
      { modes: ['AWS_IAM'] },
      'You are not authorized to make this call.',
    ],
    [
      'a signature without IAM',
      { authorization: 'AWS4-HMAC-SHA256 good' },
      { modes: ['OPENID_CONNECT'] },
      'You are not authorized to make this call.',
    ],
    ['a wrong signature', { authorization: 'AWS4-HMAC-SHA256 bad' }, {}, 'The signature does not match.'],
    [
      'a principal without any permission',
      { authorization: 'AWS4-HMAC-SHA256 good' },
      { admits: () => false },
      'Permission denied',
    ],
  ])('refuses %s', async (_, headers, more, message) => {
    expect(await answerTo(headers, more)).toEqual({
      ok: false,
      status: 401,
      errorType: 'UnauthorizedException',
      message,
    });
  });

  it('takes tokens and signatures', async () => {
    expect(await answerTo({ authorization: 'good' })).toEqual({ ok: true, caller: oidcCaller });
    expect(await answerTo({ authorization: 'AWS4-HMAC-SHA256 good' })).toMatchObject({
      ok: true,
      caller: {
        mode: 'AWS_IAM',
        iam: iamCaller.mode === 'AWS_IAM' ? iamCaller.iam : undefined,
        identity: {
          accountId: '000000000000',
          userArn: 'arn:aws:sts::000000000000:assumed-role/publisher/local',
          sourceIp: ['10.0.0.1'],
          cognitoIdentityId: null,
        },
      },
    });
  });
});
