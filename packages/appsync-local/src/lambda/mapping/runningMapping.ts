/** An event source mapping at work, whatever its source. */
export interface RunningMapping {
  /** Grows whenever something was received; the same value twice means nothing came in between. */
  readonly received: number;
  /**
   * Whether the source has nothing left and nothing is being processed, judged by a look at the source that began after
   * the call.
   */
  isDrained(): Promise<boolean>;
  /** Stops reading, hands over what was read already and waits for it (bounded). */
  stop(): Promise<void>;
}

/** How long a stopping mapping waits for its batches in flight, in milliseconds. */
export const stopPatienceMs = 10_000;

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Waits for `work`, but no longer than `ms`. */
export async function atMost(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([work, patience]);
  clearTimeout(timer);
}

/** Says once on the console that a mapping's calls fail, and again only when the reason changes or it has recovered. */
export class Complaint {
  private last = '';

  constructor(private readonly mapping: string) {}

  say(error: unknown): void {
    const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    if (text !== this.last) console.error(`Mapping ${this.mapping}: ${text}`);
    this.last = text;
  }

  over(): void {
    this.last = '';
  }
}
