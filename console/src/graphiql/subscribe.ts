/** Subscriptions of the editor, carried by the client. */
import type { Client } from 'user-management-client';

export interface Operation {
  query: string;
  variables?: Record<string, unknown>;
}

export interface Receiver {
  /** The API has accepted the subscription; said again after each reconnection. */
  ready(): void;
  /** Takes a whole GraphQL result. */
  next(result: unknown): void;
  /** The subscription has ended: it was refused, or the log-in is not good any more. */
  error(message: string): void;
}

/** Starts a subscription. The function returned ends it. */
export type Subscribe = (operation: Operation, receiver: Receiver) => () => void;

/** @param onState hears of the connection, in words */
export const createSubscribe =
  (client: () => Client, onState: (state: string) => void): Subscribe =>
  ({ query, variables }, receiver) => {
    const field = /\{\s*(?:\w+\s*:\s*)?(\w+)/.exec(query)?.[1] ?? 'data';
    return client().subscribe(query, variables ?? {}, {
      ready: () => {
        onState('Connected');
        receiver.ready();
      },
      next: (value) => receiver.next({ data: { [field]: value } }),
      lost: () => onState('Connection lost: connecting again'),
      error: ({ message }) => receiver.error(message),
    });
  };
