import { batchLength } from './batchSize.ts';
import type { StreamItem } from './stream/streamRecord.ts';

export interface LaneOptions {
  batchSize: number;
  windowSeconds: number;
  /** Sees one batch through. */
  deliver: (batch: StreamItem[]) => Promise<void>;
}

/** One of a shard's concurrent batches: its records go to the function batch by batch, in order. */
export class Lane {
  private readonly buffer: StreamItem[] = [];
  private working: Promise<void> | undefined;
  private enough: () => void = () => undefined;
  private stopping = false;

  constructor(private readonly options: LaneOptions) {}

  get idle(): boolean {
    return this.working === undefined && this.buffer.length === 0;
  }

  get length(): number {
    return this.buffer.length;
  }

  push(item: StreamItem): void {
    this.buffer.push(item);
    if (this.buffer.length >= this.options.batchSize) this.enough();
    this.working ??= this.work();
  }

  /** Resolves when nothing is left to do, or after `stop`. */
  async settled(): Promise<void> {
    while (this.working !== undefined) await this.working;
  }

  /** Lets the batch in hand end; what waits behind it stays in the stream. */
  async stop(): Promise<void> {
    this.stopping = true;
    this.enough();
    await this.working;
  }

  private async work(): Promise<void> {
    // Records of one read arrive together: a batch is made of all of them, not of the first.
    await Promise.resolve();
    while (this.buffer.length > 0 && !this.stopping) {
      await this.window();
      const batch = this.buffer.splice(
        0,
        batchLength(this.buffer, this.options.batchSize, ({ bytes }) => bytes),
      );
      await this.options.deliver(batch);
    }
    this.working = undefined;
  }

  /** Waits for a full batch, the end of the batching window, or a stop. */
  private async window(): Promise<void> {
    const { batchSize, windowSeconds } = this.options;
    if (windowSeconds === 0 || this.buffer.length >= batchSize) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, windowSeconds * 1000);
      this.enough = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
