/** RSASSA-PSS signatures (PS256, PS384, PS512), which AppSync takes and aws-jwt-verify does not. */
import { constants, createPublicKey, verify } from 'node:crypto';
import type { JsonWebKey } from 'node:crypto';

/** Whether an RSA key made the token's signature with the given algorithm. */
export function verifyPss(token: string, algorithm: string, key: { kty: string; alg?: string; use?: string }): boolean {
  if (key.kty !== 'RSA' || (key.use ?? 'sig') !== 'sig' || (key.alg ?? algorithm) !== algorithm) return false;
  const end = token.lastIndexOf('.');
  return verify(
    `sha${algorithm.slice(2)}`,
    Buffer.from(token.slice(0, end)),
    {
      key: createPublicKey({ key: key as JsonWebKey, format: 'jwk' }),
      padding: constants.RSA_PKCS1_PSS_PADDING,
      saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
    },
    Buffer.from(token.slice(end + 1), 'base64url'),
  );
}
