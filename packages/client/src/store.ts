/** A value that changes under one's eyes: read it, listen to it, or go through its changes with `for await`. */
export interface Live<Value> extends AsyncIterable<Value> {
  /** As it is now. The same object until it changes. */
  readonly current: Value;
  /** Calls back after each change. @returns what ends that */
  subscribe(listener: (value: Value) => void): () => void;
  /** Ends the following, and with it any `for await`. */
  close(): void;
}

export interface Store<Value> extends Live<Value> {
  set(value: Value): void;
  readonly closed: boolean;
}

export const createStore = <Value>(initial: Value, onClose: () => void): Store<Value> => {
  const listeners = new Set<(value: Value) => void>();
  let current = initial;
  let closed = false;
  const tell = () => {
    for (const listener of [...listeners]) listener(current);
  };
  const store: Store<Value> = {
    get current() {
      return current;
    },
    get closed() {
      return closed;
    },
    set: (value) => {
      if (closed) return;
      current = value;
      tell();
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: () => {
      if (closed) return;
      closed = true;
      onClose();
      tell();
      listeners.clear();
    },
    async *[Symbol.asyncIterator]() {
      for (let last: Value | undefined; ;) {
        if (current !== last) yield (last = current);
        if (current !== last) continue;
        if (closed) return;
        await new Promise<void>((resolve) => {
          const stop = store.subscribe(() => {
            stop();
            resolve();
          });
        });
      }
    },
  };
  return store;
};
