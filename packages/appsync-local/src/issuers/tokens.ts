/** Claims of tokens as Auth0 writes them. */
import { type Account, completed, profileOf } from './accounts.ts';
import { signJwt } from './jwt.ts';
import { readSecrets } from './keys.ts';
import type { IssuerSettings } from './settings.ts';

/** How long an access token holds, in seconds. */
export const accessTokenSeconds = 7200;
export const idTokenSeconds = 36_000;
const defaultScope = 'openid profile email';

/** Which user and client a token is for, and how it is to differ from an ordinary one. */
export interface TokenRequest {
  issuer: string;
  clientId: string;
  sub: string;
  /** Default: `openid profile email`. */
  scope?: string;
  /** The address that the token proves, and whether it does: by default those of the account. */
  email?: string;
  emailVerified?: boolean;
  /** Seconds from now to `exp`. Default: two hours, of an ID token ten. */
  ttlSeconds?: number;
  /** A token that was valid until a minute ago. */
  expired?: boolean;
  /** Added to the claims, or in place of them; undefined removes one. */
  claims?: Record<string, unknown>;
}

/** The claims of an access token for the API; with scope `openid` also for the issuer's userinfo endpoint. */
export function accessTokenClaims(request: TokenRequest, settings: IssuerSettings): Record<string, unknown> {
  const { issuer, clientId, sub, scope = defaultScope } = request;
  return {
    ...addressClaims(accountOf(request, settings), settings),
    iss: issuer,
    sub,
    aud: accessTokenAudience(settings.audience, issuer, scope),
    ...lifetimeOf(request, accessTokenSeconds),
    scope,
    azp: clientId,
    ...request.claims,
  };
}

/** The claims of an ID token: for the application, not for the API. */
export function idTokenClaims(request: TokenRequest, settings: IssuerSettings): Record<string, unknown> {
  return {
    ...profileOf(accountOf(request, settings)),
    iss: request.issuer,
    aud: request.clientId,
    ...lifetimeOf(request, idTokenSeconds),
    ...request.claims,
  };
}

/** What a post-login Action adds to access tokens. */
export function addressClaims(account: Account, { claimNamespace }: IssuerSettings): Record<string, unknown> {
  if (claimNamespace === undefined) return {};
  const { email, emailVerified } = completed(account);
  return { [`${claimNamespace}email`]: email, [`${claimNamespace}email_verified`]: emailVerified };
}

/**
 * Signs an access token (or an ID token) with an issuer's key in a state folder, without a log-in.
 *
 * @throws if the folder holds no keys of the issuer
 */
export async function issueToken(
  stateDir: string,
  request: TokenRequest,
  settings: IssuerSettings,
  kind: 'access' | 'id' = 'access',
): Promise<string> {
  const secrets = await readSecrets(stateDir, request.issuer);
  if (!secrets) throw new Error(`The keys of ${request.issuer} are not in ${stateDir}`);
  return signJwt((kind === 'id' ? idTokenClaims : accessTokenClaims)(request, settings), secrets.current);
}

/** Auth0 adds its userinfo endpoint to the audience of a token with scope `openid`. */
export function accessTokenAudience(audience: string, issuer: string, scope: string): string | string[] {
  return scope.split(' ').includes('openid') ? [audience, `${issuer}userinfo`] : audience;
}

function accountOf({ sub, email, emailVerified }: TokenRequest, { accounts = [] }: IssuerSettings): Account {
  const known = accounts.find((account) => account.sub === sub) ?? { sub };
  return {
    ...known,
    ...(email === undefined ? {} : { email }),
    ...(emailVerified === undefined ? {} : { emailVerified }),
  };
}

function lifetimeOf({ ttlSeconds, expired }: TokenRequest, defaultSeconds: number): { iat: number; exp: number } {
  const seconds = ttlSeconds ?? defaultSeconds;
  const now = Math.floor(Date.now() / 1000);
  const iat = expired ? now - 60 - seconds : now;
  return { iat, exp: iat + seconds };
}

/**
 * The clients that a client id, or a pattern such as `^(a|b)$`, stands for. A pattern that is not a list of literal
 * ids is refused: an issuer must know its clients by name.
 */
export function clientsOf(pattern: string): string[] {
  const literal = pattern
    .replace(/^\^/, '')
    .replace(/\$$/, '')
    .replace(/^\((?:\?:)?(.*)\)$/, '$1');
  const clients = literal.split('|').map((id) => id.replace(/^\^|\$$/g, ''));
  for (const id of clients) {
    if (!/^[\w-]+$/.test(id))
      throw new Error(`Client id pattern "${pattern}" is not a client id or a list of client ids, e.g. ^(a|b)$`);
  }
  return clients;
}
