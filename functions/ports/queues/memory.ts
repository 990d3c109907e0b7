import { MessageRefused, type QueueMessage, type Queues } from './port.ts';

/** Queues in memory: any name of the given ones, or any at all. */
export interface MemoryQueues extends Queues {
  /** Queue → bodies, in the order sent. */
  sent: Map<string, string[]>;
  /** Queue → senders, likewise. */
  senders: Map<string, string[]>;
}

/** Most bytes that the service takes in one message. */
const mostBytes = 1024 * 1024;

export const memoryQueues = (names?: readonly string[]): MemoryQueues => {
  const sent = new Map<string, string[]>();
  const senders = new Map<string, string[]>();
  return {
    sent,
    senders,
    send: async (queue, messages) => {
      if (names && !names.includes(queue))
        return messages.map((_, index) => ({ index, error: new Error(`The queue ${queue} does not exist`) }));
      const refused = messages.flatMap(({ body }, index) =>
        Buffer.byteLength(body) > mostBytes || body === ''
          ? [{ index, error: new MessageRefused('SQS refused the message') }]
          : [],
      );
      const taken = messages.filter((_, index) => !refused.some((refusal) => refusal.index === index));
      const add = (to: Map<string, string[]>, of: (message: QueueMessage) => string) =>
        to.set(queue, [...(to.get(queue) ?? []), ...taken.map(of)]);
      add(sent, ({ body }) => body);
      add(senders, ({ sender }) => sender);
      return refused;
    },
  };
};
