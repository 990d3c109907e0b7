/** Who sends a request: by signature, or by token. The same for HTTP and for the real-time endpoint. */
import type { IamCaller, LocalIam } from '../../model.ts';
import type { Authenticate, Authentication, AuthMode, Caller, IamIdentity, OidcIdentity } from '../types.ts';

export interface AuthenticatorOptions {
  modes: readonly AuthMode[];
  iam: Pick<LocalIam, 'verify'>;
  /** Verifies the value of an Authorization header that holds no signature. */
  verifyToken(header: string): Promise<{ ok: true; identity: OidcIdentity } | { ok: false; message: string }>;
  /** Whether the caller may use anything of the API. */
  admits(caller: Caller): boolean;
  accountId: string;
}

const missing = 'Valid authorization header not provided.';
const wrongMode = 'You are not authorized to make this call.';
const noPermission = 'Permission denied';

export function createAuthenticate({ modes, iam, verifyToken, admits, accountId }: AuthenticatorOptions): Authenticate {
  return async ({ method, url, headers, body, sourceIp }) => {
    const authorization = headers.authorization?.trim() ?? '';
    if (authorization === '') return refuse(headers['x-api-key'] === undefined ? missing : wrongMode);
    if (/^AWS4-/.test(authorization)) {
      if (!modes.includes('AWS_IAM')) return refuse(wrongMode);
      const verified = await iam.verify({ method, url, headers, body }, 'appsync');
      if (!verified.ok) return refuse(verified.reason);
      const caller: Caller = {
        mode: 'AWS_IAM',
        identity: iamIdentity(verified.caller, accountId, sourceIp),
        iam: verified.caller,
      };
      return admits(caller) ? { ok: true, caller } : refuse(noPermission);
    }
    if (!modes.includes('OPENID_CONNECT')) return refuse(wrongMode);
    const verified = await verifyToken(authorization);
    return verified.ok
      ? { ok: true, caller: { mode: 'OPENID_CONNECT', identity: verified.identity } }
      : refuse(verified.message);
  };
}

function refuse(message: string): Authentication {
  return { ok: false, status: 401, errorType: 'UnauthorizedException', message };
}

function iamIdentity(caller: IamCaller, accountId: string, sourceIp: string[]): IamIdentity {
  const name = caller.kind === 'role' ? caller.role.name : 'administrator';
  return {
    accountId,
    userArn:
      caller.kind === 'role'
        ? `arn:aws:sts::${accountId}:assumed-role/${name}/local`
        : `arn:aws:iam::${accountId}:root`,
    username: `${name}:local`,
    sourceIp,
    cognitoIdentityPoolId: null,
    cognitoIdentityId: null,
    cognitoIdentityAuthType: null,
    cognitoIdentityAuthProvider: null,
  };
}
