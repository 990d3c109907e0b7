import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const algorithm = 'aes-256-gcm';
const nonceBytes = 12;
const tagBytes = 16;

/** A key of 256 bits. */
export type Key = Buffer;

export const newKey = (): Key => randomBytes(32);

/**
 * Seals a value: nobody without the key can read it, or set it in another place.
 * @param place what the sealed value belongs to; it opens there alone
 * @returns nonce, ciphertext and tag, in base64
 */
export const seal = (key: Key, value: Buffer | string, place: string): string => {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv(algorithm, key, nonce, { authTagLength: tagBytes }).setAAD(Buffer.from(place));
  const clear = typeof value === 'string' ? Buffer.from(value) : value;
  return Buffer.concat([nonce, cipher.update(clear), cipher.final(), cipher.getAuthTag()]).toString('base64');
};

/** @throws Error when the value was sealed with another key or for another place, or was changed */
export const open = (key: Key, sealed: string, place: string): Buffer => {
  const bytes = Buffer.from(sealed, 'base64');
  const end = bytes.length - tagBytes;
  if (end < nonceBytes) throw new Error('The sealed value is too short to be one');
  const decipher = createDecipheriv(algorithm, key, bytes.subarray(0, nonceBytes), { authTagLength: tagBytes })
    .setAAD(Buffer.from(place))
    .setAuthTag(bytes.subarray(end));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(nonceBytes, end)), decipher.final()]);
  } catch (error) {
    throw new Error('The sealed value does not open with its key in its place', { cause: error });
  }
};
