import { util, type Context, type HTTPRequest } from '@aws-appsync/utils';
import type { CommandReceipt } from '../../../generated/schema.ts';
import { unavailable } from '../fail.ts';

/** A command on its way through the steps of its mutation. */
export interface CommandStash {
  /** Name of the operation's queue. */
  queue: string;
  message: Record<string, unknown>;
  receipt: CommandReceipt;
}

/** What a message group's name may have. */
const longestGroup = 128;

/**
 * A request of SQS's JSON protocol.
 * @param sender the queue deals its messages out fairly among those: who sends many waits behind who sends few
 */
export function sendMessage(
  queueUrl: string,
  message: Record<string, unknown>,
  sender: string,
): HTTPRequest<Record<string, unknown>> {
  return {
    method: 'POST',
    resourcePath: '/',
    params: {
      headers: { 'Content-Type': 'application/x-amz-json-1.0', 'X-Amz-Target': 'AmazonSQS.SendMessage' },
      body: { QueueUrl: queueUrl, MessageBody: JSON.stringify(message), MessageGroupId: groupOf(sender) },
    },
  };
}

/** In the letters that a group's name takes; the end of a long name, where names differ most. */
function groupOf(sender: string): string {
  const encoded = util.base64Encode(sender);
  return encoded.slice(encoded.length > longestGroup ? encoded.length - longestGroup : 0);
}

/** Refuses unless the queue confirmed the message: a status other than 200 is no error to AppSync. */
export function refuseUnsent(ctx: Context, message: string): void {
  if (ctx.error) {
    unavailable(message, 'QUEUE_UNAVAILABLE', ctx.error);
  }
  const { statusCode, body } = ctx.result;
  const answer = statusCode === 200 ? JSON.parse(body) : null;
  if (!answer || !answer.MessageId) {
    unavailable(message, 'QUEUE_UNAVAILABLE', { type: `HTTP:${statusCode}`, message: `${body}` });
  }
}
