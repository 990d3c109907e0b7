import { MessageRefused, type Queues } from './port.ts';

/** Queues in memory: any name of the given ones, or any at all. */
export interface MemoryQueues extends Queues {
  /** Queue → bodies, in the order sent. */
  sent: Map<string, string[]>;
}

/** Most bytes that the service takes in one message. */
const mostBytes = 1024 * 1024;

export const memoryQueues = (names?: readonly string[]): MemoryQueues => {
  const sent = new Map<string, string[]>();
  return {
    sent,
    send: async (queue, bodies) => {
      if (names && !names.includes(queue))
        return bodies.map((_, index) => ({ index, error: new Error(`The queue ${queue} does not exist`) }));
      const refused = bodies.flatMap((body, index) =>
        Buffer.byteLength(body) > mostBytes || body === ''
          ? [{ index, error: new MessageRefused('SQS refused the message') }]
          : [],
      );
      const taken = bodies.filter((_, index) => !refused.some((refusal) => refusal.index === index));
      sent.set(queue, [...(sent.get(queue) ?? []), ...taken]);
      return refused;
    },
  };
};
