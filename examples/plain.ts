/** The API with nothing but fetch and a WebSocket: AppSync's own protocol. */
import { type Endpoint, errorFor, type Listener, Refusal, type Transport } from './transport.ts';

/** Milliseconds between a lost connection and the next. */
const reconnectAfter = () => 500 + Math.random() * 1_000;

/** Browsers, and Node from 22 on, have one of their own. */
interface Socket {
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: (() => void) | null;
  onerror: (() => void) | null;
  send(data: string): void;
  close(): void;
}
const { globalThis: here } = globalThis as unknown as {
  globalThis: { WebSocket: new (url: string, protocols: string[]) => Socket };
};

const base64url = (text: string): string => btoa(text).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');

export const plainTransport = ({ GraphQLUrl, RealtimeUrl, token }: Endpoint): Transport => {
  const subscriptions = new Map<string, { data: string; listener: Listener }>();
  const credentials = async () => ({ Authorization: await token(), host: new URL(GraphQLUrl).host });
  let socket: Socket | undefined;
  let acknowledged = false;
  let closed = false;
  let started = 0;

  const connect = async () => {
    if (closed || subscriptions.size === 0) return;
    const header = base64url(JSON.stringify(await credentials()));
    const opened = new here.WebSocket(RealtimeUrl, ['graphql-ws', `header-${header}`]);
    let silence: ReturnType<typeof setTimeout> | undefined;
    let patience = 300_000;
    opened.onopen = () => opened.send(JSON.stringify({ type: 'connection_init' }));
    // 'close' follows.
    opened.onerror = () => {};
    opened.onmessage = ({ data }) => {
      const { type, id, payload } = JSON.parse(String(data));
      // The endpoint says `ka` each minute; when it falls silent, the connection is lost.
      if (type === 'connection_ack') patience = payload.connectionTimeoutMs;
      clearTimeout(silence);
      silence = setTimeout(() => opened.close(), patience);
      const listener = subscriptions.get(id)?.listener;
      if (type === 'connection_ack') {
        acknowledged = true;
        for (const each of subscriptions.keys()) void start(each);
      }
      if (type === 'start_ack') listener?.ready();
      if (type === 'data') listener?.next(Object.values(payload.data ?? {})[0]);
      if (type === 'error') end(id, payload.errors);
      if (type === 'connection_error') for (const each of subscriptions.keys()) end(each, payload.errors);
    };
    opened.onclose = () => {
      clearTimeout(silence);
      socket = undefined;
      acknowledged = false;
      setTimeout(() => {
        if (!socket) void connect();
      }, reconnectAfter());
    };
    socket = opened;
  };

  const start = async (id: string) => {
    const authorization = await credentials();
    const subscription = subscriptions.get(id);
    if (subscription)
      socket?.send(
        JSON.stringify({ id, type: 'start', payload: { data: subscription.data, extensions: { authorization } } }),
      );
  };

  const end = (id: string, errors: { message: string }[]) => {
    const subscription = subscriptions.get(id);
    subscriptions.delete(id);
    subscription?.listener.error(new Refusal(errors.map(({ message }) => message).join('; ')));
  };

  return {
    request: async (query, variables) => {
      const headers = { 'content-type': 'application/json', authorization: await token() };
      const response = await fetch(GraphQLUrl, { method: 'POST', headers, body: JSON.stringify({ query, variables }) });
      if (response.status === 429 || response.status >= 500) throw new Error(`The API answered ${response.status}`);
      const { data, errors } = (await response.json()) as {
        data?: Record<string, unknown>;
        errors?: { message: string }[];
      };
      if (errors) throw errorFor(errors);
      return data ?? {};
    },
    subscribe: (query, variables, listener) => {
      const id = String((started += 1));
      subscriptions.set(id, { data: JSON.stringify({ query, variables }), listener });
      if (acknowledged) void start(id);
      else if (!socket) void connect();
      return () => {
        if (subscriptions.delete(id) && acknowledged) socket?.send(JSON.stringify({ id, type: 'stop' }));
      };
    },
    close: () => {
      closed = true;
      socket?.close();
    },
  };
};
