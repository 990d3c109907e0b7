/** What the demo prints. */
import type { Outcome } from './client.ts';

const atATime = 8;

/** Runs a task for each item, several at a time, and shows how far it is. Resolves to the results, in order. */
export async function inParallel<Item, Result>(
  title: string,
  items: Item[],
  task: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const startedAt = Date.now();
  let next = 0;
  let done = 0;
  const work = async () => {
    while (next < items.length) {
      const place = next++;
      results[place] = await task(items[place]!);
      showProgress(`${title} ${++done}/${items.length}`);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atATime, items.length) }, work));
  clearProgress();
  console.log(`${`${title} ${done}/${items.length}`.padEnd(32)} ${seconds(startedAt)}`);
  return results;
}

/** Shows a line that the next one replaces; nothing where lines cannot be replaced. */
export function showProgress(line: string): void {
  if (process.stdout.isTTY) process.stdout.write(`\r\x1b[K${line}`);
}

export function clearProgress(): void {
  showProgress('');
}

export function describe(outcome: Outcome): string {
  return outcome.status === 'APPLIED'
    ? `APPLIED, version ${outcome.version}`
    : `REJECTED ${outcome.code}: ${outcome.message}`;
}

/** `applied 85, rejected 7 (EMAIL_TAKEN 1, IN_USE 2 …)` */
export function totals(outcomes: Outcome[]): string {
  const rejected = outcomes.filter(({ status }) => status === 'REJECTED');
  const counts = new Map<string, number>();
  for (const { code } of rejected) counts.set(String(code), (counts.get(String(code)) ?? 0) + 1);
  const codes = [...counts].map(([code, count]) => `${code} ${count}`).sort();
  return `applied ${outcomes.length - rejected.length}, rejected ${rejected.length}${codes.length > 0 ? ` (${codes.join(', ')})` : ''}`;
}

function seconds(since: number): string {
  return `${((Date.now() - since) / 1000).toFixed(1)} s`;
}
