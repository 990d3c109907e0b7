import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { isLoopbackHost } from '../gateway/loopback.ts';
import type { AppSync } from '../appsync/types.ts';
import type { StackOutputs } from './outputs.ts';

/** Answers a request that is its own; false if it is somebody else's. */
export type Part = { handle(request: IncomingMessage, response: ServerResponse): boolean };

/** Leads each request of the API's port to the part that serves its path: `/graphql`, the issuers, the page. */
export function createFront(o: { appSync: AppSync; issuers: Part; page: Part }): {
  handle: RequestListener;
  upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
} {
  return {
    handle(request, response) {
      if (!isLoopbackHost(request.headers.host))
        return plain(response, 403, 'This stack answers to 127.0.0.1 and localhost only.');
      const path = pathOf(request);
      if (path === '/graphql' || path.startsWith('/graphql/')) {
        void o.appSync.handle(request, response);
        return;
      }
      if (o.issuers.handle(request, response) || o.page.handle(request, response)) return;
      plain(response, 404, 'There is nothing at this address.');
    },
    upgrade(request, socket, head) {
      if (isLoopbackHost(request.headers.host) && pathOf(request) === '/graphql/realtime')
        o.appSync.upgrade(request, socket, head);
      else socket.end('HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n');
    },
  };
}

/** Stands in for a page where there is none: the stack's addresses, and its outputs as `config.json`. */
export function createPlainPage(outputs: StackOutputs): Part {
  return {
    handle(request, response) {
      const path = pathOf(request);
      if ((request.method !== 'GET' && request.method !== 'HEAD') || (path !== '/' && path !== '/config.json'))
        return false;
      if (path === '/config.json') {
        response
          .writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' })
          .end(JSON.stringify(outputs));
      } else {
        plain(response, 200, `GraphQL   ${outputs.GraphQLUrl}\nReal time ${outputs.RealtimeUrl}`);
      }
      return true;
    },
  };
}

function plain(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${text}\n`);
}

function pathOf(request: IncomingMessage): string {
  return (request.url ?? '/').split('?', 1)[0] ?? '/';
}
