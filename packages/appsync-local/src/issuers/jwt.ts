/** Signing and reading of JSON Web Tokens, with nothing but Node's own crypto so that the token command starts fast. */
import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import type { JsonWebKey } from 'node:crypto';

/** A private RSA key as it stands in a key file: a JWK with its id. */
export interface SigningKey extends JsonWebKey {
  kid: string;
  use: 'sig';
  alg: 'RS256';
}

/** What a JWKS shows of a signing key. */
export type PublicKey = Pick<SigningKey, 'kid' | 'use' | 'alg' | 'kty' | 'n' | 'e'>;

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/**
 * Signs claims with RS256.
 * @param header further header fields, or other values for `typ` and `kid`
 */
export function signJwt(
  claims: Record<string, unknown>,
  key: SigningKey,
  header: Record<string, unknown> = {},
): string {
  const input = `${encode({ alg: 'RS256', typ: 'JWT', kid: key.kid, ...header })}.${encode(claims)}`;
  const signature = sign('sha256', Buffer.from(input), createPrivateKey({ key, format: 'jwk' }));
  return `${input}.${signature.toString('base64url')}`;
}

/** The claims of a token that one of the keys signed with RS256 and that has not expired; otherwise null. */
export function readJwt(token: string, keys: PublicKey[]): Record<string, unknown> | null {
  const [header, payload, signature, ...rest] = token.split('.');
  if (!header || !payload || !signature || rest.length > 0) return null;
  const fields = parse(header);
  const claims = parse(payload);
  const key = keys.find((candidate) => candidate.kid === fields?.['kid']);
  if (!claims || !key || fields?.['alg'] !== 'RS256') return null;
  const signed = Buffer.from(`${header}.${payload}`);
  const publicKey = createPublicKey({ key: publicPart(key), format: 'jwk' });
  if (!verify('sha256', signed, publicKey, Buffer.from(signature, 'base64url'))) return null;
  return typeof claims['exp'] === 'number' && claims['exp'] * 1000 > Date.now() ? claims : null;
}

export function publicPart({ kid, use, alg, kty, n, e }: PublicKey): PublicKey {
  return { kid, use, alg, kty, n, e };
}

function parse(part: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}
