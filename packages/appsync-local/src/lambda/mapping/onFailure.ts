import { randomUUID } from 'node:crypto';
import type { RoleCalls } from '../../model.ts';
import type { Discarded } from './stream/streamDelivery.ts';
import type { StreamItem } from './stream/streamRecord.ts';

export interface FailureSource {
  functionArn: string;
  streamArn: string;
  shardId: string;
}

/**
 * What Lambda sends to a stream mapping's on-failure destination: where the records stand in the stream, not the
 * records.
 */
export function failureMessage(source: FailureSource, discarded: Discarded): Record<string, unknown> {
  const { items, condition, invocations, functionError } = discarded;
  const first = items[0];
  const last = items.at(-1);
  return {
    requestContext: {
      requestId: discarded.requestId ?? randomUUID(),
      functionArn: source.functionArn,
      condition,
      approximateInvokeCount: invocations,
    },
    ...(invocations > 0 && {
      responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: functionError ?? null },
    }),
    version: '1.0',
    timestamp: new Date().toISOString(),
    DDBStreamBatchInfo: {
      shardId: source.shardId,
      startSequenceNumber: first?.sequenceNumber,
      endSequenceNumber: last?.sequenceNumber,
      approximateArrivalOfFirstRecord: arrival(first),
      approximateArrivalOfLastRecord: arrival(last),
      batchSize: items.length,
      streamArn: source.streamArn,
    },
  };
}

/** Sends the message, trying again for a while; throws when it will not go. */
export async function sendFailure(
  calls: RoleCalls,
  queueUrl: string,
  message: Record<string, unknown>,
  pause: (ms: number) => Promise<void>,
): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await calls.call('AmazonSQS.SendMessage', { QueueUrl: queueUrl, MessageBody: JSON.stringify(message) });
      return;
    } catch (error) {
      if (attempt === 5) throw error;
      await pause(100 * 2 ** attempt);
    }
  }
}

/** Lambda writes these without milliseconds. */
function arrival(item: StreamItem | undefined): string | undefined {
  const seconds = item?.record.dynamodb?.ApproximateCreationDateTime;
  return seconds === undefined ? undefined : new Date(seconds * 1000).toISOString().replace(/\.\d+Z$/, 'Z');
}
