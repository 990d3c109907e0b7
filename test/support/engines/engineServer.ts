import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Does what a request asks for. Rejects with an error that has the name of the service's own, or throws it. */
type Engine = (operation: string, input: Record<string, unknown>, signal: AbortSignal) => unknown;

/**
 * An engine of the local stack behind an address, for functions that run without a stack.
 * @param isRefusal whether an error is an answer of the service's
 */
export const serveEngine = async (engine: Engine, version: '1.0' | '1.1', isRefusal: (error: unknown) => boolean) => {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    const hangUp = new AbortController();
    response.on('close', () => hangUp.abort());
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    const answer = (status: number, body: unknown) =>
      response.writeHead(status, { 'content-type': `application/x-amz-json-${version}` }).end(JSON.stringify(body));
    const handle = async () => {
      const operation = String(request.headers['x-amz-target']).split('.')[1] ?? '';
      try {
        const input = JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>;
        answer(200, await engine(operation, input, hangUp.signal));
      } catch (thrown) {
        const { name, message } = thrown as Error;
        if (isRefusal(thrown)) answer(400, { __type: name, message });
        else answer(500, { __type: 'InternalFailure', message: String(thrown) });
      }
    };
    request.on('end', () => void handle());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
};
