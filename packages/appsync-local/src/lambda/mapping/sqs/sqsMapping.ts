import type { DeleteMessageBatchResult, GetQueueAttributesResult, ReceiveMessageResult } from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';
import type { FunctionInvoker, RoleCalls, SqsMappingModel, Wire } from '../../../model.ts';
import { invocationsIn, mostInvocations } from '../../lineage.ts';
import { batchLength, jsonBytes } from '../batchSize.ts';
import { reportedFailures } from '../batchResponse.ts';
import { atMost, Complaint, sleep, stopPatienceMs, type RunningMapping } from '../runningMapping.ts';
import { type Message, sqsRecord } from './sqsRecord.ts';
import { Throttle } from './throttle.ts';

export interface SqsMappingOptions {
  mapping: SqsMappingModel;
  queueUrl: string;
  region: string;
  /** With the credentials of the function's role. */
  calls: RoleCalls;
  invoker: FunctionInvoker;
  /** Whether a chain in which the function runs again and again may go on. */
  recursionAllowed: boolean;
}

/** Long polls last as long as SQS lets them; stopping aborts one, which takes nothing. */
const pollSeconds = 20;
/** What Lambda begins with where the mapping sets no maximum. */
const defaultConcurrency = 5;
const receiveLimit = 10;

/**
 * Polls one queue and hands its messages to a function in batches, as many at a time as the mapping's concurrency
 * allows.
 */
export class SqsMapping implements RunningMapping {
  received = 0;
  private readonly throttle: Throttle;
  private readonly inFlight = new Set<Promise<void>>();
  private readonly complaint: Complaint;
  private readonly loops: Complaint;
  private readonly polling: Promise<void>;
  private slotFreed: () => void = () => undefined;
  private readonly stopped = new AbortController();
  private stopping = false;

  constructor(private readonly options: SqsMappingOptions) {
    this.throttle = new Throttle(options.mapping.maximumConcurrency ?? defaultConcurrency);
    this.complaint = new Complaint(options.mapping.logicalId);
    this.loops = new Complaint(options.mapping.logicalId);
    this.polling = this.poll();
  }

  async isDrained(): Promise<boolean> {
    if (this.inFlight.size > 0) return false;
    const counters = [
      'ApproximateNumberOfMessages',
      'ApproximateNumberOfMessagesNotVisible',
      'ApproximateNumberOfMessagesDelayed',
    ] as const;
    try {
      const { Attributes } = await this.call<GetQueueAttributesResult>('GetQueueAttributes', {
        AttributeNames: counters,
      });
      return this.inFlight.size === 0 && counters.every((counter) => Attributes?.[counter] === '0');
    } catch (error) {
      this.complaint.say(error);
      return false;
    }
  }

  async stop(): Promise<void> {
    this.stopping = true;
    this.stopped.abort();
    this.slotFreed();
    await atMost(
      stopPatienceMs,
      this.polling.then(() => Promise.all(this.inFlight)),
    );
  }

  /** One poller is enough: a receive takes milliseconds, and what it brings is processed beside the next. */
  private async poll(): Promise<void> {
    while (!this.stopping) {
      // Without a slot nothing is received: messages would wait here while their visibility timeout runs.
      if (this.inFlight.size >= this.throttle.allowed) {
        await new Promise<void>((resolve) => {
          this.slotFreed = resolve;
        });
        continue;
      }
      await this.throttle.pause();
      const messages = await this.gather();
      if (messages.length > 0) this.begin(messages);
    }
  }

  private begin(messages: Message[]): void {
    this.received += messages.length;
    const work = this.process(messages)
      .catch((error: unknown) => {
        if (!this.stopping) this.complaint.say(error);
      })
      .finally(() => {
        this.inFlight.delete(work);
        this.slotFreed();
      });
    this.inFlight.add(work);
  }

  /** The messages of one batch: one receive, or as many as fit into the batching window. */
  private async gather(): Promise<Message[]> {
    const { batchSize, windowSeconds } = this.options.mapping;
    const messages = await this.receive(batchSize, pollSeconds);
    if (messages.length === 0 || windowSeconds === 0) return messages;
    const closes = Date.now() + windowSeconds * 1000;
    for (
      let left = windowSeconds * 1000;
      left > 0 && messages.length < batchSize && !this.stopping;
      left = closes - Date.now()
    ) {
      // Waits are whole seconds; the last fraction is filled with short polls.
      const more = await this.receive(batchSize - messages.length, Math.min(pollSeconds, Math.floor(left / 1000)));
      messages.push(...more);
      if (more.length === 0 && left < 1000) await sleep(Math.min(left, 100));
    }
    return messages;
  }

  private call<Output>(operation: string, input: object, signal?: AbortSignal): Promise<Wire<Output>> {
    const { calls, queueUrl } = this.options;
    return calls.call(`AmazonSQS.${operation}`, { QueueUrl: queueUrl, ...input }, signal);
  }

  private async receive(limit: number, waitSeconds: number): Promise<Message[]> {
    try {
      const { Messages } = await this.call<ReceiveMessageResult>(
        'ReceiveMessage',
        {
          MaxNumberOfMessages: Math.min(limit, receiveLimit),
          WaitTimeSeconds: waitSeconds,
          MessageSystemAttributeNames: ['All'],
          MessageAttributeNames: ['All'],
        },
        this.stopped.signal,
      );
      this.complaint.over();
      return Messages ?? [];
    } catch (error) {
      if (this.stopping) return [];
      this.complaint.say(error);
      await sleep(500);
      return [];
    }
  }

  /** Messages too large for one invocation together go in several, one after another. */
  private async process(messages: Message[]): Promise<void> {
    const { mapping, region } = this.options;
    const sized = messages.map((message) => {
      const record = sqsRecord(message, mapping.queueArn, region);
      return { record, bytes: jsonBytes(record) };
    });
    while (sized.length > 0) {
      const batch = sized.splice(
        0,
        batchLength(sized, mapping.batchSize, ({ bytes }) => bytes),
      );
      await this.deliver(batch.map(({ record }) => record));
    }
  }

  /** Invokes the function and deletes what succeeded; the rest comes back when its visibility timeout is over. */
  private async deliver(received: SQSRecord[]): Promise<void> {
    const { mapping, invoker } = this.options;
    const records = received.filter((record) => !this.isLoop(record));
    if (records.length === 0) return;
    const traces = records.map(({ attributes }) => attributes.AWSTraceHeader);
    const result = await invoker.invoke(mapping.functionArn, { Records: records }, { traces });
    if (!result.ok && result.errorType === 'TooManyRequests') return this.throttle.throttled();
    this.throttle.over();
    if (!result.ok) return;
    const failed = mapping.reportBatchItemFailures
      ? reportedFailures(result.payload, new Set(records.map(({ messageId }) => messageId)))
      : new Set<string>();
    if (failed === 'all') return;
    const done = records.filter(({ messageId }) => !failed.has(messageId));
    while (done.length > 0) await this.delete(done.splice(0, receiveLimit).map(({ receiptHandle }) => receiptHandle));
  }

  /**
   * Lambda refuses to invoke a function for what that function itself has caused too often
   * (RecursiveInvocationException).
   */
  private isLoop({ messageId, attributes }: SQSRecord): boolean {
    const { mapping, recursionAllowed } = this.options;
    if (recursionAllowed || invocationsIn(attributes.AWSTraceHeader, mapping.functionArn) < mostInvocations)
      return false;
    this.loops.say(
      new Error(
        `message ${messageId} is not handled: its chain has invoked ${mapping.functionArn} ${mostInvocations} times, which Lambda takes for a loop (unless the function has RecursiveLoop: Allow)`,
      ),
    );
    return true;
  }

  /** A message that cannot be deleted is delivered again, which at-least-once allows. */
  private async delete(receiptHandles: string[]): Promise<void> {
    let left = receiptHandles;
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      const { Failed = [] } = await this.call<Partial<DeleteMessageBatchResult>>('DeleteMessageBatch', {
        Entries: left.map((ReceiptHandle, index) => ({ Id: String(index), ReceiptHandle })),
      });
      left = Failed.filter(({ SenderFault }) => !SenderFault).flatMap(({ Id }) => left[Number(Id)] ?? []);
      if (left.length === 0) return;
      await sleep(100 * attempt);
    }
    this.complaint.say(new Error(`${left.length} processed messages could not be deleted and will be delivered again`));
  }
}
