import { setTimeout as pause } from 'node:timers/promises';
import { queuedIn, readerOf, type Stored } from './oracle/stored.ts';
import { readRecords } from './record.ts';
import { stackIn, storeOf } from './stack.ts';

/**
 * A stack's tables, once the queues are empty and stay so while they are read; or as they are when the time is up.
 * @returns with it, how many loads were of another stack's store that was in the same folder
 */
export const settled = async (state: string, seconds: number): Promise<{ stored: Stored; others: number }> => {
  const stack = stackIn(state);
  const reader = readerOf(stack);
  try {
    const store = await storeOf(stack);
    const records = readRecords(state);
    const loads = records.filter((record) => record.store === store);
    const end = Date.now() + seconds * 1000;
    for (;;) {
      const before = await reader.queues();
      const quiet = queuedIn({ queues: before } as Stored).length === 0;
      if (!quiet && Date.now() < end) {
        await pause(500);
        continue;
      }
      const tables = await reader.tables();
      const stored = { ...tables, queues: await reader.queues(), loads };
      const quietStill = queuedIn(stored).length === 0 && (await reader.events()) === stored.eventStore.length;
      if (quietStill || Date.now() >= end) return { stored, others: records.length - loads.length };
    }
  } finally {
    reader.close();
  }
};
