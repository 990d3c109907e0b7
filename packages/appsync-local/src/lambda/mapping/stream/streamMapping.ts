import type { DescribeStreamOutput, Shard as ShardDescription } from '@aws-sdk/client-dynamodb-streams';
import type { RoleCalls, StreamMappingModel } from '../../../model.ts';
import { recordFilter, type RecordFilter } from '../filterPattern.ts';
import { failureMessage, sendFailure } from '../onFailure.ts';
import { atMost, Complaint, sleep, stopPatienceMs, type RunningMapping } from '../runningMapping.ts';
import type { LambdaRuntime } from '../../runtime.ts';
import { Shard } from './shard.ts';
import type { Position } from './shardReader.ts';
import { deliverBatch, type Discarded } from './streamDelivery.ts';
import type { StreamItem } from './streamRecord.ts';

export interface StreamMappingOptions {
  mapping: StreamMappingModel;
  region: string;
  /** As the function's role. */
  calls: RoleCalls;
  invoker: Pick<LambdaRuntime, 'invoke'>;
  onFailureQueueUrl: string | undefined;
  /** Reading begins after this sequence number instead of at the mapping's starting position. */
  startAfter: string | undefined;
  /** The longest pause between two reads that find nothing. */
  idleMs: number;
  /** Told the sequence number up to which everything is done. */
  onProgress: (sequenceNumber: string) => void;
}

/** Reads one table's stream and hands its records to a function, shard by shard, parents before children. */
export class StreamMapping implements RunningMapping {
  received = 0;
  private readonly filter: RecordFilter;
  private readonly complaint: Complaint;
  private readonly open = new Map<string, Shard>();
  private readonly done = new Set<string>();
  private following: Promise<void> = Promise.resolve();
  private shardClosed: () => void = () => undefined;
  private first = true;
  private stopping = false;

  constructor(private readonly options: StreamMappingOptions) {
    this.filter = recordFilter(options.mapping.filters);
    this.complaint = new Complaint(options.mapping.logicalId);
  }

  /** Finds the shards and begins to read; throws if the stream cannot be described. */
  async start(): Promise<void> {
    const change = this.nextClosing();
    await this.openShards();
    this.following = this.follow(change);
  }

  async isDrained(): Promise<boolean> {
    const drained = await Promise.all([...this.open.values()].map((shard) => shard.isDrained()));
    return drained.length > 0 && drained.every(Boolean);
  }

  /** Something has been written to a table. */
  nudge(): void {
    for (const shard of this.open.values()) shard.nudge();
  }

  async stop(): Promise<void> {
    this.stopping = true;
    this.shardClosed();
    await atMost(
      stopPatienceMs,
      Promise.all([this.following, ...[...this.open.values()].map((shard) => shard.stop())]),
    );
  }

  /** Children appear when their parent closes; until then there is nothing to look for. */
  private async follow(firstClosing: Promise<void>): Promise<void> {
    for (let closing = firstClosing; ;) {
      await (this.open.size > 0 ? closing : sleep(1_000));
      if (this.stopping) return;
      closing = this.nextClosing();
      await this.openShards().catch((error: unknown) => this.complaint.say(error));
    }
  }

  private nextClosing(): Promise<void> {
    return new Promise((resolve) => {
      this.shardClosed = resolve;
    });
  }

  /** Opens every shard that is not being read and whose parent, if it is still known, has been processed. */
  private async openShards(): Promise<void> {
    const shards = await this.describe();
    const known = new Set(shards.map(({ ShardId }) => ShardId));
    const { startAfter, mapping } = this.options;
    for (const shard of shards) {
      const id = shard.ShardId;
      if (id === undefined || this.open.has(id) || this.done.has(id)) continue;
      const position = this.first
        ? firstPosition(shard, mapping.startingPosition, startAfter)
        : ({ type: 'TRIM_HORIZON' } as const);
      const parent = shard.ParentShardId;
      if (position === undefined) this.done.add(id);
      else if (parent === undefined || !known.has(parent) || this.done.has(parent)) this.read(id, position);
    }
    this.first = false;
  }

  private read(shardId: string, position: Position): void {
    const { mapping, region, calls } = this.options;
    const shard = new Shard({
      calls,
      shardId,
      position,
      mapping,
      region,
      filter: this.filter,
      complaint: this.complaint,
      idleMs: this.options.idleMs,
      deliver: (id, batch) => this.deliver(id, batch),
      onProgress: this.options.onProgress,
      onRead: (count) => {
        this.received += count;
      },
    });
    this.open.set(shardId, shard);
    void shard.run().then(() => {
      this.open.delete(shardId);
      this.done.add(shardId);
      this.shardClosed();
    });
  }

  private async deliver(shardId: string, batch: StreamItem[]): Promise<boolean> {
    const { mapping, invoker } = this.options;
    try {
      await deliverBatch(batch, mapping, {
        invoke: (items) =>
          invoker.invoke(mapping.functionArn, { Records: items.map(({ record }) => record) }, { waitForSlot: true }),
        discard: (discarded) => this.discard(shardId, discarded),
        pause: (ms) => this.pause(ms),
        stopping: () => this.stopping,
      });
    } catch (error) {
      // Only a stopping runtime refuses an invocation; the records stay in the stream.
      if (!this.stopping) this.complaint.say(error);
      return false;
    }
    // A batch that ends because all is ending may have left something; it comes again.
    return !this.stopping;
  }

  /**
   * As on Lambda, records are lost if there is no destination or it cannot be told; here at least the console says so.
   */
  private async discard(shardId: string, discarded: Discarded): Promise<void> {
    const { mapping, calls, onFailureQueueUrl } = this.options;
    if (onFailureQueueUrl === undefined) {
      console.error(
        `Mapping ${mapping.logicalId}: ${discarded.items.length} records given up (${discarded.condition}), and no on-failure destination to tell`,
      );
      return;
    }
    const message = failureMessage({ ...mapping, shardId }, discarded);
    try {
      await sendFailure(calls, onFailureQueueUrl, message, (ms) => this.pause(ms));
    } catch (error) {
      console.error(
        `Mapping ${mapping.logicalId}: the on-failure destination could not be told of ${discarded.items.length} records:`,
        error,
      );
    }
  }

  private async pause(ms: number): Promise<void> {
    for (const end = Date.now() + ms; !this.stopping && Date.now() < end;) await sleep(Math.min(100, ms));
  }

  private async describe(): Promise<ShardDescription[]> {
    const shards: ShardDescription[] = [];
    let after: string | undefined;
    do {
      const { StreamDescription } = await this.options.calls.call<DescribeStreamOutput>(
        'DynamoDBStreams_20120810.DescribeStream',
        { StreamArn: this.options.mapping.streamArn, ExclusiveStartShardId: after },
      );
      shards.push(...(StreamDescription?.Shards ?? []));
      after = StreamDescription?.LastEvaluatedShardId;
    } while (after !== undefined);
    return shards;
  }
}

/** Where reading begins in a shard found at the start; undefined when it lies wholly before that. */
function firstPosition(
  shard: ShardDescription,
  starting: 'TRIM_HORIZON' | 'LATEST',
  startAfter: string | undefined,
): Position | undefined {
  const from = shard.SequenceNumberRange?.StartingSequenceNumber;
  const to = shard.SequenceNumberRange?.EndingSequenceNumber;
  if (startAfter !== undefined) {
    if (to !== undefined && BigInt(to) <= BigInt(startAfter)) return undefined;
    if (from !== undefined && BigInt(from) > BigInt(startAfter)) return { type: 'TRIM_HORIZON' };
    return { type: 'AFTER_SEQUENCE_NUMBER', sequenceNumber: startAfter };
  }
  if (starting === 'LATEST' && to !== undefined) return undefined;
  return { type: starting };
}
