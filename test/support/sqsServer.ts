import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SqsEngine, SqsError } from 'appsync-local/parts';

/** The queue engine of the local stack behind an address, without queues, for ports that run without a stack. */
export const startSqsServer = async () => {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    const hangUp = new AbortController();
    response.on('close', () => hangUp.abort());
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const operation = String(request.headers['x-amz-target']).split('.')[1] ?? '';
      const input = JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>;
      const answer = (status: number, body: unknown) =>
        response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' }).end(JSON.stringify(body));
      engine.call(operation, input, { signal: hangUp.signal }).then(
        (result) => answer(200, result),
        (error: unknown) =>
          error instanceof SqsError
            ? answer(400, { __type: error.name, message: error.message })
            : answer(500, { __type: 'InternalFailure', message: String(error) }),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const engine = new SqsEngine({ url, region: 'us-east-1', accountId: '000000000000' });
  return {
    url,
    stop: async () => {
      await engine.stop();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};
