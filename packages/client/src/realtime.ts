/** Subscriptions that outlive their connections. */
import { Closed, Unreachable } from './errors.ts';
import type { Request } from './http.ts';
import { type Doubt, type Listener, openSocket, type Socket, type SocketOptions, type Subscription } from './socket.ts';
import { backoff } from './time.ts';

/** AppSync takes no more subscriptions on one connection. */
const mostSubscriptions = 200;
/** Milliseconds that a connection is kept when nobody listens: the next command may come soon. */
const idle = 5_000;

export interface Realtime {
  /** Starts a subscription and keeps it up, on as few connections as can be. @returns what ends it */
  subscribe(request: Request, listener: Listener): () => void;
  /** Ends all subscriptions and connections. */
  close(): void;
}

interface Line {
  socket?: Socket;
  subscriptions: Map<string, Subscription>;
  doubt: Doubt;
  timer?: ReturnType<typeof setTimeout>;
}

export const createRealtime = (options: Omit<SocketOptions, 'doubt' | 'onClose' | 'onEnd'>): Realtime => {
  const lines = new Set<Line>();
  let started = 0;
  let pauses = backoff(500, 20_000);

  const connect = (line: Line) => {
    clearTimeout(line.timer);
    const socket = openSocket({
      ...options,
      doubt: line.doubt,
      onClose: (error) => {
        if (line.socket !== socket) return;
        delete line.socket;
        lost(line, error);
      },
      onEnd: (id, error) => {
        const subscription = line.subscriptions.get(id);
        if (!subscription) return;
        if (error instanceof Unreachable) again(line, id, subscription);
        else {
          line.subscriptions.delete(id);
          subscription.listener.error?.(error);
        }
      },
    });
    line.socket = socket;
    for (const [id, subscription] of line.subscriptions) socket.start(id, subscription);
  };

  const over = (line: Line, error: Error) => {
    const ended = [...line.subscriptions.values()];
    lines.delete(line);
    line.subscriptions.clear();
    for (const { listener } of ended) listener.error?.(error);
  };

  const lost = (line: Line, error: Error) => {
    if (!(error instanceof Unreachable)) return over(line, error);
    if (line.subscriptions.size === 0) return void lines.delete(line);
    for (const { listener } of line.subscriptions.values()) listener.lost?.();
    line.timer = setTimeout(() => connect(line), pauses.next().value);
  };

  /** The endpoint ended one subscription, for now. */
  const again = (line: Line, id: string, subscription: Subscription) => {
    subscription.listener.lost?.();
    setTimeout(() => {
      if (line.subscriptions.get(id) === subscription) line.socket?.start(id, subscription);
    }, pauses.next().value);
  };

  const release = (line: Line) => {
    clearTimeout(line.timer);
    line.timer = setTimeout(() => {
      lines.delete(line);
      line.socket?.close();
    }, idle);
  };

  return {
    subscribe: (request, listener) => {
      const line: Line = [...lines].find(({ subscriptions }) => subscriptions.size < mostSubscriptions) ?? {
        subscriptions: new Map(),
        doubt: {},
      };
      lines.add(line);
      started += 1;
      const id = String(started);
      const subscription: Subscription = {
        request,
        listener: {
          ...listener,
          ready: () => {
            pauses = backoff(500, 20_000);
            listener.ready?.();
          },
        },
      };
      line.subscriptions.set(id, subscription);
      if (line.socket) {
        clearTimeout(line.timer);
        line.socket.start(id, subscription);
      } else if (line.subscriptions.size === 1) connect(line);
      return () => {
        if (!line.subscriptions.delete(id)) return;
        line.socket?.stop(id);
        if (line.subscriptions.size === 0) release(line);
      };
    },
    close: () => {
      for (const line of [...lines]) {
        clearTimeout(line.timer);
        over(line, new Closed('The client was closed'));
        line.socket?.close();
      }
    },
  };
};
