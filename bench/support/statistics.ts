/** The value that this share of the values does not pass. */
export const percentile = (values: number[], share: number): number => {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? NaN;
};

/** The three that are printed of every latency. */
export const p50p95p99 = (values: number[]): [number, number, number] => [
  percentile(values, 0.5),
  percentile(values, 0.95),
  percentile(values, 0.99),
];

export const rounded = (value: number, digits = 1): string => value.toFixed(digits);

/** Runs tasks, never more than `limit` at a time, beginning them in order. */
export const inFlight = async <Item>(
  items: readonly Item[],
  limit: number,
  task: (item: Item, index: number) => Promise<void>,
): Promise<void> => {
  const entries = items.entries();
  const worker = async () => {
    for (const [index, item] of entries) await task(item, index);
  };
  await Promise.all(Array.from({ length: limit }, worker));
};

/** Milliseconds that something takes. */
export const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const started = performance.now();
  await work();
  return performance.now() - started;
};
