import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DecryptCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  EnableKeyCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  GenerateMacCommand,
  RotateKeyOnDemandCommand,
  ScheduleKeyDeletionCommand,
  VerifyMacCommand,
} from '@aws-sdk/client-kms';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KmsEngine } from '../../src/engines/kms/kms.ts';
import { ACCOUNT, localRegion, role, startGateway, statement } from './gatewayFixture.ts';
import type { KeyModel, PolicyStatement } from '../../src/model.ts';

const arn = (id: string) => `arn:aws:kms:${localRegion}:${ACCOUNT}:key/${id}`;
const id = (digit: number) => `0000000${digit}-0000-4000-8000-000000000000`;
const account = [`arn:aws:iam::${ACCOUNT}:root`];

function key(digit: number, policy: PolicyStatement[], spec = 'SYMMETRIC_DEFAULT'): KeyModel {
  const usage = spec === 'SYMMETRIC_DEFAULT' ? 'ENCRYPT_DECRYPT' : 'GENERATE_VERIFY_MAC';
  const more = { aliases: [`alias/key${digit}`], description: '', enabled: true, rotates: false };
  return { logicalId: `key${digit}`, id: id(digit), arn: arn(id(digit)), spec, usage, policy, ...more };
}

const open = [statement(['kms:*'], ['*'], { principals: account })];
const sealer = role('sealer', [
  statement(
    ['kms:GenerateDataKey*', 'kms:Encrypt', 'kms:Decrypt', 'kms:GenerateMac', 'kms:VerifyMac'],
    [arn(id(1)), arn(id(2)), arn(id(3)), arn(id(4))],
  ),
]);
const opener = role('opener', [
  statement(['kms:Decrypt'], [arn(id(1))], { conditions: { StringEquals: { 'kms:EncryptionContext:tenant': ['a'] } } }),
]);
const named = role('named', []);

const data = key(1, open);
const macs = key(2, open, 'HMAC_256');
/** Its policy does not let the account in: identity policies count for nothing. */
const closed = key(3, [statement(['kms:Decrypt', 'kms:Encrypt'], ['*'], { principals: [named.arn] })]);
const turning = key(4, open);

let stack: Awaited<ReturnType<typeof startGateway>>;

beforeAll(async () => {
  stack = await startGateway({ keys: [data, macs, closed, turning], roles: [sealer, opener, named] });
});
afterAll(() => stack?.stop());

const plaintext = Buffer.from('secret');

describe('KMS through the gateway', () => {
  it('makes data keys that open again with the same context, in any order of its pairs', async () => {
    const { kms } = stack.clients(sealer);
    const context = { tenant: 'a', purpose: 'test' };
    const made = await kms.send(
      new GenerateDataKeyCommand({ KeyId: 'alias/key1', KeySpec: 'AES_256', EncryptionContext: context }),
    );
    expect(made.Plaintext).toHaveLength(32);
    expect(made.KeyId).toBe(data.arn);
    // As long as AWS's own, so that what is stored costs the same.
    expect(made.CiphertextBlob).toHaveLength(184);
    const EncryptionContext = { purpose: 'test', tenant: 'a' };
    const opened = await kms.send(new DecryptCommand({ CiphertextBlob: made.CiphertextBlob, EncryptionContext }));
    expect(opened).toMatchObject({ Plaintext: made.Plaintext, KeyId: data.arn });
  });

  it('opens nothing that was changed, or with another context, or for another key', async () => {
    const { kms } = stack.clients(sealer);
    const EncryptionContext = { tenant: 'a' };
    const { CiphertextBlob } = await kms.send(
      new EncryptCommand({ KeyId: data.id, Plaintext: plaintext, EncryptionContext }),
    );
    const changed = Uint8Array.from(CiphertextBlob!);
    changed[changed.length - 1]! ^= 1;
    const padding = Uint8Array.from(CiphertextBlob!);
    padding[40]! ^= 1;
    const invalid = { name: 'InvalidCiphertextException', $metadata: { httpStatusCode: 400 } };
    const decrypt = (input: Partial<DecryptCommand['input']>) =>
      kms.send(new DecryptCommand({ CiphertextBlob, EncryptionContext, ...input }));
    await expect(decrypt({ CiphertextBlob: changed })).rejects.toMatchObject(invalid);
    await expect(decrypt({ CiphertextBlob: padding })).rejects.toMatchObject(invalid);
    await expect(decrypt({ CiphertextBlob: Buffer.from('no ciphertext') })).rejects.toMatchObject(invalid);
    await expect(decrypt({ EncryptionContext: { tenant: 'b' } })).rejects.toMatchObject(invalid);
    await expect(decrypt({ EncryptionContext: undefined })).rejects.toMatchObject(invalid);
    await expect(decrypt({ KeyId: turning.arn })).rejects.toMatchObject({ name: 'IncorrectKeyException' });
    expect((await decrypt({ KeyId: data.arn })).Plaintext).toEqual(new Uint8Array(plaintext));
  });

  it('knows each caller, and what its policies say of the encryption context', async () => {
    const EncryptionContext = { tenant: 'a' };
    const sealed = await stack
      .clients(sealer)
      .kms.send(new EncryptCommand({ KeyId: data.arn, Plaintext: plaintext, EncryptionContext }));
    const { kms } = stack.clients(opener);
    await kms.send(new DecryptCommand({ CiphertextBlob: sealed.CiphertextBlob, EncryptionContext }));
    const denied = { name: 'AccessDeniedException', message: expect.stringContaining('kms:Decrypt') };
    const other = new DecryptCommand({
      CiphertextBlob: sealed.CiphertextBlob,
      EncryptionContext: { tenant: 'b' },
    });
    await expect(kms.send(other)).rejects.toMatchObject(denied);
    await expect(
      kms.send(new EncryptCommand({ KeyId: data.arn, Plaintext: plaintext, EncryptionContext })),
    ).rejects.toThrow('kms:Encrypt');
  });

  it("lets nobody by a key's own policy, whatever their own say", async () => {
    const encrypt = new EncryptCommand({ KeyId: closed.arn, Plaintext: plaintext });
    await expect(stack.clients(sealer).kms.send(encrypt)).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining('no resource-based policy allows the kms:Encrypt action'),
    });
    await expect(stack.clients(named).kms.send(encrypt)).resolves.toMatchObject({ KeyId: closed.arn });
  });

  it('makes and checks MACs, with the keys that are for it', async () => {
    const { kms } = stack.clients(sealer);
    const input = { KeyId: macs.arn, MacAlgorithm: 'HMAC_SHA_256', Message: plaintext } as const;
    const { Mac } = await kms.send(new GenerateMacCommand(input));
    expect((await kms.send(new GenerateMacCommand(input))).Mac).toEqual(Mac);
    expect((await kms.send(new VerifyMacCommand({ ...input, Mac }))).MacValid).toBe(true);
    const wrong = Uint8Array.from(Mac!).reverse();
    await expect(kms.send(new VerifyMacCommand({ ...input, Mac: wrong }))).rejects.toMatchObject({
      name: 'KMSInvalidMacException',
    });
    const usage = { name: 'InvalidKeyUsageException' };
    await expect(kms.send(new GenerateMacCommand({ ...input, KeyId: data.arn }))).rejects.toMatchObject(usage);
    await expect(kms.send(new GenerateDataKeyCommand({ KeyId: macs.arn, KeySpec: 'AES_256' }))).rejects.toMatchObject(
      usage,
    );
  });

  it('still opens after a rotation what was closed before, and nothing while the key is disabled', async () => {
    const { kms } = stack.clients('administrator');
    const { CiphertextBlob } = await kms.send(new EncryptCommand({ KeyId: turning.arn, Plaintext: plaintext }));
    await kms.send(new RotateKeyOnDemandCommand({ KeyId: turning.arn }));
    const decrypt = new DecryptCommand({ CiphertextBlob });
    await kms.send(decrypt);
    await kms.send(new DisableKeyCommand({ KeyId: turning.arn }));
    await expect(kms.send(decrypt)).rejects.toMatchObject({ name: 'DisabledException' });
    const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId: turning.arn }));
    expect(KeyMetadata).toMatchObject({ KeyState: 'Disabled', KeySpec: 'SYMMETRIC_DEFAULT', Arn: turning.arn });
    await kms.send(new EnableKeyCommand({ KeyId: turning.arn }));
    await kms.send(decrypt);
  });

  it('names keys that are not there and operations that it does not serve', async () => {
    const { kms } = stack.clients('administrator');
    const notFound = { name: 'NotFoundException' };
    await expect(kms.send(new DescribeKeyCommand({ KeyId: 'alias/none' }))).rejects.toMatchObject(notFound);
    await expect(kms.send(new DescribeKeyCommand({ KeyId: arn(id(9)) }))).rejects.toMatchObject(notFound);
    await expect(kms.send(new ScheduleKeyDeletionCommand({ KeyId: data.arn }))).rejects.toThrow('ScheduleKeyDeletion');
  });
});

describe('the material of keys', () => {
  it('is kept in a file for its owner alone, and without it nothing opens', () => {
    const dir = mkdtempSync(join(tmpdir(), 'kms-'));
    try {
      const file = join(dir, 'kms.json');
      const engine = () => new KmsEngine({ keys: [data], accountId: ACCOUNT, file });
      const Plaintext = plaintext.toString('base64');
      const { CiphertextBlob } = engine().call('Encrypt', { KeyId: data.arn, Plaintext });
      expect(engine().call('Decrypt', { CiphertextBlob })).toMatchObject({ Plaintext });
      expect(statSync(file).mode & 0o777).toBe(0o600);
      rmSync(file);
      expect(() => engine().call('Decrypt', { CiphertextBlob })).toThrow(
        expect.objectContaining({ name: 'InvalidCiphertextException' }),
      );
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  });
});
