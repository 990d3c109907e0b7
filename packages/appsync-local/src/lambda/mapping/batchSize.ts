/** A batch's payload may not pass Lambda's 6 MB; some room is left for what surrounds the records. */
export const maxBatchBytes = 6 * 2 ** 20 - 1024;

/** How many of the items, from the first on, make one batch: at most `limit`, at most 6 MB, at least one. */
export function batchLength<T>(items: readonly T[], limit: number, bytesOf: (item: T) => number): number {
  let bytes = 0;
  const most = Math.min(limit, items.length);
  for (let length = 0; length < most; length += 1) {
    bytes += bytesOf(items[length] as T) + 1;
    if (length > 0 && bytes > maxBatchBytes) return length;
  }
  return most;
}

/** The size of a record as it goes to the function. */
export function jsonBytes(record: unknown): number {
  return Buffer.byteLength(JSON.stringify(record));
}
