/** One connection of AppSync's real-time protocol, with the subscriptions that it carries. */
import { errorOf, Unauthenticated, Unreachable, type WireError } from './errors.ts';
import type { Request } from './http.ts';
import type { Tokens } from './token.ts';

/** As much of a WebSocket as is used: browsers', workers', Node's from 22 on, and the `ws` package's. */
export interface WebSocketLike {
  onopen: ((event: never) => void) | null;
  onmessage: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
  send(data: string): void;
  close(): void;
}
export type WebSocketClass = new (url: string, protocols: string[]) => WebSocketLike;

export interface Listener<Value = unknown> {
  /**
   * The subscription stands: at first, and again after each lost connection. What was published in between was not
   * heard.
   */
  ready?(): void;
  next(value: Value): void;
  /** The subscription was refused: it is over. */
  error?(error: Error): void;
  /** The connection is lost; the client connects anew by itself, and `ready` follows. */
  lost?(): void;
}

/** Which token was refused, until another one is taken. */
export interface Doubt {
  refused?: string;
}

export interface Subscription extends Doubt {
  request: Request;
  listener: Listener;
}

export interface SocketOptions {
  url: string;
  realtimeUrl: string;
  tokens: Tokens;
  WebSocket: WebSocketClass;
  /** Of the connection, and of those before it. */
  doubt: Doubt;
  /** The connection has ended, for this reason. */
  onClose(error: Error): void;
  /** A subscription has ended: refused, or to be started again when another try may help. */
  onEnd(id: string, error: Error): void;
}

export interface Socket {
  start(id: string, subscription: Subscription): void;
  stop(id: string): void;
  close(): void;
}

interface Frame {
  type: string;
  id?: string;
  payload?: { data?: Record<string, unknown> | null; errors?: WireError[] | WireError; connectionTimeoutMs?: number };
}

/** Milliseconds to wait for the endpoint's word that a connection, or a subscription, stands. */
const patience = 15_000;

const base64url = (text: string): string =>
  btoa(String.fromCharCode(...new TextEncoder().encode(text)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '');

export const openSocket = ({ url, realtimeUrl, tokens, WebSocket, doubt, onClose, onEnd }: SocketOptions): Socket => {
  const subscriptions = new Map<string, Subscription>();
  /** For the endpoint's word, by subscription. */
  const waiting = new Map<string, ReturnType<typeof setTimeout>>();
  const { host } = new URL(url);
  let socket: WebSocketLike | undefined;
  let acknowledged = false;
  let closed = false;
  let token = '';
  let silence: ReturnType<typeof setTimeout> | undefined;

  /** When nothing is heard for so long, the connection is lost. */
  const expectWord = (ms: number) => {
    clearTimeout(silence);
    silence = setTimeout(() => end(new Unreachable('The connection fell silent')), ms);
  };

  const end = (error: Error) => {
    if (closed) return;
    closed = true;
    clearTimeout(silence);
    for (const timer of waiting.values()) clearTimeout(timer);
    if (socket) {
      socket.onclose = socket.onmessage = null;
      socket.close();
    }
    onClose(error);
  };

  const send = (frame: object) => socket?.send(JSON.stringify(frame));

  const begin = async (id: string): Promise<void> => {
    const subscription = subscriptions.get(id);
    if (!subscription) return;
    try {
      token = await tokens.get();
    } catch (error) {
      return finish(id, error as Error);
    }
    if (closed || subscriptions.get(id) !== subscription) return;
    clearTimeout(waiting.get(id));
    waiting.set(
      id,
      setTimeout(() => end(new Unreachable('A subscription was not acknowledged')), patience),
    );
    const authorization = { Authorization: token, host };
    send({ id, type: 'start', payload: { data: JSON.stringify(subscription.request), extensions: { authorization } } });
  };

  const finish = (id: string, error: Error) => {
    clearTimeout(waiting.get(id));
    if (subscriptions.delete(id)) onEnd(id, error);
  };

  let patienceForWords = 300_000;
  const receive = ({ type, id = '', payload = {} }: Frame) => {
    expectWord(patienceForWords);
    const subscription = subscriptions.get(id);
    const errors = [payload.errors ?? []].flat();
    switch (type) {
      case 'connection_ack':
        patienceForWords = payload.connectionTimeoutMs ?? patienceForWords;
        expectWord(patienceForWords);
        acknowledged = true;
        delete doubt.refused;
        for (const each of subscriptions.keys()) void begin(each);
        return;
      case 'start_ack':
        clearTimeout(waiting.get(id));
        delete subscription?.refused;
        return subscription?.listener.ready?.();
      case 'data':
        return subscription?.listener.next(Object.values(payload.data ?? {})[0]);
      case 'error':
        return void refused(errors, subscription ?? {}, (error) => finish(id, error));
      case 'complete':
        return finish(id, new Unreachable('The subscription was ended'));
      case 'connection_error':
        return void refused(errors, doubt, end);
    }
  };

  /** A token that is not good may be renewed; then another try helps, unless the next one is refused as well. */
  const refused = async (errors: WireError[], so: Doubt, tell: (error: Error) => void): Promise<void> => {
    const error = errorOf(errors);
    if (!(error instanceof Unauthenticated) || (so.refused ?? token) !== token) return tell(error);
    so.refused = token;
    await tokens.renew(token, error.message).then(
      () => tell(new Unreachable(error.message)),
      (final: Error) => tell(final),
    );
  };

  const connect = async (): Promise<void> => {
    token = await tokens.get();
    if (closed) return;
    const opened = new WebSocket(realtimeUrl, [
      'graphql-ws',
      `header-${base64url(JSON.stringify({ Authorization: token, host }))}`,
    ]);
    socket = opened;
    opened.onopen = () => opened.send(JSON.stringify({ type: 'connection_init' }));
    opened.onmessage = ((event: { data: unknown }) => receive(JSON.parse(String(event.data)) as Frame)) as never;
    // 'close' follows.
    opened.onerror = () => {};
    opened.onclose = () => end(new Unreachable('The connection was lost'));
  };
  expectWord(patience);
  connect().catch((error: Error) => end(error));

  return {
    start: (id, subscription) => {
      subscriptions.set(id, subscription);
      if (acknowledged) void begin(id);
    },
    stop: (id) => {
      clearTimeout(waiting.get(id));
      if (subscriptions.delete(id) && acknowledged && !closed) send({ id, type: 'stop' });
    },
    close: () => end(new Unreachable('Closed')),
  };
};
