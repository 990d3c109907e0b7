/** Why the function that takes from a queue could not handle a message. */
export interface Reason {
  messageId: string;
  /** As the log says it: nothing that may hold a value. */
  reason: string;
  /** Milliseconds since the epoch. */
  failedAt: number;
}

/** Why messages failed that are, or soon will be, dead letters. */
export interface Reasons {
  /** The latest of a message stands. Does not throw: what could not be recorded stands in the log all the same. */
  record(reasons: Reason[]): Promise<void>;
  /** Those that are known, in no order. */
  find(messageIds: string[]): Promise<Reason[]>;
}

/** Longer than any queue keeps a message. */
export const reasonSeconds = 15 * 24 * 60 * 60;
