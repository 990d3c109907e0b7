import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { keepSweeping } from '../../src/engines/expiry.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('sweeps one after the other, and rests the longer the more there is to look through', async () => {
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
