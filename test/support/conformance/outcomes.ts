import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Outcome, OutcomeReader, Outcomes } from '../../../functions/ports/outcomes/port.ts';

const outcomeFor = (more: Partial<Outcome> = {}): Outcome => ({
  commandId: randomUUID(),
  actor: 'admin:a',
  status: 'REJECTED',
  operation: 'createUser',
  aggregate: 'user',
  aggregateId: 'u1',
  code: 'EMAIL_TAKEN',
  message: 'email: another user has it',
  ...more,
});

/** What every store of outcomes must do. */
export const outcomesSuite = (name: string, open: () => Outcomes & OutcomeReader): void => {
  describe(`outcomes ${name}`, () => {
    it('finds what was recorded, and nothing else', async () => {
      const outcomes = open();
      const rejected = outcomeFor();
      const applied: Outcome = {
        ...outcomeFor({ status: 'APPLIED', version: 3 }),
        code: undefined,
        message: undefined,
      };
      expect(await outcomes.find(rejected)).toBeUndefined();
      expect(await outcomes.record(rejected)).toEqual(rejected);
      expect(await outcomes.record(applied)).toEqual(applied);
      expect(await outcomes.find(rejected)).toEqual(rejected);
      expect(await outcomes.find(applied)).toEqual(applied);
    });

    it('lets the first stand', async () => {
      const outcomes = open();
      const first = outcomeFor();
      await outcomes.record(first);
      expect(await outcomes.record({ ...first, code: 'NOT_FOUND' })).toEqual(first);
      expect(await outcomes.find(first)).toEqual(first);
    });

    it('tells apart the same command id of two actors', async () => {
      const outcomes = open();
      const mine = outcomeFor();
      const theirs = { ...mine, actor: 'user:b', code: 'NOT_FOUND' as const };
      await outcomes.record(mine);
      expect(await outcomes.find(theirs)).toBeUndefined();
      expect(await outcomes.record(theirs)).toEqual(theirs);
    });

    it('finds what is kept about a person, whoever sent it, up to a limit, and until when', async () => {
      const outcomes = open();
      const aggregateId = randomUUID();
      const own = outcomeFor({ aggregateId, actor: 'user:auth0|u' });
      const admins = outcomeFor({ aggregateId });
      const others = [
        outcomeFor({ aggregateId: randomUUID() }),
        outcomeFor({ aggregate: 'group', operation: 'createGroup', aggregateId }),
      ];
      for (const each of [own, admins, ...others]) await outcomes.record(each);
      const found = await outcomes.about('user', aggregateId, 10);
      expect(new Set(found.map(({ commandId }) => commandId))).toEqual(new Set([own.commandId, admins.commandId]));
      expect(found.find(({ commandId }) => commandId === own.commandId)).toEqual({
        ...own,
        expiresAt: expect.any(Number),
      });
      expect(await outcomes.about('user', aggregateId, 1)).toHaveLength(1);
      expect(await outcomes.about('group', aggregateId, 10)).toEqual([]);
    });

    it('lets one of many at the same time stand, and tells the others which', async () => {
      const outcomes = open();
      const base = outcomeFor();
      const standing = await Promise.all(
        Array.from({ length: 6 }, (_, index) => outcomes.record({ ...base, message: `try ${index}` })),
      );
      expect(new Set(standing.map(({ message }) => message)).size).toBe(1);
    });
  });
};
