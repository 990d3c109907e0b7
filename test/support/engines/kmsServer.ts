import { KmsEngine, KmsError } from 'appsync-local/parts';
import { serveEngine } from './engineServer.ts';

const accountId = '000000000000';
const id = '11111111-2222-3333-4444-555555555555';

/** The key engine of the local stack behind an address, with one key, for functions that run without a stack. */
export const startKmsServer = async () => {
  const engine = new KmsEngine({
    accountId,
    keys: [
      {
        logicalId: 'Key',
        id,
        arn: `arn:aws:kms:us-east-1:${accountId}:key/${id}`,
        aliases: [],
        spec: 'SYMMETRIC_DEFAULT',
        usage: 'ENCRYPT_DECRYPT',
        description: '',
        enabled: true,
        rotates: false,
        policy: [],
      },
    ],
  });
  const server = await serveEngine(
    (operation, input) => engine.call(operation, input),
    '1.1',
    (error) => error instanceof KmsError,
  );
  return { keyId: id, ...server };
};
