import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { KmsError } from './error.ts';

/** What a ciphertext is bound to: the same pairs must be given to open it. */
export type EncryptionContext = Record<string, string>;

const form = 1;
const id = 16;
/**
 * A blob is as much longer than what it hides as one of AWS's (152 bytes), so that stored items cost what they will
 * cost.
 */
const padding = 106;
const headerBytes = 1 + id + 1 + padding;
const nonceBytes = 12;
const tagBytes = 16;

/** Which key, and which generation of its material, a ciphertext was made with. */
export interface Origin {
  keyId: string;
  generation: number;
}

export function seal(plaintext: Buffer, material: Buffer, origin: Origin, context: EncryptionContext): Buffer {
  const header = Buffer.concat([
    Buffer.from([form]),
    Buffer.from(origin.keyId.replaceAll('-', ''), 'hex'),
    Buffer.from([origin.generation]),
    randomBytes(padding),
  ]);
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', material, nonce).setAAD(boundTo(header, context));
  const body = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  return Buffer.concat([header, nonce, cipher.getAuthTag(), body]);
}

/** @throws KmsError InvalidCiphertextException if the blob was changed, or the context is another */
export function open(blob: Buffer, material: Buffer, context: EncryptionContext): Buffer {
  const header = blob.subarray(0, headerBytes);
  const nonce = blob.subarray(headerBytes, headerBytes + nonceBytes);
  const tag = blob.subarray(headerBytes + nonceBytes, headerBytes + nonceBytes + tagBytes);
  try {
    const decipher = createDecipheriv('aes-256-gcm', material, nonce, { authTagLength: tagBytes })
      .setAAD(boundTo(header, context))
      .setAuthTag(tag);
    return Buffer.concat([decipher.update(blob.subarray(headerBytes + nonceBytes + tagBytes)), decipher.final()]);
  } catch {
    throw new KmsError('InvalidCiphertextException', '');
  }
}

/** @throws KmsError InvalidCiphertextException if the blob cannot be one of KMS's */
export function originOf(blob: Buffer): Origin {
  if (blob.length < headerBytes + nonceBytes + tagBytes || blob[0] !== form)
    throw new KmsError('InvalidCiphertextException', '');
  const hex = blob.subarray(1, 1 + id).toString('hex');
  const keyId = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  return { keyId, generation: blob[1 + id] ?? 0 };
}

/** The order of the context's pairs does not matter. */
function boundTo(header: Buffer, context: EncryptionContext): Buffer {
  const pairs = Object.entries(context).sort(([a], [b]) => (a < b ? -1 : 1));
  return Buffer.concat([header, Buffer.from(JSON.stringify(pairs))]);
}
