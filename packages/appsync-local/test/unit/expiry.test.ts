import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { EngineClient } from '../../src/engines/engineClient.ts';
import { keepSweeping, sweepExpired } from '../../src/engines/expiry.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('sweeps one after the other, after one that failed too, and rests the longer the longer it took', async () => {
  const begun: number[] = [];
  const start = Date.now();
  const stop = keepSweeping(async () => {
    begun.push(Date.now() - start);
    await new Promise((resolve) => setTimeout(resolve, 100_000));
    if (begun.length === 1) throw new Error('The engine is busy');
  }, 1000);
  await vi.advanceTimersByTimeAsync(3_101_000 - 1);
  expect(begun).toEqual([1000]);
  await vi.advanceTimersByTimeAsync(1);
  expect(begun).toEqual([1000, 3_101_000]);
  stop();
  await vi.advanceTimersByTimeAsync(10_000_000);
  expect(begun).toHaveLength(2);
});

it('looks at a little at once, and leaves the engine to others for most of the time', async () => {
  const pages = 20;
  const looks: number[] = [];
  const table = { name: 'things', ttlAttribute: 'expiresAt', createTable: { KeySchema: [{ AttributeName: 'id' }] } };
  const client = {
    async call(_: string, { Limit }: { Limit: number }) {
      looks.push(Limit);
      await new Promise((resolve) => setTimeout(resolve, 20));
      return { Items: [], ...(looks.length < pages ? { LastEvaluatedKey: {} } : {}) };
    },
  } as unknown as EngineClient;
  let ended = false;
  const stop = keepSweeping(async (rest) => {
    await sweepExpired(client, [table as never], 0, rest);
    ended = true;
  }, 1000);
  await vi.advanceTimersByTimeAsync(1000 + 30 * 20);
  expect(looks).toEqual([250]);
  await vi.advanceTimersByTimeAsync(pages * 31 * 20);
  expect(looks).toHaveLength(pages);
  expect(ended).toBe(true);
  looks.length = 0;
  await vi.advanceTimersByTimeAsync(1000);
  stop();
  await vi.advanceTimersByTimeAsync(1_000_000);
  expect(looks.length).toBeLessThan(3);
});
