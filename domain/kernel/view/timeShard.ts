/**
 * Partitions of the time index: a UTC month and one of a fixed number of shards, so that no partition takes all writes
 * and a stream's events of a month stand together.
 */
export const shardCount = 8;

/** No event is older than the first implementation of this system. */
const earliestMonth = Date.UTC(2019, 0, 1);

/** FNV-1a: stable for ever, as it decides where events stand. */
export const hash = (text: string): number => {
  let value = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) value = Math.imul(value ^ byte, 0x01000193) >>> 0;
  return value;
};

const monthOf = (timestamp: number): string => new Date(timestamp).toISOString().slice(0, 7);

/** The partition of an event: `2026-11#3`. */
export const timeShardOf = (streamId: string, timestamp: number): string =>
  `${monthOf(timestamp)}#${hash(streamId) % shardCount}`;

/** The months from one moment to another, both included, in order; none before the first event there can be. */
export const monthsBetween = (from: number, to: number): string[] => {
  const months: string[] = [];
  const first = new Date(Math.max(from, earliestMonth));
  for (let month = Date.UTC(first.getUTCFullYear(), first.getUTCMonth()); month <= to; month = nextMonth(month))
    months.push(monthOf(month));
  return months;
};

const nextMonth = (month: number): number =>
  Date.UTC(new Date(month).getUTCFullYear(), new Date(month).getUTCMonth() + 1);

export const shardsOf = (month: string): string[] =>
  Array.from({ length: shardCount }, (_, shard) => `${month}#${shard}`);
