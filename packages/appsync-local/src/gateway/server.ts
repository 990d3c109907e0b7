import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import type { Socket } from 'node:net';

/** A loopback HTTP server that takes its port at once and its handler when there is one. */
export interface LoopbackServer {
  server: Server;
  port: number;
  url: string;
  handleWith(listener: RequestListener): void;
  /** Stops listening and closes what is open. */
  stop(): Promise<void>;
}

const keepAliveMs = 10 * 60_000;

/** A token with many claims fills Node's own 16 KB by itself, and is for the API to judge. */
const maximumHeaders = 32 * 1024;

/**
 * @param port 0 for any free port
 * @throws an error with code EADDRINUSE if the port is taken
 */
export async function openLoopbackServer(port: number): Promise<LoopbackServer> {
  let handler: RequestListener = (_, response) => {
    response.writeHead(503, { 'content-type': 'text/plain', 'retry-after': '1' }).end('The local stack is starting.\n');
  };
  // Callers keep their connections; one that the server closes just as it is used again is a failed call.
  const server = createServer(
    { keepAliveTimeout: keepAliveMs, requestTimeout: 0, maxHeaderSize: maximumHeaders },
    (request, response) => handler(request, response),
  );
  server.headersTimeout = 60_000;
  // Also those that were upgraded, which the server itself loses sight of.
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
  const address = server.address();
  const actual = typeof address === 'object' && address !== null ? address.port : port;
  return {
    server,
    port: actual,
    url: `http://127.0.0.1:${actual}`,
    handleWith(listener) {
      handler = listener;
    },
    async stop() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
