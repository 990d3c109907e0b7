import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { KmsEngine, KmsError } from 'appsync-local/parts';

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
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const operation = String(request.headers['x-amz-target']).split('.')[1] ?? '';
      const answer = (status: number, body: unknown) =>
        response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body));
      try {
        answer(200, engine.call(operation, JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>));
      } catch (error) {
        if (!(error instanceof KmsError)) throw error;
        answer(400, { __type: error.name, message: error.message });
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    keyId: id,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () => new Promise((resolve) => server.close(resolve)),
  };
};
