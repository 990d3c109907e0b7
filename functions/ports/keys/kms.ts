import { DecryptCommand, GenerateDataKeyCommand, type KMSClient } from '@aws-sdk/client-kms';
import type { KeyService, RootPurpose } from './port.ts';

/**
 * Part of what a wrapped key is bound to, so that KMS unwraps it for its purpose alone, and says in CloudTrail for
 * which.
 */
const contextOf = (purpose: RootPurpose) => ({ purpose });

/** @param keyId id, ARN or alias of the KMS key that wraps the keys of the stack; who only unwraps may leave it out */
export const kmsKeyService = (client: KMSClient, keyId?: string): KeyService => ({
  async generate(purpose) {
    const { Plaintext, CiphertextBlob } = await client.send(
      new GenerateDataKeyCommand({ KeyId: keyId, KeySpec: 'AES_256', EncryptionContext: contextOf(purpose) }),
    );
    return { key: Buffer.from(given(Plaintext)), wrapped: Buffer.from(given(CiphertextBlob)).toString('base64') };
  },
  async unwrap(purpose, wrapped) {
    const { Plaintext } = await client.send(
      new DecryptCommand({
        KeyId: keyId,
        CiphertextBlob: Buffer.from(wrapped, 'base64'),
        EncryptionContext: contextOf(purpose),
      }),
    );
    return Buffer.from(given(Plaintext));
  },
});

const given = (bytes: Uint8Array | undefined): Uint8Array => {
  if (!bytes) throw new Error('KMS answered without a key');
  return bytes;
};
