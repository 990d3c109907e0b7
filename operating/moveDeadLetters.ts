import { setTimeout as pause } from 'node:timers/promises';
import { deadLetterQueueOf } from '../functions/pipeline/deadLetters.ts';
import { sqsDeadLetters } from '../functions/ports/deadLetters/sqs.ts';
import { sqsQueueFacts } from '../functions/ports/queueFacts/sqs.ts';
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
 * Has SQS move the dead letters of a queue back to it, and says how far it is. A move that is under way already is
 * waited for.
 * @returns how many were moved
 * @throws Error if SQS gives the move up
 */
export const moveDeadLetters = async (
  { sqs, queueUrlPrefix }: Target,
  queue: string,
  { say, perSecond, quiet }: Options,
): Promise<number> => {
  const deadLetters = sqsDeadLetters(sqs, queueUrlPrefix);
  const place = deadLetterQueueOf(queue);
  if ((await deadLetters.latestMove(place))?.status === 'RUNNING') {
    say('a move is under way already');
  } else {
    const { waiting } = await sqsQueueFacts(sqs, queueUrlPrefix).read(place);
    if (waiting === 0) {
      if (!quiet) say('there are no dead letters');
      return 0;
    }
    say(`about ${waiting} dead letters`);
    await deadLetters.move(place, queue, perSecond);
  }
  let said = -1;
  for (;;) {
    const { status, moved, total, failure } = (await deadLetters.latestMove(place)) ?? starting;
    if (status === 'COMPLETED') {
      say(`${moved} brought back`);
      return moved;
    }
    if (status !== 'RUNNING')
      throw new Error(`${queue}: the move ended ${status} after ${moved}: ${failure ?? 'no reason given'}`);
    if (moved !== said) say(`${moved} of about ${total}`);
    said = moved;
    await pause(lookEvery);
  }
};

/** What SQS has begun and does not list yet. */
const starting = { status: 'RUNNING', moved: 0, total: 0, failure: undefined } as const;
