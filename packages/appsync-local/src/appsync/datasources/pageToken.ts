/** Opaque tokens for paging: encrypted, and good only for the resolver or function that made them. */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const algorithm = 'aes-256-gcm';
const formatVersion = 3;

/** A token that this owner did not make. */
export class InvalidTokenError extends Error {}

export class PageTokens {
  readonly #key = randomBytes(32);

  seal(value: unknown, owner: string): string {
    const nonce = randomBytes(12);
    const cipher = createCipheriv(algorithm, this.#key, nonce).setAAD(Buffer.from(owner));
    const sealed = Buffer.concat([
      nonce,
      cipher.update(JSON.stringify(value), 'utf8'),
      cipher.final(),
      cipher.getAuthTag(),
    ]);
    return Buffer.from(JSON.stringify({ version: formatVersion, token: sealed.toString('base64') })).toString('base64');
  }

  /** Throws InvalidTokenError. */
  open(token: unknown, owner: string): unknown {
    try {
      const { version, token: inner } = JSON.parse(Buffer.from(String(token), 'base64').toString('utf8')) as {
        version: unknown;
        token: unknown;
      };
      const sealed = Buffer.from(String(inner), 'base64');
      if (version !== formatVersion || sealed.length < 28) throw new InvalidTokenError();
      const decipher = createDecipheriv(algorithm, this.#key, sealed.subarray(0, 12))
        .setAAD(Buffer.from(owner))
        .setAuthTag(sealed.subarray(-16));
      return JSON.parse(Buffer.concat([decipher.update(sealed.subarray(12, -16)), decipher.final()]).toString('utf8'));
    } catch {
      throw new InvalidTokenError('Invalid pagination token given.');
    }
  }
}
