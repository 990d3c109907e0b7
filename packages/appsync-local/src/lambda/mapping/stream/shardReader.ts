import type { GetRecordsOutput, GetShardIteratorOutput } from '@aws-sdk/client-dynamodb-streams';
import type { RoleCalls } from '../../../model.ts';
import { sleep, type Complaint } from '../runningMapping.ts';
import type { EngineRecord } from './streamRecord.ts';

/** Where in a shard reading begins. */
export type Position = { type: 'TRIM_HORIZON' | 'LATEST' } | { type: 'AFTER_SEQUENCE_NUMBER'; sequenceNumber: string };

export interface ShardReaderOptions {
  calls: RoleCalls;
  streamArn: string;
  shardId: string;
  position: Position;
  /** Takes what was read; the next read waits for it. */
  accept: (records: EngineRecord[]) => Promise<void>;
  complaint: Complaint;
  /** The pause doubles with each empty read, up to this. */
  idleMs: number;
}

const readLimit = 1000;
/** Pause between two reads while records come. */
const activeMs = 50;
/** Even when called, reads are this far apart. */
const leastMs = 10;

/** Reads one shard from a position to its end, which an open shard never has. */
export class ShardReader {
  private position: Position;
  private readonly askers: Array<(empty: boolean) => void> = [];
  private wake: () => void = () => undefined;
  private nudged = false;
  private stopping = false;

  constructor(private readonly options: ShardReaderOptions) {
    this.position = options.position;
  }

  /** Resolves when the shard is closed and read to its end, or after `stop`. */
  async run(): Promise<void> {
    let iterator: string | undefined;
    let open = true;
    let pause = activeMs;
    while (open && !this.stopping) {
      const started = performance.now();
      const askers = this.askers.splice(0);
      this.nudged = false;
      let count = 0;
      try {
        iterator ??= await this.iterator();
        const page = await this.options.calls.call<GetRecordsOutput>('DynamoDBStreams_20120810.GetRecords', {
          ShardIterator: iterator,
          Limit: readLimit,
        });
        const records = page.Records ?? [];
        count = records.length;
        await this.options.accept(records);
        this.remember(records.at(-1));
        iterator = page.NextShardIterator;
        open = iterator !== undefined;
        this.options.complaint.over();
      } catch (error) {
        iterator = undefined;
        this.recover(error);
        // Not known to be empty: whoever asks must ask again.
        count = -1;
      }
      askers.forEach((tell) => tell(count === 0));
      pause = count > 0 ? activeMs : count < 0 ? 500 : Math.min(this.options.idleMs, pause * 2);
      if (open && count < readLimit) await this.rest(pause, count === 0, started);
    }
    this.askers.splice(0).forEach((tell) => tell(!open));
  }

  /** Whether a read that begins after this call finds nothing. */
  isAtEnd(): Promise<boolean> {
    if (this.stopping) return Promise.resolve(false);
    return new Promise((resolve) => {
      this.askers.push(resolve);
      this.nudge();
    });
  }

  /** There may be something to read: an idle reader looks at once. */
  nudge(): void {
    this.nudged = true;
    this.wake();
  }

  stop(): void {
    this.stopping = true;
    this.nudge();
  }

  private async iterator(): Promise<string> {
    const { calls, streamArn, shardId } = this.options;
    const position = this.position;
    const { ShardIterator } = await calls.call<GetShardIteratorOutput>('DynamoDBStreams_20120810.GetShardIterator', {
      StreamArn: streamArn,
      ShardId: shardId,
      ShardIteratorType: position.type,
      ...(position.type === 'AFTER_SEQUENCE_NUMBER' && { SequenceNumber: position.sequenceNumber }),
    });
    if (ShardIterator === undefined) throw new Error(`shard ${shardId} gave no iterator`);
    return ShardIterator;
  }

  private remember(last: EngineRecord | undefined): void {
    const sequenceNumber = last?.dynamodb?.SequenceNumber;
    if (sequenceNumber !== undefined) this.position = { type: 'AFTER_SEQUENCE_NUMBER', sequenceNumber };
  }

  /** An expired iterator is simply got again; what was trimmed away is gone; anything else is tried again and told. */
  private recover(error: unknown): void {
    const name = error instanceof Error ? error.name : '';
    if (name === 'ExpiredIteratorException') return;
    if (name === 'TrimmedDataAccessException') this.position = { type: 'TRIM_HORIZON' };
    if (!this.stopping) this.options.complaint.say(error);
  }

  /**
   * Pauses; a nudge cuts the pause short if the last read found nothing (a busy shard keeps its pace, and its batches).
   */
  private async rest(ms: number, idle: boolean, lastRead: number): Promise<void> {
    const pause = new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.wake = () => {
        if (!idle && !this.stopping && this.askers.length === 0) return;
        clearTimeout(timer);
        resolve();
      };
    });
    if (this.nudged) this.wake();
    await pause;
    this.wake = () => undefined;
    const early = leastMs - (performance.now() - lastRead);
    if (early > 0 && !this.stopping) await sleep(early);
  }
}
