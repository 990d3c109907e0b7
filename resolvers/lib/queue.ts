import { type Context, type HTTPRequest } from '@aws-appsync/utils';
import { unavailable } from './fail.ts';

/** A request of SQS's JSON protocol. */
export function sendMessage(queueUrl: string, message: Record<string, unknown>): HTTPRequest<Record<string, unknown>> {
  return {
    method: 'POST',
    resourcePath: '/',
    params: {
      headers: { 'Content-Type': 'application/x-amz-json-1.0', 'X-Amz-Target': 'AmazonSQS.SendMessage' },
      body: { QueueUrl: queueUrl, MessageBody: JSON.stringify(message) },
    },
  };
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
