import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { expiringCache } from '../../../../functions/ports/keys/cache.ts';
import { keyring } from '../../../../functions/ports/keys/keyring.ts';
import { memoryKeyService, memoryKeyTable } from '../../../../functions/ports/keys/memory.ts';
import { keysSuite } from '../../../support/conformance/keys.ts';

keysSuite('in memory', async () => {
  const table = memoryKeyTable();
  return {
    keys: (service, now) => keyring(table, service, now),
    store: async (subject, key) => table.store(subject, key),
    destroy: async (subject) => table.destroy(subject),
  };
});

describe('what functions ask of the table of keys', () => {
  const asking = (fails = false) => {
    const table = memoryKeyTable();
    const asked: string[][] = [];
    const find: typeof table.find = async (ids) => {
      asked.push(ids);
      if (fails) throw new Error('no answer');
      return table.find(ids);
    };
    return { table, asked, keys: keyring({ ...table, find }, memoryKeyService()) };
  };

  it('is asked once for all streams that are loaded side by side, and each hears of its own', async () => {
    const { table, asked, keys } = asking();
    const made = await keys.make('user#a', 1);
    table.store('user#a', made);
    asked.length = 0;
    const [one, two] = await Promise.all([keys.of(['user#a', 'user#b']), keys.of(['user#b', 'user#c'])]);
    expect(asked).toEqual([['user#a', 'user#b', 'user#c']]);
    expect([...one!].map(([subject, { size }]) => `${subject} ${size}`)).toEqual(['user#a 1', 'user#b 0']);
    expect([...two!.keys()]).toEqual(['user#b', 'user#c']);
    await keys.of(['user#d']);
    expect(asked).toHaveLength(2);
  });

  it('is asked again after a failure, which all who asked hear of', async () => {
    const { asked, keys } = asking(true);
    const answers = await Promise.allSettled([keys.of(['user#a']), keys.of(['user#b'])]);
    expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await expect(keys.of(['user#a'])).rejects.toThrow('no answer');
    expect(asked).toEqual([['user#a', 'user#b'], ['user#a']]);
  });
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
