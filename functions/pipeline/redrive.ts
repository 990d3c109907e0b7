import { momentText } from '../../domain/kernel/values/moment.ts';
import type { Redrive } from '../../generated/schema.ts';
import type { DeadLetters, Move } from '../ports/deadLetters/port.ts';
import { deadLetterQueueOf } from './deadLetters.ts';

export interface RedrivePorts {
  deadLetters: DeadLetters;
  /** Milliseconds since the epoch. */
  now(): number;
}

/**
 * Has the dead letters of a queue brought back to it. Asked for again while that is under way, it tells how far it is.
 */
export const redrive = async (queue: string, { deadLetters, now }: RedrivePorts): Promise<Redrive> => {
  const place = deadLetterQueueOf(queue);
  const before = await deadLetters.latestMove(place);
  if (before?.status === 'RUNNING') return redriveOf(before);
  await deadLetters.move(place, queue);
  const latest = await deadLetters.latestMove(place);
  // SQS may not list yet what it has just begun.
  const isNew = latest && latest.startedAt !== before?.startedAt;
  return redriveOf(isNew ? latest : { status: 'RUNNING', moved: 0, total: 0, startedAt: now() });
};

export const redriveOf = ({ status, moved, total, startedAt, failure = '' }: Move): Redrive => ({
  status,
  moved,
  total,
  startedAt: momentText(startedAt),
  failure: failure || null,
});
