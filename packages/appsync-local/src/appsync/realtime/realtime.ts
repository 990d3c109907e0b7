/** AppSync's real-time endpoint: takes WebSocket connections and delivers what mutations publish. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { Connection } from './realtimeConnection.ts';
import type { ConnectionLimits } from './realtimeConnection.ts';
import { protocolName, readHandshake } from './realtimeHandshake.ts';
import { matches } from './subscriptionMatch.ts';
import type { Publication, Realtime, RealtimeDependencies, Subscription } from '../types.ts';

/** The service drops a larger payload without telling publisher or subscriber. */
export const maxPayloadBytes = 245_760;

const realtimeLimits: ConnectionLimits = {
  keepAliveMs: 60_000,
  maxAgeMs: 24 * 3600_000,
  subscriptions: 200,
  maxBufferedBytes: 8 * 1024 * 1024,
};

/** How long connections may take to close when the stack stops. */
const closingMs = 1000;

/** How many different warnings are remembered so as not to be repeated. */
const maxWarnings = 1000;

export interface RealtimeStatistics {
  connections: number;
  subscriptions: number;
  /** Data frames sent. */
  delivered: number;
  /** Data frames not sent because a payload was over the limit. */
  dropped: number;
}

/** @param limits other limits than the service's, for tests */
export function createRealtime(
  dependencies: RealtimeDependencies,
  limits: Partial<ConnectionLimits> = {},
): Realtime & { stop(): Promise<void>; statistics(): RealtimeStatistics } {
  const log = dependencies.log ?? ((line: string) => console.error(line));
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: maxPayloadBytes,
    perMessageDeflate: false,
    handleProtocols: (offered) => (offered.has(protocolName) ? protocolName : false),
  });
  const connections = new Set<Connection>();
  const warned = new Set<string>();
  const host = new URL(dependencies.graphqlUrl).host;
  let delivered = 0;
  let dropped = 0;
  let stopping = false;

  function warn(subscription: Subscription, message: string): void {
    const line = `[appsync] ${subscription.fieldName}: ${message}; nothing is delivered`;
    if (warned.has(line) || warned.size >= maxWarnings) return;
    warned.add(line);
    log(line);
  }

  function deliver(publication: Publication): void {
    const published = bytes({ [publication.mutation]: publication.value });
    for (const connection of connections) {
      for (const [id, { subscription }] of connection.subscriptions) {
        if (!subscription?.mutations.includes(publication.mutation)) continue;
        try {
          if (!matches(subscription, publication.value, (message) => warn(subscription, message))) continue;
          send(connection, id, subscription, publication, published);
        } catch (error) {
          // One subscriber's trouble is not the others'.
          log(
            `[appsync] ${subscription.fieldName}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
          );
        }
      }
    }
  }

  function send(
    connection: Connection,
    id: string,
    subscription: Subscription,
    publication: Publication,
    published: number,
  ): void {
    const payload = dependencies.selectForSubscriber(subscription, publication.value);
    // Whether the service measures what was published or what a subscriber is to get is not known: neither may be over.
    const size = Math.max(published, bytes(payload));
    if (size > maxPayloadBytes) {
      dropped += 1;
      log(
        `[appsync] ${subscription.fieldName}: PAYLOAD DROPPED, ${size} bytes from ${publication.mutation} are over the limit of ${maxPayloadBytes}`,
      );
      return;
    }
    for (const error of payload.errors ?? []) log(`[appsync] ${subscription.fieldName}: ${error.message}`);
    delivered += 1;
    connection.send({ type: 'data', id, payload });
  }

  return {
    upgrade(req: IncomingMessage, socket: Duplex, head: Buffer) {
      if (stopping) {
        socket.destroy();
        return;
      }
      const handshake = readHandshake(req, [host]);
      server.handleUpgrade(req, socket, head, (webSocket) => {
        const connection = new Connection(
          webSocket,
          handshake,
          { ...dependencies, log },
          { ...realtimeLimits, ...limits },
        );
        connections.add(connection);
        webSocket.on('close', () => connections.delete(connection));
      });
    },
    publish(publication) {
      // Never within the mutation that publishes: it neither waits for subscribers nor fails with them.
      setImmediate(() => deliver(publication));
    },
    async stop() {
      stopping = true;
      for (const connection of connections) connection.close(1001, 'Going away');
      const deadline = Date.now() + closingMs;
      while (connections.size > 0 && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 10));
      for (const connection of connections) connection.terminate();
    },
    statistics: () => ({
      connections: connections.size,
      subscriptions: [...connections].reduce((sum, { subscriptions }) => sum + subscriptions.size, 0),
      delivered,
      dropped,
    }),
  };
}

function bytes(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}
