/** The userinfo endpoint for JWT access tokens: Auth0's tokens open it, the library's would not. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Accounts, claimsByScope, profileOf } from './accounts.ts';
import { readJwt } from './jwt.ts';
import type { PublicKey } from './jwt.ts';

/** Whether a request carries a JWT; the library knows what to do with any other. */
export function carriesJwt(req: IncomingMessage): boolean {
  return /^Bearer [^.\s]+\.[^.\s]+\.[^.\s]+$/i.test(req.headers.authorization ?? '');
}

export function answerUserinfo(
  req: IncomingMessage,
  res: ServerResponse,
  { issuer, keys, accounts }: { issuer: string; keys: PublicKey[]; accounts: Accounts },
): void {
  const token = (req.headers.authorization ?? '').replace(/^Bearer /i, '');
  const claims = readJwt(token, keys);
  const audience: unknown = claims?.['aud'];
  const meant = Array.isArray(audience) && audience.includes(`${issuer}userinfo`);
  const headers = {
    'content-type': 'application/json',
    'access-control-allow-origin': req.headers.origin ?? '*',
    vary: 'Origin',
  };
  if (!claims || !meant || claims['iss'] !== issuer || typeof claims['sub'] !== 'string') {
    res.writeHead(401, { ...headers, 'www-authenticate': 'Bearer error="invalid_token"' });
    res.end(JSON.stringify({ error: 'invalid_token', error_description: 'invalid token provided' }));
    return;
  }
  const scopes = String(claims['scope'] ?? '').split(' ');
  const profile = profileOf(accounts.find(claims['sub']));
  const open = Object.entries(claimsByScope).flatMap(([scope, names]) => (scopes.includes(scope) ? names : []));
  res.writeHead(200, headers);
  res.end(JSON.stringify(Object.fromEntries(open.map((name) => [name, profile[name]]))));
}
