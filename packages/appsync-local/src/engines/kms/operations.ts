import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { open, originOf, seal } from './ciphertext.ts';
import { invalid, KmsError } from './error.ts';
import { blobOf, contextOf } from './input.ts';
import type { KeyRing } from './keyRing.ts';
import type { KeyModel } from '../../model.ts';

export type Body = Record<string, unknown>;

/** An operation of KMS on a key, which is the one that the request (or the ciphertext in it) names. */
type KeyOperation = (ring: KeyRing, key: KeyModel, input: Body) => Body;

const maximumPlaintext = 4_096;
const maximumDataKey = 1_024;

const base64 = (bytes: Buffer): string => bytes.toString('base64');

export const keyOperations: Record<string, KeyOperation> = {
  GenerateDataKey: (ring, key, input) => {
    const plaintext = randomBytes(dataKeyLength(input));
    return { ...encrypt(ring, key, plaintext, input), Plaintext: base64(plaintext) };
  },
  GenerateDataKeyWithoutPlaintext: (ring, key, input) => encrypt(ring, key, randomBytes(dataKeyLength(input)), input),
  Encrypt: (ring, key, input) => ({
    ...encrypt(ring, key, blobOf(input, 'Plaintext', maximumPlaintext), input),
    EncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
  }),
  Decrypt: (ring, key, input) => {
    const blob = blobOf(input, 'CiphertextBlob', 6_144);
    const { bytes } = ring.material(usable(key, 'ENCRYPT_DECRYPT'), originOf(blob).generation);
    return {
      KeyId: key.arn,
      Plaintext: base64(open(blob, bytes, contextOf(input))),
      EncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
    };
  },
  GenerateMac: (ring, key, input) => ({
    KeyId: key.arn,
    Mac: base64(mac(ring, key, input)),
    MacAlgorithm: input['MacAlgorithm'],
  }),
  VerifyMac: (ring, key, input) => {
    const expected = mac(ring, key, input);
    const given = blobOf(input, 'Mac', 6_144);
    if (given.length !== expected.length || !timingSafeEqual(given, expected))
      throw new KmsError('KMSInvalidMacException', '');
    return { KeyId: key.arn, MacValid: true, MacAlgorithm: input['MacAlgorithm'] };
  },
  DescribeKey: (ring, key) => ({ KeyMetadata: describe(ring, key) }),
  GetKeyRotationStatus: (_, key) => ({ KeyId: key.arn, KeyRotationEnabled: key.rotates }),
  RotateKeyOnDemand: (ring, key) => {
    ring.rotate(usable(key, 'ENCRYPT_DECRYPT'));
    return { KeyId: key.arn };
  },
  DisableKey: (ring, key) => {
    ring.setEnabled(key, false);
    return {};
  },
  EnableKey: (ring, key) => {
    ring.setEnabled(key, true);
    return {};
  },
};

/** Operations on no key in particular. */
export const accountOperations: Record<string, (ring: KeyRing, input: Body) => Body> = {
  GenerateRandom: (_, input) => ({ Plaintext: base64(randomBytes(count(input, 'NumberOfBytes'))) }),
  ListKeys: ({ keys }) => ({ Keys: keys.map(({ id, arn }) => ({ KeyId: id, KeyArn: arn })), Truncated: false }),
  ListAliases: ({ keys }) => ({
    Aliases: keys.flatMap(({ id, arn, aliases }) =>
      aliases.map((name) => ({
        AliasName: name,
        AliasArn: arn.replace(/key\/.*/, name),
        TargetKeyId: id,
      })),
    ),
    Truncated: false,
  }),
};

function encrypt(ring: KeyRing, key: KeyModel, plaintext: Buffer, input: Body): Body {
  const { generation, bytes } = ring.material(usable(key, 'ENCRYPT_DECRYPT'));
  const blob = seal(plaintext, bytes, { keyId: key.id, generation }, contextOf(input));
  return { KeyId: key.arn, CiphertextBlob: base64(blob) };
}

function mac(ring: KeyRing, key: KeyModel, input: Body): Buffer {
  usable(key, 'GENERATE_VERIFY_MAC');
  const algorithm = key.spec.replace('HMAC_', 'HMAC_SHA_');
  if (input['MacAlgorithm'] !== algorithm)
    throw new KmsError(
      'InvalidKeyUsageException',
      `Algorithm ${String(input['MacAlgorithm'])} is incompatible with key spec ${key.spec}.`,
    );
  const message = blobOf(input, 'Message', maximumPlaintext);
  return createHmac(`sha${key.spec.slice('HMAC_'.length)}`, ring.material(key).bytes)
    .update(message)
    .digest();
}

function usable(key: KeyModel, usage: KeyModel['usage']): KeyModel {
  if (key.usage !== usage)
    throw new KmsError('InvalidKeyUsageException', `${key.arn} key usage is ${key.usage} which is not valid.`);
  return key;
}

function dataKeyLength(input: Body): number {
  const spec = input['KeySpec'];
  if ((spec === undefined) === (input['NumberOfBytes'] === undefined))
    return invalid('Please specify either number of bytes or key spec.');
  if (spec === undefined) return count(input, 'NumberOfBytes');
  if (spec !== 'AES_256' && spec !== 'AES_128')
    return invalid(`Value '${String(spec)}' at 'keySpec' failed to satisfy constraint: [AES_256, AES_128]`);
  return spec === 'AES_256' ? 32 : 16;
}

function count(input: Body, name: string): number {
  const number = Number(input[name]);
  if (!Number.isInteger(number) || number < 1 || number > maximumDataKey)
    return invalid(`${name} must be a number from 1 to ${maximumDataKey}`);
  return number;
}

function describe(ring: KeyRing, key: KeyModel): Body {
  const enabled = ring.enabled(key);
  return {
    AWSAccountId: ring.accountId,
    KeyId: key.id,
    Arn: key.arn,
    CreationDate: ring.created(key),
    Enabled: enabled,
    KeyState: enabled ? 'Enabled' : 'Disabled',
    Description: key.description,
    KeyUsage: key.usage,
    KeySpec: key.spec,
    CustomerMasterKeySpec: key.spec,
    KeyManager: 'CUSTOMER',
    Origin: 'AWS_KMS',
    MultiRegion: false,
    ...(key.usage === 'ENCRYPT_DECRYPT'
      ? { EncryptionAlgorithms: ['SYMMETRIC_DEFAULT'] }
      : { MacAlgorithms: [key.spec.replace('HMAC_', 'HMAC_SHA_')] }),
  };
}
