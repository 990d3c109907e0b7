import {
  GetQueueAttributesCommand,
  ListMessageMoveTasksCommand,
  type ListMessageMoveTasksResultEntry,
  ReceiveMessageCommand,
  type SQSClient,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs';
import type { RedriveStatus } from '../../../generated/schema.ts';
import { errorOf } from '../../runtime/concurrency.ts';
import type { DeadLetters, Letter, Move } from './port.ts';

/** What one look takes, and how many are taken at most: SQS shows some of what there is, others the next time. */
const mostAtOnce = 10;
const mostLooks = 15;

/** @param urlPrefix a queue's URL is this with its logical name behind it */
export const sqsDeadLetters = (client: SQSClient, urlPrefix: string): DeadLetters => {
  const arnOf = async (queue: string): Promise<string> => {
    const { Attributes = {} } = await client.send(
      new GetQueueAttributesCommand({ QueueUrl: urlPrefix + queue, AttributeNames: ['QueueArn'] }),
    );
    return String(Attributes['QueueArn']);
  };
  return {
    sample: async (queue, most) => {
      const found = new Map<string, Letter>();
      for (let looks = 0, before = -1; looks < mostLooks && found.size < most && found.size > before; looks += 1) {
        before = found.size;
        for (const letter of await look(client, urlPrefix + queue)) found.set(letter.messageId, letter);
      }
      return [...found.values()].slice(0, most);
    },
    move: async (from, to, perSecond) => {
      const [SourceArn, DestinationArn] = await Promise.all([arnOf(from), arnOf(to)]);
      try {
        await client.send(
          new StartMessageMoveTaskCommand({ SourceArn, DestinationArn, MaxNumberOfMessagesPerSecond: perSecond }),
        );
      } catch (error) {
        // There is one already.
        if (!/UnsupportedOperation/.test(errorOf(error).name)) throw error;
      }
    },
    latestMove: async (queue) => {
      const SourceArn = await arnOf(queue);
      const { Results = [] } = await client.send(new ListMessageMoveTasksCommand({ SourceArn, MaxResults: 1 }));
      return Results[0] && moveOf(Results[0]);
    },
  };
};

/**
 * A look hides nothing from anybody: without visibility time-out, a message stays to be moved, or looked at, all the
 * time.
 */
const look = async (client: SQSClient, QueueUrl: string): Promise<Letter[]> => {
  const { Messages = [] } = await client.send(
    new ReceiveMessageCommand({
      QueueUrl,
      MaxNumberOfMessages: mostAtOnce,
      VisibilityTimeout: 0,
      // Asks all of SQS's servers; otherwise some, which may have none.
      WaitTimeSeconds: 1,
      MessageSystemAttributeNames: ['SentTimestamp', 'ApproximateReceiveCount'],
    }),
  );
  return Messages.map(({ MessageId = '', Body = '', Attributes = {} }) => ({
    messageId: MessageId,
    body: Body,
    sentAt: Number(Attributes.SentTimestamp),
    receives: Number(Attributes.ApproximateReceiveCount),
  }));
};

const statuses: Record<string, RedriveStatus> = {
  RUNNING: 'RUNNING',
  COMPLETED: 'COMPLETED',
  CANCELLING: 'CANCELLED',
  CANCELLED: 'CANCELLED',
};

const moveOf = (task: ListMessageMoveTasksResultEntry): Move => {
  const moved = task.ApproximateNumberOfMessagesMoved ?? 0;
  return {
    status: statuses[task.Status ?? ''] ?? 'FAILED',
    moved,
    total: task.ApproximateNumberOfMessagesToMove ?? moved,
    startedAt: task.StartedTimestamp ?? 0,
    ...(task.FailureReason && { failure: task.FailureReason }),
  };
};
