/** What AppSync makes of a bearer token: which OIDC provider it is from, and whether it holds. */
import { JwtExpiredError } from 'aws-jwt-verify/error';
import { decomposeUnverifiedJwt, validateJwtFields } from 'aws-jwt-verify/jwt';
import { JwtVerifier } from 'aws-jwt-verify';
import type { AuthModeModel, OidcProviderModel } from '../../model.ts';
import { DiscoveredKeys, discoveryUrl } from './jwks.ts';
import type { JwksOptions } from './jwks.ts';
import { verifyPss } from './pss.ts';
import type { OidcIdentity } from '../types.ts';

export type JwtVerification =
  | { ok: true; identity: OidcIdentity }
  /** With AppSync's words for the 401. */
  | { ok: false; message: 'Unable to parse JWT token.' | 'Token has expired.' | 'Unauthorized' };

type Claims = Record<string, unknown>;

const defaults: JwksOptions = { cooldownMs: 1_000, log: (line) => console.error(line) };

/** No `none`, nothing symmetric: an HMAC under the public key would verify. */
const algorithms = /^(RS|PS|ES)(256|384|512)$/;

/**
 * Verifies tokens against the OIDC modes of an API.
 *
 * A token belongs to the modes whose issuer is its `iss`, to the letter, and is measured by nothing but those: another
 * provider's keys and client ids do not count, whatever the token says.
 */
export function createJwtVerifier(
  modes: AuthModeModel[],
  options: Partial<JwksOptions> = {},
): { verify(token: string): Promise<JwtVerification> } {
  const providers = new Map<string, OidcProviderModel[]>();
  for (const mode of modes) {
    if (mode.type !== 'OPENID_CONNECT') continue;
    if (mode.oidc.clientId !== undefined) wholePattern(mode.oidc.clientId);
    providers.set(mode.oidc.issuer, [...(providers.get(mode.oidc.issuer) ?? []), mode.oidc]);
  }
  const keys = new DiscoveredKeys({ ...defaults, ...options });
  const verifiers = new Map(
    [...providers.keys()].map((issuer) => [
      issuer,
      JwtVerifier.create({ issuer, audience: null, jwksUri: discoveryUrl(issuer) }, { jwksCache: keys }),
    ]),
  );

  async function verify(header: string): Promise<JwtVerification> {
    const token = header.trim().replace(/^Bearer +/i, '');
    let issuer: string;
    let algorithm: string;
    try {
      const { header: fields, payload } = decomposeUnverifiedJwt(token);
      issuer = payload.iss ?? '';
      algorithm = String(fields.alg);
    } catch {
      return { ok: false, message: 'Unable to parse JWT token.' };
    }
    const verifier = verifiers.get(issuer);
    if (!verifier) return { ok: false, message: 'Unable to parse JWT token.' };
    if (!algorithms.test(algorithm)) return { ok: false, message: 'Unauthorized' };
    try {
      const claims = algorithm.startsWith('PS')
        ? await verifyPssToken(token, issuer, keys)
        : await verifier.verify(token);
      return judge({ ...claims }, issuer, providers.get(issuer) ?? []);
    } catch (error) {
      return { ok: false, message: error instanceof JwtExpiredError ? 'Token has expired.' : 'Unauthorized' };
    }
  }

  return { verify };
}

async function verifyPssToken(token: string, issuer: string, keys: DiscoveredKeys): Promise<Claims> {
  const jwt = decomposeUnverifiedJwt(token);
  const key = await keys.getJwk(discoveryUrl(issuer), jwt);
  if (!verifyPss(token, String(jwt.header.alg), key)) throw new Error('Invalid signature');
  validateJwtFields(jwt.payload, { issuer, audience: null });
  return jwt.payload;
}

/** The checks that are AppSync's own, on claims whose signature and times hold. */
function judge(claims: Claims, issuer: string, modes: OidcProviderModel[]): JwtVerification {
  const { sub, iat, exp } = claims;
  const refused = { ok: false, message: 'Unauthorized' } as const;
  // `exp` and `sub` are required of OIDC tokens; without them one would never end, or be nobody's.
  if (typeof iat !== 'number' || typeof exp !== 'number' || typeof sub !== 'string' || sub === '') return refused;
  const accepted = modes.some(
    (mode) =>
      isForClient(claims, mode.clientId) && isYoung(iat, mode.iatTtlMs) && isYoung(claims['auth_time'], mode.authTtlMs),
  );
  return accepted ? { ok: true, identity: { sub, issuer, claims } } : refused;
}

/**
 * The client id is a pattern for the whole of `azp`, of `aud`, or of one of several `aud`. No pattern takes any client.
 */
function isForClient({ azp, aud }: Claims, clientId: string | undefined): boolean {
  if (clientId === undefined || clientId === '') return true;
  const pattern = wholePattern(clientId);
  return [azp, ...(Array.isArray(aud) ? (aud as unknown[]) : [aud])].some(
    (value) => typeof value === 'string' && pattern.test(value),
  );
}

function wholePattern(clientId: string): RegExp {
  return new RegExp(`^(?:${clientId})$`);
}

/** Whether a moment (seconds since the epoch) is no longer ago than the limit; without limit always. */
function isYoung(seconds: unknown, limitMs: number | undefined): boolean {
  if (!limitMs) return true;
  return typeof seconds === 'number' && Date.now() - seconds * 1000 <= limitMs;
}
