import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { expiringCache } from '../../../functions/ports/keys/cache.ts';
import { keyring } from '../../../functions/ports/keys/keyring.ts';
import { memoryKeyTable } from '../../../functions/ports/keys/memory.ts';
import { keysSuite } from '../../support/conformance/keys.ts';

keysSuite('in memory', async () => {
  const table = memoryKeyTable();
  return {
    keys: (service, now) => keyring(table, service, now),
    store: async (subject, key) => table.store(subject, key),
    destroy: async (subject) => table.destroy(subject),
  };
});

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

describe('what a function keeps of keys', () => {
  it('is no more than so many, those first gone that were kept first', () => {
    const cache = expiringCache<number>(60, 2, () => 0);
    for (const n of [1, 2, 3]) cache.set(`k${n}`, n);
    expect([1, 2, 3].map((n) => cache.get(`k${n}`))).toEqual([undefined, 2, 3]);
  });

  it('leaves memory once its time is over, though nobody asks for it any more', async () => {
    let now = 0;
    const cache = expiringCache<object>(60, 10, () => now);
    const kept = (() => {
      const value = {};
      cache.set('kept', value);
      return new WeakRef(value);
    })();
    const isThere = async () => {
      // What was looked at stays until the task ends.
      await new Promise((resolve) => setImmediate(resolve));
      collectGarbage();
      return kept.deref() !== undefined;
    };
    expect(await isThere()).toBe(true);
    now = 60_000;
    cache.set('another', {});
    expect(await isThere()).toBe(false);
  });
});
