import {
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListMessageMoveTasksCommand,
  type ListMessageMoveTasksResultEntry,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs';
import { setTimeout as pause } from 'node:timers/promises';
import type { Target } from './target.ts';

interface Options {
  say: (text: string) => void;
  /** Most messages a second; left out: as SQS sees fit. */
  perSecond?: number | undefined;
  /** Says nothing of a queue without dead letters. */
  quiet?: boolean;
}

/** Between two looks at a move, in milliseconds. */
const lookEvery = 500;

/**
 * Has SQS move the dead letters of a queue back to it, and says how far it is. A move that is under way already is waited for.
 * @returns how many were moved
 * @throws Error if SQS gives the move up
 */
export const moveDeadLetters = async (
  { sqs, stackName }: Target,
  queue: string,
  { say, perSecond, quiet }: Options,
): Promise<number> => {
  const { arn, messages } = await deadLettersOf({ sqs, stackName }, queue);
  const latest = async (): Promise<ListMessageMoveTasksResultEntry | undefined> =>
    (await sqs.send(new ListMessageMoveTasksCommand({ SourceArn: arn, MaxResults: 1 }))).Results?.[0];

  if ((await latest())?.Status === 'RUNNING') {
    say('a move is under way already');
  } else if (messages === 0) {
    if (!quiet) say('there are no dead letters');
    return 0;
  } else {
    say(`about ${messages} dead letters`);
    await sqs.send(
      new StartMessageMoveTaskCommand({
        SourceArn: arn,
        ...(perSecond !== undefined && { MaxNumberOfMessagesPerSecond: perSecond }),
      }),
    );
  }
  let said = -1;
  for (;;) {
    const task = await latest();
    const moved = task?.ApproximateNumberOfMessagesMoved ?? 0;
    if (task?.Status === 'COMPLETED') {
      say(`${moved} brought back`);
      return moved;
    }
    if (task && task.Status !== 'RUNNING')
      throw new Error(
        `${queue}: the move ended ${task.Status} after ${moved}: ${task.FailureReason ?? 'no reason given'}`,
      );
    if (moved !== said) say(`${moved} of about ${task?.ApproximateNumberOfMessagesToMove ?? messages}`);
    said = moved;
    await pause(lookEvery);
  }
};

const deadLettersOf = async ({ sqs, stackName }: Target, queue: string): Promise<{ arn: string; messages: number }> => {
  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: `${stackName}-${queue}Dlq` }));
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn', 'ApproximateNumberOfMessages'] }),
  );
  return { arn: String(Attributes['QueueArn']), messages: Number(Attributes['ApproximateNumberOfMessages'] ?? 0) };
};
