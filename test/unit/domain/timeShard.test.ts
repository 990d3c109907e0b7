import { expect, it } from 'vitest';
import { monthsBetween, shardsOf, timeShardOf } from '../../../domain/kernel/view/timeShard.ts';

it('puts an event into its UTC month and always the same shard', () => {
  expect(timeShardOf('user#ann', Date.UTC(2026, 10, 30, 23, 59, 59, 999))).toBe('2026-11#2');
  expect(timeShardOf('user#ann', Date.UTC(2026, 11, 1))).toBe('2026-12#2');
});

it('spreads streams over all shards of a month', () => {
  const shards = new Set(Array.from({ length: 200 }, (_, n) => timeShardOf(`user#${n}`, Date.UTC(2026, 0, 1))));
  expect([...shards].sort()).toEqual(shardsOf('2026-01'));
});

it('names every month of a span once, from the first there can be', () => {
  expect(monthsBetween(Date.UTC(2025, 10, 30), Date.UTC(2026, 1, 1))).toEqual([
    '2025-11',
    '2025-12',
    '2026-01',
    '2026-02',
  ]);
  expect(monthsBetween(0, Date.UTC(2019, 1, 3))).toEqual(['2019-01', '2019-02']);
  expect(monthsBetween(Date.UTC(2027, 0, 1), Date.UTC(2026, 0, 1))).toEqual([]);
});
