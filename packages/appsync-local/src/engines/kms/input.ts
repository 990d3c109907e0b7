import { invalid } from './error.ts';
import type { EncryptionContext } from './ciphertext.ts';

type Body = Record<string, unknown>;

const maximumContext = 8_192;

/** Bytes that the JSON protocol carries in base64. */
export function blobOf(input: Body, name: string, most: number): Buffer {
  const text = input[name];
  if (typeof text !== 'string' || text === '') return invalid(`${name} must not be empty`);
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length < 1 || bytes.length > most) return invalid(`${name} must have 1 to ${most} bytes`);
  return bytes;
}

export function contextOf(input: Body): EncryptionContext {
  const context = input['EncryptionContext'] ?? {};
  if (typeof context !== 'object' || context === null || Object.values(context).some((one) => typeof one !== 'string'))
    return invalid('EncryptionContext must be a map of strings');
  if (Buffer.byteLength(JSON.stringify(context)) > maximumContext)
    return invalid(`EncryptionContext must have at most ${maximumContext} bytes`);
  return context as EncryptionContext;
}
