import { createServer, type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';

interface Urls {
  GraphQLUrl: string;
  RealtimeUrl: string;
}

/**
 * What becomes of a request: nothing special; it never arrives; it does, and its answer is lost; or the API says no,
 * with status 200.
 */
export type Fate = 'delivered' | 'lost' | 'answer lost' | 'refused';

const refusal = JSON.stringify({
  data: null,
  errors: [{ path: null, locations: null, message: 'Refused', errorType: 'InternalFailure' }],
});

/** Stands between a client and the API. */
export interface UnreliableNetwork extends Urls {
  connectTo(urls: Urls): void;
  /** WebSockets opened so far. */
  sockets: number;
  /** Decides over each request. */
  decide(fate: (body: string, headers: IncomingHttpHeaders) => Fate): void;
  /** Cuts all WebSockets without a farewell; `forGood`: and lets no new ones through. */
  cut(forGood?: boolean): void;
  /** Lets WebSockets through again. */
  mend(): void;
  stop(): Promise<void>;
}

const bodyOf = async (incoming: IncomingMessage): Promise<Buffer> => {
  const parts: Buffer[] = [];
  for await (const part of incoming) parts.push(part as Buffer);
  return Buffer.concat(parts);
};

/** @param urls the API's; without them it has to be connected before it is used */
export const startUnreliableNetwork = async (urls?: Urls): Promise<UnreliableNetwork> => {
  let target = new URL(urls?.GraphQLUrl ?? 'http://127.0.0.1');
  const wires = new Set<Socket>();
  let down = false;
  let fateOf: (body: string, headers: IncomingHttpHeaders) => Fate = () => 'delivered';

  const server = createServer((incoming, outgoing) => {
    void (async () => {
      const body = await bodyOf(incoming);
      const fate = fateOf(body.toString(), incoming.headers);
      if (fate === 'lost') return incoming.socket.destroy();
      if (fate === 'refused') return outgoing.writeHead(200, { 'content-type': 'application/json' }).end(refusal);
      const forward = request(
        {
          host: target.hostname,
          port: target.port,
          method: incoming.method,
          path: incoming.url,
          headers: incoming.headers,
        },
        (answer) => {
          if (fate === 'answer lost') {
            answer.resume().on('end', () => incoming.socket.destroy());
            return;
          }
          outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.pipe(outgoing);
        },
      );
      forward.on('error', () => incoming.socket.destroy());
      forward.end(body);
    })();
  });
  server.on('upgrade', (incoming, client: Socket, head: Buffer) => {
    if (down) return client.destroy();
    network.sockets += 1;
    const upstream = connect(Number(target.port), target.hostname, () => {
      const headers = incoming.rawHeaders.flatMap((name, index) =>
        index % 2 === 0 ? [`${name}: ${incoming.rawHeaders[index + 1]}`] : [],
      );
      upstream.write(`GET ${incoming.url} HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n`);
      upstream.write(head);
      client.pipe(upstream).pipe(client);
    });
    for (const [wire, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      wires.add(wire);
      wire
        .on('error', () => undefined)
        .on('close', () => {
          wires.delete(wire);
          other.destroy();
        });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const here = `127.0.0.1:${(server.address() as AddressInfo).port}`;

  const network: UnreliableNetwork = {
    GraphQLUrl: `http://${here}/graphql`,
    RealtimeUrl: `ws://${here}/graphql/realtime`,
    connectTo: ({ GraphQLUrl }) => {
      target = new URL(GraphQLUrl);
    },
    sockets: 0,
    decide: (fate) => {
      fateOf = fate;
    },
    cut: (forGood = false) => {
      down = forGood;
      for (const wire of wires) wire.destroy();
    },
    mend: () => {
      down = false;
    },
    stop: async () => {
      network.cut(true);
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return network;
};
