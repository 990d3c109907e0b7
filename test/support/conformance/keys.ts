import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { MemoryKeyService } from '../../../functions/ports/keys/memory.ts';
import { memoryKeyService } from '../../../functions/ports/keys/memory.ts';
import { DamagedKey, type Keys, type KeyService, type NewDataKey } from '../../../functions/ports/keys/port.ts';

/** As docs/privacy.md promises: how long a function may keep the data keys of a person, and those of the stack. */
const [minute, hour] = [60, 3600];

/** One function's keys on a table that it shares with others, and what an append does to the table. */
export interface KeyPlace {
  keys(service: KeyService, now: () => number): Keys;
  store(subject: string, key: NewDataKey): Promise<void>;
  destroy(subject: string): Promise<void>;
}

/** What every store of keys must do. @param place gives an empty one */
export const keysSuite = (name: string, place: () => Promise<KeyPlace>): void => {
  describe(`keys ${name}`, () => {
    const opened = async () => {
      const { keys, store, destroy } = await place();
      const service: MemoryKeyService = memoryKeyService();
      let now = 1_700_000_000_000;
      const subject = `user#${randomUUID()}`;
      return {
        service,
        subject,
        store,
        destroy,
        wait: (seconds: number) => (now += seconds * 1000),
        /** Another function on the same table. */
        another: () => keys(service, () => now),
      };
    };

    it('gives a stored data key to every function, under its life', async () => {
      const { another, store, subject } = await opened();
      const one = another();
      const first = await one.make(subject, 1);
      expect((await one.of([subject])).get(subject)?.size).toBe(0);
      await store(subject, first);
      const second = await one.make(subject, 7);
      await store(subject, second);
      const found = (await another().of([subject, `user#${randomUUID()}`])).get(subject);
      expect(found).toEqual(
        new Map([
          [1, first.key],
          [7, second.key],
        ]),
      );
    });

    it('stores no key as it is', async () => {
      const { another, subject } = await opened();
      const { key, wrapped } = await another().make(subject, 1);
      expect(Buffer.from(wrapped, 'base64').includes(key)).toBe(false);
    });

    it('does not open a data key that stands under another subject or life, and opens those beside it', async () => {
      const { another, store, subject } = await opened();
      const { wrapped, key } = await another().make(subject, 1);
      const thief = `user#${randomUUID()}`;
      await store(thief, { life: 1, key, wrapped });
      await store(subject, { life: 1, key, wrapped });
      await store(subject, { life: 2, key, wrapped });
      const found = await another().of([thief, subject]);
      expect(found.get(thief)).toEqual(new Map([[1, expect.any(DamagedKey)]]));
      expect(found.get(subject)).toEqual(
        new Map<number, unknown>([
          [1, key],
          [2, expect.any(DamagedKey)],
        ]),
      );
    });

    it('keeps data keys for a minute at the most', async () => {
      const { another, store, destroy, subject, wait } = await opened();
      const keys = another();
      await store(subject, await keys.make(subject, 1));
      expect((await keys.of([subject])).get(subject)?.size).toBe(1);
      await destroy(subject);
      wait(minute - 1);
      expect((await keys.of([subject])).get(subject)?.size).toBe(1);
      wait(1);
      expect((await keys.of([subject])).get(subject)?.size).toBe(0);
    });

    it('gives keys as they are now to who asks for fresh ones, and after they were forgotten', async () => {
      const { another, store, destroy, subject } = await opened();
      const keys = another();
      await store(subject, await keys.make(subject, 1));
      await keys.of([subject]);
      await store(subject, await another().make(subject, 2));
      expect((await keys.of([subject], true)).get(subject)?.size).toBe(2);
      await destroy(subject);
      keys.forget(subject);
      expect((await keys.of([subject])).get(subject)?.size).toBe(0);
    });

    it('asks the key service once an hour, however many commands there are', async () => {
      const { another, service, store, subject, wait } = await opened();
      const keys = another();
      for (let life = 1; life <= 5; life += 1) await store(subject, await keys.make(subject, life));
      for (let second = 0; second < hour - 1; second += 600) {
        await keys.of([subject]);
        wait(600);
      }
      expect(service.calls).toBe(1);
      wait(minute);
      await keys.of([subject]);
      expect(service.calls).toBe(2);
    });

    it('has one claim key for all functions and for ever, whoever comes first', async () => {
      const { another, wait } = await opened();
      expect(await another().standingClaimKey()).toBeUndefined();
      const [one, other] = await Promise.all([another().claimKey(), another().claimKey()]);
      expect(await another().standingClaimKey()).toEqual(one);
      expect(one).toEqual(other);
      wait(365 * 24 * 3600);
      expect(await another().claimKey()).toEqual(one);
    });

    it('wraps under one branch key, whoever comes first', async () => {
      const { another, store, subject } = await opened();
      const made = await Promise.all([1, 2, 3].map((life) => another().make(subject, life)));
      for (const key of made) await store(subject, key);
      expect((await another().of([subject])).get(subject)?.size).toBe(3);
    });

    it('does not take a table without any keys for one whose keys were destroyed', async () => {
      const { another, subject } = await opened();
      await expect(another().of([subject], true)).rejects.toThrow('holds no branch key');
    });
  });
};
