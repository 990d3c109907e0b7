import type { RedriveStatus } from '../../../generated/schema.ts';

/** A message that lies in a dead-letter queue. Times are milliseconds since the epoch. */
export interface Letter {
  messageId: string;
  body: string;
  /** When it was first sent: it is kept for fourteen days from then. */
  sentAt: number;
  /** How often it was received, looks at it included. */
  receives: number;
}

/** How far the messages of a dead-letter queue have been moved out of it. */
export interface Move {
  status: RedriveStatus;
  moved: number;
  total: number;
  startedAt: number;
  /** Why it ended before its time. */
  failure?: string;
}

/** Dead-letter queues by their logical names, as in `createUserQueueDlq`. */
export interface DeadLetters {
  /**
   * Some of a queue's messages, at most so many: all of them where they are few. They stay, to be had by anybody at any
   * time.
   */
  sample(deadLetterQueue: string, most: number): Promise<Letter[]>;
  /**
   * Begins to move all of its messages to a queue; where that is under way already, nothing happens.
   * @param perSecond at most so many; left out: as fast as SQS can
   */
  move(deadLetterQueue: string, queue: string, perSecond?: number): Promise<void>;
  /** The latest move out of a queue; undefined if there was none lately. */
  latestMove(deadLetterQueue: string): Promise<Move | undefined>;
}
