/**
 * The running subscriptions and what they have brought: beside the editor's tabs, so that they outlive a change of tab.
 */
import { getOperationAST, parse } from 'graphql';
import type { Operation, Subscribe } from './subscribe.ts';

export interface LiveSubscription {
  id: number;
  /** The operation's name, or the field's. */
  name: string;
  variables: string;
  state: 'starting' | 'listening' | 'ended';
  /** Why it ended, if not by the person at the page. */
  problem?: string;
}

export interface LiveMessage {
  id: number;
  subscription: string;
  time: Date;
  /** The few facts that tell it from the others. */
  summary: string;
  /** The whole result. */
  json: string;
}

export interface LiveState {
  /** Of the connection, in words. */
  connection: string;
  subscriptions: LiveSubscription[];
  /** The latest first. */
  messages: LiveMessage[];
}

const messagesKept = 200;

export class Live {
  state: LiveState = { connection: 'Disconnected', subscriptions: [], messages: [] };
  readonly #stops = new Map<number, () => void>();
  readonly #listeners = new Set<() => void>();
  #lastId = 0;

  /**
   * Starts a subscription, unless one listens to the same already. Resolves to its name when the API has accepted it;
   * rejects with the API's words when it has refused it.
   */
  start(operation: Operation, subscribe: Subscribe): Promise<string> {
    const name = nameOf(operation.query);
    const variables = JSON.stringify(operation.variables ?? {});
    const same = this.state.subscriptions.find((known) => known.name === name && known.variables === variables);
    if (same?.state === 'listening') return Promise.resolve(name);
    if (same) this.stop(same.id);
    const id = ++this.#lastId;
    this.#set({ subscriptions: [...this.state.subscriptions, { id, name, variables, state: 'starting' }] });
    return new Promise((resolve, reject) => {
      const stop = subscribe(operation, {
        ready: () => {
          this.#change(id, { state: 'listening' });
          resolve(name);
        },
        next: (result) => this.#receive(name, result),
        error: (problem) => {
          this.#end(id, problem);
          reject(new Error(problem));
        },
      });
      this.#stops.set(id, stop);
    });
  }

  /** Ends a subscription and takes it off the list. */
  stop(id: number): void {
    this.#stops.get(id)?.();
    this.#stops.delete(id);
    this.#set({ subscriptions: this.state.subscriptions.filter((known) => known.id !== id) });
  }

  /** Ends all subscriptions, which stay on the list with the reason. */
  endAll(problem: string): void {
    for (const { id, state } of this.state.subscriptions) {
      if (state !== 'ended') this.#end(id, problem);
    }
  }

  clearMessages(): void {
    this.#set({ messages: [] });
  }

  setConnection(connection: string): void {
    this.#set({ connection });
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  #receive(subscription: string, result: unknown): void {
    const message = {
      id: ++this.#lastId,
      subscription,
      time: new Date(),
      summary: summarize(result),
      json: JSON.stringify(result, null, 2),
    };
    this.#set({ messages: [message, ...this.state.messages].slice(0, messagesKept) });
  }

  #end(id: number, problem: string): void {
    this.#stops.get(id)?.();
    this.#stops.delete(id);
    this.#change(id, { state: 'ended', problem });
  }

  #change(id: number, change: Partial<LiveSubscription>): void {
    this.#set({
      subscriptions: this.state.subscriptions.map((known) => (known.id === id ? { ...known, ...change } : known)),
    });
  }

  #set(change: Partial<LiveState>): void {
    this.state = { ...this.state, ...change };
    for (const listener of this.#listeners) listener();
  }
}

function nameOf(query: string): string {
  const operation = getOperationAST(parse(query));
  const field = operation?.selectionSet.selections[0];
  return operation?.name?.value ?? (field?.kind === 'Field' ? field.name.value : 'subscription');
}

/**
 * The plain values of the first field, ids shortened, moments left out: `aggregate USER · aggregateId 3f2a… · version
 * 2`.
 */
function summarize(result: unknown): string {
  const { data, errors } = result as { data?: Record<string, unknown> | null; errors?: { message: string }[] };
  const fields = Object.values(data ?? {})[0];
  if (typeof fields !== 'object' || fields === null)
    return errors?.map(({ message }) => message).join('; ') ?? 'nothing';
  const plain = Object.entries(fields).filter(
    ([, value]) => value !== null && typeof value !== 'object' && !isMoment(value),
  );
  return plain
    .map(([name, value]) => `${name} ${String(value).replace(/^([0-9a-f]{8})[0-9a-f-]{16,}$/, '$1…')}`)
    .join(' · ');
}

function isMoment(value: unknown): boolean {
  return /^\d{4}-\d\d-\d\dT/.test(String(value));
}
