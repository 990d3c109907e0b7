/** Claims of an access token as Auth0 writes them. */

/** The API that the local issuers know, in Auth0's words its identifier: what a client asks for with `audience`. */
export const API_AUDIENCE = 'https://user-management/api';

/** How long an access token holds, in seconds. */
export const ACCESS_TOKEN_SECONDS = 7200;

/** Which user and client a token is for, and how it is to differ from an ordinary one. */
export interface TokenRequest {
  issuer: string;
  clientId: string;
  sub: string;
  /** Default: `openid profile email`. */
  scope?: string;
  /** Seconds from now to `exp`. Default: two hours. */
  ttlSeconds?: number;
  /** A token that was valid until a minute ago. */
  expired?: boolean;
  /** Added to the claims, or in place of them; undefined removes one. */
  claims?: Record<string, unknown>;
}

/** The claims of an access token for the API; with scope `openid` also for the issuer's userinfo endpoint. */
export function accessTokenClaims(request: TokenRequest): Record<string, unknown> {
  const { issuer, clientId, sub, scope = 'openid profile email', ttlSeconds = ACCESS_TOKEN_SECONDS } = request;
  const now = Math.floor(Date.now() / 1000);
  const issuedAt = request.expired ? now - 60 - ttlSeconds : now;
  return {
    iss: issuer,
    sub,
    aud: accessTokenAudience(API_AUDIENCE, issuer, scope),
    iat: issuedAt,
    exp: issuedAt + ttlSeconds,
    scope,
    azp: clientId,
    ...request.claims,
  };
}

/** Auth0 adds its userinfo endpoint to the audience of a token with scope `openid`. */
export function accessTokenAudience(audience: string, issuer: string, scope: string): string | string[] {
  return scope.split(' ').includes('openid') ? [audience, `${issuer}userinfo`] : audience;
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
