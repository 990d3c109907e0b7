import { SQSClient } from '@aws-sdk/client-sqs';
import { SqsEngine, SqsError } from 'appsync-local/parts';
import { serveEngine } from './engineServer.ts';

const region = 'us-east-1';

/** The queue engine of the local stack behind an address, without queues, and a client of it. */
export const startSqsServer = async () => {
  const server = await serveEngine(
    (operation, input, signal) => engine.call(operation, input, { signal }),
    '1.0',
    (error) => error instanceof SqsError,
  );
  const engine = new SqsEngine({ url: server.url, region, accountId: '000000000000' });
  /** @param credentials the engine takes any */
  const clientWith = (credentials = { accessKeyId: 'local', secretAccessKey: 'local' }) =>
    new SQSClient({ endpoint: server.url, region, credentials, useQueueUrlAsEndpoint: false });
  return {
    url: server.url,
    clientWith,
    stop: async () => {
      await engine.stop();
      await server.stop();
    },
  };
};
