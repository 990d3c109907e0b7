/** A recovery's progress, followed until it ends. */
import { callDocument } from './documents.ts';
import type { Transport } from './commands.ts';
import type { Recovery } from './generated/operations.ts';
import { Closed, Refusal } from './errors.ts';
import { createStore, type Live } from './store.ts';

export interface Watch extends Live<Recovery | null> {
  /** Resolves when the recovery has ended, however it did; rejects when it cannot be followed. */
  readonly finished: Promise<Recovery>;
}

/** Milliseconds after which it is asked for, if nothing is heard. */
const askAfter = 5_000;

export const watchRecovery = ({ send, realtime }: Transport, recoveryId: string, signal?: AbortSignal): Watch => {
  const ended = new AbortController();
  let settle!: { resolve(recovery: Recovery): void; reject(error: unknown): void };
  const finished = new Promise<Recovery>((resolve, reject) => (settle = { resolve, reject }));
  finished.catch(() => {});

  const variables = { recoveryId };
  const store = createStore<Recovery | null>(null, () => {
    const reason = new Closed('The recovery is not followed any more');
    ended.abort(reason);
    clearInterval(timer);
    stop();
    settle.reject(reason);
  });
  const receive = (recovery: Recovery) => {
    const last = store.current;
    // Progress may be heard in another order than it was made.
    if (last && recovery.status === 'RUNNING' && recovery.updatedAt < last.updatedAt) return;
    store.set(recovery);
    if (recovery.status === 'RUNNING') return;
    settle.resolve(recovery);
    store.close();
  };
  const fail = (error: unknown) => {
    settle.reject(error);
    store.close();
  };
  /** A question that is not answered goes on by itself: one at a time is enough. */
  let asking = false;
  const ask = () => {
    if (asking) return;
    asking = true;
    send<{ recovery: Recovery | null }>({ query: callDocument('recovery', variables), variables }, ended.signal)
      .then(({ recovery }) => {
        if (recovery) receive(recovery);
        else throw new Refusal('NOT_FOUND', `There is no recovery ${recoveryId}`);
      })
      .catch((error) => !store.closed && fail(error))
      .finally(() => (asking = false));
  };
  const stop = realtime.subscribe(
    { query: callDocument('onRecoveryProgress', variables), variables },
    { ready: ask, next: (recovery) => recovery && receive(recovery as Recovery), error: fail },
  );
  const timer = setInterval(ask, askAfter);
  signal?.addEventListener('abort', () => fail(signal.reason), { once: true });
  return Object.assign(Object.create(store), { finished }) as Watch;
};
