import { queuePairs } from '../../domain/operations.ts';
import type { Config } from '../config.ts';
import type { WorkQueue } from '../queues/queues.ts';

/** The operations with queues of their own: the ones whose concurrency can be chosen. */
export const queueOwners = queuePairs.map(({ commandQueue }) => commandQueue.replace(/Queue$/, ''));

/** How many batches of a queue may be worked on at once. A command queue and its execution queue have the same. */
export const concurrencyOf = ({ concurrency }: Config, { name }: Pick<WorkQueue, 'name'>): number => {
  const pair = queuePairs.find(({ commandQueue, executionQueue }) => commandQueue === name || executionQueue === name);
  const owner = pair?.commandQueue.replace(/Queue$/, '');
  return concurrency.operations[owner ?? ''] ?? concurrency.each;
};
