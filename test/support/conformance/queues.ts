import { describe, expect, it } from 'vitest';
import { MessageRefused, type QueueMessage, type Queues } from '../../../functions/ports/queues/port.ts';

export interface OpenQueues {
  queues: Queues;
  /** Names of two queues that exist, and are empty when a test begins. */
  names: [string, string];
  /** Takes all messages off a queue. */
  drain(queue: string): Promise<string[]>;
}

export const sentBy = (sender: string, bodies: string[]): QueueMessage[] => bodies.map((body) => ({ body, sender }));

/** What every sender to queues must do. */
export const queuesSuite = (name: string, open: () => OpenQueues): void => {
  describe(`queues ${name}`, () => {
    it('sends every message to its queue, more than one call takes', async () => {
      const {
        queues,
        names: [one, other],
        drain,
      } = open();
      const bodies = Array.from({ length: 23 }, (_, index) => JSON.stringify({ number: index, text: 'ä "quoted"' }));
      expect(await queues.send(one, sentBy('ada', bodies))).toEqual([]);
      expect(await queues.send(other, sentBy('ada', ['alone']))).toEqual([]);
      expect((await drain(one)).sort()).toEqual(bodies.sort());
      expect(await drain(other)).toEqual(['alone']);
    });

    it('sends large messages in calls that are not too large', async () => {
      const {
        queues,
        names: [one],
        drain,
      } = open();
      const bodies = Array.from({ length: 10 }, (_, index) => `${index}${'x'.repeat(60_000)}`);
      expect(await queues.send(one, sentBy('ada', bodies))).toEqual([]);
      expect((await drain(one)).map((body) => body[0]).sort()).toEqual([
        '0',
        '1',
        '2',
        '3',
        '4',
        '5',
        '6',
        '7',
        '8',
        '9',
      ]);
    });

    it('says which message no queue would take, and sends the others', async () => {
      const {
        queues,
        names: [one],
        drain,
      } = open();
      const failures = await queues.send(one, sentBy('ada', ['first', 'x'.repeat(2 * 1024 * 1024), 'third']));
      expect(failures).toMatchObject([{ index: 1, error: expect.any(MessageRefused) }]);
      expect((await drain(one)).sort()).toEqual(['first', 'third']);
    });

    it('fails every message for a queue that does not exist', async () => {
      const { queues } = open();
      const failures = await queues.send('noSuchQueue', sentBy('ada', ['a', 'b']));
      expect(failures.map(({ index }) => index)).toEqual([0, 1]);
      for (const { error } of failures) expect(error).not.toBeInstanceOf(MessageRefused);
      expect(await queues.send('noSuchQueue', [])).toEqual([]);
    });
  });
};
