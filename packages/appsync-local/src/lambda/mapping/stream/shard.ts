import type { StreamMappingModel } from '../../../model.ts';
import type { RecordFilter } from '../filterPattern.ts';
import { Lane } from '../lane.ts';
import { Progress } from './positions.ts';
import { ShardReader, type ShardReaderOptions } from './shardReader.ts';
import { type EngineRecord, streamItem, type StreamItem } from './streamRecord.ts';

export interface ShardOptions extends Omit<ShardReaderOptions, 'accept' | 'streamArn'> {
  mapping: StreamMappingModel;
  region: string;
  filter: RecordFilter;
  /** Sees one batch of this shard through, and tells whether nothing of it is left; must not throw. */
  deliver: (shardId: string, batch: StreamItem[]) => Promise<boolean>;
  /** Told the sequence number up to which everything is done. */
  onProgress: (sequenceNumber: string) => void;
  /** Told how many records were read, filtered ones included. */
  onRead: (count: number) => void;
}

/** One shard of a stream: read in order, filtered, and spread over lanes by item key. */
export class Shard {
  private readonly reader: ShardReader;
  private readonly lanes: Lane[];
  private readonly capacity: number;
  private readonly progress: Progress;
  private stopping = false;
  private roomMade: () => void = () => undefined;

  constructor(private readonly options: ShardOptions) {
    const { mapping } = options;
    this.progress = new Progress(options.onProgress);
    this.capacity = 2 * mapping.batchSize * mapping.parallelizationFactor;
    this.reader = new ShardReader({
      ...options,
      streamArn: mapping.streamArn,
      accept: (records) => this.accept(records),
    });
    this.lanes = Array.from(
      { length: mapping.parallelizationFactor },
      () =>
        new Lane({
          ...mapping,
          deliver: async (batch) => {
            const done = await options.deliver(options.shardId, batch);
            if (done) this.progress.finish(batch.map(({ sequenceNumber }) => sequenceNumber));
            this.roomMade();
          },
        }),
    );
  }

  /** Resolves when the shard is closed and all of it processed, or after `stop`. */
  async run(): Promise<void> {
    await this.reader.run();
    await Promise.all(this.lanes.map((lane) => lane.settled()));
  }

  async isDrained(): Promise<boolean> {
    const atEnd = await this.reader.isAtEnd();
    return atEnd && this.lanes.every((lane) => lane.idle);
  }

  nudge(): void {
    this.reader.nudge();
  }

  async stop(): Promise<void> {
    this.stopping = true;
    this.reader.stop();
    this.roomMade();
    await Promise.all(this.lanes.map((lane) => lane.stop()));
  }

  private async accept(records: EngineRecord[]): Promise<void> {
    const { mapping, region, filter, onRead } = this.options;
    const readAt = Date.now();
    onRead(records.length);
    for (const record of records) {
      const item = streamItem(record, mapping.streamArn, region, readAt);
      const passes = filter(item.record);
      this.progress.read(item.sequenceNumber, !passes);
      if (passes) this.lanes[hash(item.key) % this.lanes.length]?.push(item);
    }
    this.progress.advance();
    while (!this.stopping && this.waiting() > this.capacity) {
      await new Promise<void>((resolve) => {
        this.roomMade = resolve;
      });
    }
  }

  private waiting(): number {
    return this.lanes.reduce((sum, lane) => sum + lane.length, 0);
  }
}

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1)
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193) >>> 0;
  return value;
}
