import { SendMessageBatchCommand, type SendMessageBatchRequestEntry, type SQSClient } from '@aws-sdk/client-sqs';
import { errorOf, mapBounded } from '../../runtime/concurrency.ts';
import { pause, servicePolicy } from '../../runtime/retry.ts';
import { MessageRefused, type QueueMessage, type Queues, type SendFailure } from './port.ts';
import { Failure } from '../../runtime/failure.ts';

/** What one SendMessageBatch takes: entries, and bytes of all bodies together. */
const mostEntries = 10;
const mostBytes = 256 * 1024;
const concurrentCalls = 10;
/** What a message group's name may have. */
const longestGroup = 128;

/** @param urlPrefix a queue's URL is this with its logical name behind it */
export const sqsQueues = (client: SQSClient, urlPrefix: string): Queues => ({
  send: async (queue, messages, delaySeconds) => {
    // Side by side, so that one call that hangs does not add up with others.
    const failures = await mapBounded(batchesOf(messages, delaySeconds), concurrentCalls, (batch) =>
      sendBatch(client, urlPrefix + queue, batch),
    );
    return failures.flat();
  },
});

/**
 * In the letters that a group's name takes; the end of a long name, where names differ most. Resolvers name them so
 * too.
 */
const groupOf = (sender: string): string => Buffer.from(sender).toString('base64').slice(-longestGroup);

/** An entry's id is the message's position; SQS allows digits. */
const batchesOf = (messages: QueueMessage[], delaySeconds?: number): SendMessageBatchRequestEntry[][] => {
  const batches: SendMessageBatchRequestEntry[][] = [];
  let bytes = 0;
  for (const [index, { body, sender }] of messages.entries()) {
    const size = Buffer.byteLength(body);
    const last = batches[batches.length - 1];
    const entry = {
      Id: String(index),
      MessageBody: body,
      MessageGroupId: groupOf(sender),
      ...(delaySeconds && { DelaySeconds: delaySeconds }),
    };
    if (last && last.length < mostEntries && bytes + size <= mostBytes) {
      last.push(entry);
      bytes += size;
    } else {
      batches.push([entry]);
      bytes = size;
    }
  }
  return batches;
};

const sendBatch = async (
  client: SQSClient,
  url: string,
  batch: SendMessageBatchRequestEntry[],
): Promise<SendFailure[]> => {
  const failures: SendFailure[] = [];
  let left = batch;
  for (let attempt = 1; left.length > 0; attempt += 1) {
    const refusals = await trySend(client, url, left);
    const another =
      refusals.some(({ lasts }) => !lasts) && attempt < servicePolicy.attempts && (await pause(attempt, servicePolicy));
    const lasting = refusals.filter(({ lasts }) => lasts || !another);
    failures.push(...lasting.map(({ id, error }) => ({ index: Number(id), error })));
    const repeatable = new Set(refusals.filter((refusal) => !lasting.includes(refusal)).map(({ id }) => id));
    left = left.filter(({ Id }) => repeatable.has(Id));
  }
  return failures;
};

/** An entry that one call did not get through; `lasts`: another try would not help. */
interface Refusal {
  id: string | undefined;
  error: Error;
  lasts: boolean;
}

const trySend = async (client: SQSClient, url: string, batch: SendMessageBatchRequestEntry[]): Promise<Refusal[]> => {
  try {
    const { Failed } = await client.send(new SendMessageBatchCommand({ QueueUrl: url, Entries: batch }));
    return (Failed ?? []).map(({ Id, Code, SenderFault }) => {
      const message = `SQS refused the message: ${Code}`;
      return SenderFault
        ? { id: Id, error: new MessageRefused(message), lasts: true }
        : { id: Id, error: new Failure(message), lasts: false };
    });
  } catch (thrown) {
    const error = errorOf(thrown);
    // Batches are cut well below what a call takes, so a single message is what is too large.
    const refused =
      error.name === 'BatchRequestTooLong'
        ? new MessageRefused('SQS refused the message: it is too large', { cause: error })
        : error;
    // The client has retried what can be retried.
    return batch.map(({ Id }) => ({ id: Id, error: refused, lasts: true }));
  }
};
