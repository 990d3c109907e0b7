import { randomUUID } from 'node:crypto';
import type { RunningStack } from './stack.ts';
import { subscribe } from './subscriber.ts';

/** Creates groups and times each, from the mutation to the notification of a subscriber. */
export const heardCreates = async ({ stack, admin }: RunningStack) => {
  const heard = new Map<string, (at: number) => void>();
  const close = await subscribe(
    stack.outputs,
    admin.token,
    'subscription { onProjectionUpdated(aggregate: GROUP) { aggregateId version } }',
    (value) => heard.get((value as { aggregateId: string }).aggregateId)?.(performance.now()),
  );
  /** @returns milliseconds */
  const create = async (): Promise<number> => {
    const id = randomUUID();
    const notified = new Promise<number>((resolve) => heard.set(id, resolve));
    const started = performance.now();
    await admin.send('createGroup', { name: id, description: 'one of many' }, id);
    const latency = (await notified) - started;
    heard.delete(id);
    return latency;
  };
  return { create, close };
};
