import { randomUUID } from 'node:crypto';
import { maximumMessage } from './attributes.ts';
import { invalidValue, SqsError } from './error.ts';
import {
  asksFor,
  attributesOf,
  bodyOf,
  groupOf,
  numberOf,
  receiptHandle,
  receiptOf,
  traceOf,
  type Body,
} from './input.ts';
import { md5, md5OfAttributes, sizeOf, type Message } from './message.ts';
import type { QueueAttributes } from './attributes.ts';
import type { Queue } from './queue.ts';

/** A queue with its attributes as they are now. */
export interface KnownQueue {
  queue: Queue;
  attributes: QueueAttributes;
}

/** Who sends a message, and in the course of what. */
interface Origin {
  sender: string;
  trace: string | undefined;
}

const longestVisibility = 43_200;

export function send({ queue, attributes }: KnownQueue, input: Body, from: Origin): Body {
  const message = messageOf(queue, input, from);
  const most = Number(attributes['MaximumMessageSize']);
  if (sizeOf(message) > most) invalidValue('', 'MessageBody', `Message must be shorter than ${most} bytes.`);
  queue.put(message);
  return {
    MessageId: message.id,
    MD5OfMessageBody: message.md5,
    ...(Object.keys(message.attributes).length > 0 && { MD5OfMessageAttributes: md5OfAttributes(message.attributes) }),
  };
}

function messageOf(queue: Queue, input: Body, { sender, trace: carried }: Origin): Message {
  const body = bodyOf(input);
  const delay = numberOf(input, 'DelaySeconds', 0, 900);
  const group = groupOf(input);
  const trace = traceOf(input) ?? carried;
  const now = Date.now();
  const delayMs = delay === undefined ? queue.settings.delayMs : delay * 1_000;
  return {
    id: randomUUID(),
    body,
    md5: md5(body),
    attributes: attributesOf(input),
    ...(trace === undefined ? {} : { trace }),
    ...(group === undefined ? {} : { group }),
    sender,
    sentAt: now,
    receives: 0,
    visibleAt: delayMs === 0 ? 0 : now + delayMs,
  };
}

/** Of a batch, everything together may be no larger than one message may be. */
export function checkBatchSize(entries: readonly Body[]): void {
  const bytes = entries.reduce(
    (sum, entry) =>
      sum +
      sizeOf({
        body: String(entry['MessageBody'] ?? ''),
        attributes: (entry['MessageAttributes'] ?? {}) as Message['attributes'],
      }),
    0,
  );
  if (bytes > maximumMessage)
    throw new SqsError(
      'BatchRequestTooLong',
      `Batch requests cannot be longer than ${maximumMessage} bytes. You have sent ${bytes} bytes.`,
    );
}

export async function receive({ queue, attributes }: KnownQueue, input: Body, signal?: AbortSignal): Promise<Body> {
  const most = numberOf(input, 'MaxNumberOfMessages', 1, 10) ?? 1;
  const wait = numberOf(input, 'WaitTimeSeconds', 0, 20) ?? Number(attributes['ReceiveMessageWaitTimeSeconds']);
  const visibility = numberOf(input, 'VisibilityTimeout', 0, longestVisibility);
  const visibilityMs = visibility === undefined ? queue.settings.visibilityMs : visibility * 1_000;
  const messages = await queue.receive(most, wait * 1_000, visibilityMs, signal);
  if (messages.length === 0) return {};
  return { Messages: messages.map((message) => received(message, input)) };
}

function received(message: Message, input: Body): Body {
  const system = Object.entries(systemAttributes(message)).filter(
    ([name, value]) =>
      value !== undefined &&
      (asksFor(input['AttributeNames'], name) || asksFor(input['MessageSystemAttributeNames'], name)),
  );
  const own = Object.entries(message.attributes).filter(([name]) => asksFor(input['MessageAttributeNames'], name));
  return {
    MessageId: message.id,
    ReceiptHandle: receiptHandle(message.id, message.receipt ?? ''),
    MD5OfBody: message.md5,
    Body: message.body,
    ...(system.length > 0 && { Attributes: Object.fromEntries(system) }),
    ...(own.length > 0 && {
      MessageAttributes: Object.fromEntries(own),
      MD5OfMessageAttributes: md5OfAttributes(Object.fromEntries(own)),
    }),
  };
}

const systemAttributes = (message: Message): Record<string, string | undefined> => ({
  SenderId: message.sender,
  SentTimestamp: String(message.sentAt),
  ApproximateReceiveCount: String(message.receives),
  ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt),
  MessageGroupId: message.group,
  AWSTraceHeader: message.trace,
  DeadLetterQueueSourceArn: message.deadLetterOf,
});

export function remove({ queue }: KnownQueue, input: Body): Body {
  const { id, receipt } = receiptOf(input);
  queue.delete(id, receipt);
  return {};
}

export function changeVisibility({ queue }: KnownQueue, input: Body, mostSeconds: number): Body {
  const { id, receipt } = receiptOf(input);
  const seconds = numberOf(input, 'VisibilityTimeout', 0, longestVisibility);
  if (seconds === undefined)
    throw new SqsError('MissingParameter', 'The request must contain the parameter VisibilityTimeout.');
  if (!queue.changeVisibility(id, receipt, Math.min(seconds, mostSeconds) * 1_000))
    throw new SqsError('MessageNotInflight', 'The message referred to is not in flight.');
  return {};
}
