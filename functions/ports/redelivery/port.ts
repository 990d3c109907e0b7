/** A message that is to come back. */
export interface Postponed {
  queueArn: string;
  receiptHandle: string;
  /** From now; 0: at once. */
  seconds: number;
}

/** When messages come back that were not handled. */
export interface Redelivery {
  /** Does not throw: a message whose time could not be set comes back after its queue's own. */
  postpone(messages: Postponed[]): Promise<void>;
}
