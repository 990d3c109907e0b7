import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Reason, Reasons } from '../../../functions/ports/reasons/port.ts';

const reasonFor = (more: Partial<Reason> = {}): Reason => ({
  messageId: randomUUID(),
  reason: 'Failure: The stream is damaged',
  failedAt: Date.now(),
  ...more,
});

/** What every store of reasons must do. */
export const reasonsSuite = (name: string, open: () => Reasons): void => {
  describe(`reasons ${name}`, () => {
    it('finds what was recorded, and nothing else', async () => {
      const reasons = open();
      const [one, other, unasked] = [reasonFor(), reasonFor(), reasonFor()];
      await reasons.record([one, other, unasked]);
      await reasons.record([]);
      const found = await reasons.find([one.messageId, randomUUID(), other.messageId]);
      expect(found).toHaveLength(2);
      expect(found).toEqual(expect.arrayContaining([one, other]));
      expect(await reasons.find([])).toEqual([]);
    });

    it('lets the latest stand', async () => {
      const reasons = open();
      const first = reasonFor();
      await reasons.record([first]);
      await reasons.record([{ ...first, reason: 'TimeoutError' }]);
      expect(await reasons.find([first.messageId])).toEqual([{ ...first, reason: 'TimeoutError' }]);
    });
  });
};
