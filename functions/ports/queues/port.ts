import { Failure } from '../../runtime/failure.ts';

/** The message itself is at fault (its size, say): no queue will ever take it. */
export class MessageRefused extends Failure {
  override readonly name: string = 'MessageRefused';
}

/** What is to be sent. */
export interface QueueMessage {
  /** At most 256 KB. */
  body: string;
  /**
   * Whose it is: the queue deals its messages out fairly among senders, so that one with many holds up nobody but
   * itself.
   */
  sender: string;
}

/** A message that its queue did not take. */
export interface SendFailure {
  /** Position in the messages given. */
  index: number;
  /** A `MessageRefused` where another try would not help. */
  error: Error;
}

/** The queues, by their logical names, as in `executeCreateUserQueue`. */
export interface Queues {
  /**
   * Sends messages to one queue in as few calls as the service allows, and again what it did not take for reasons of
   * its own.
   * @param delaySeconds how long the queue keeps them back, at most 900
   * @returns those that could not be sent; the others were. Does not throw for single messages
   */
  send(queue: string, messages: QueueMessage[], delaySeconds?: number): Promise<SendFailure[]>;
}
