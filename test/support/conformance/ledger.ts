import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Chunk, Ledger, Recovery } from '../../../functions/ports/ledger/port.ts';

const recoveryFor = (more: Partial<Recovery> = {}): Recovery => ({
  recoveryId: randomUUID(),
  timestamp: '2026-01-01T00:00:00.000Z',
  status: 'RUNNING',
  discovered: 0,
  rebuilt: 0,
  changed: 0,
  failed: 0,
  actor: 'admin:a',
  startedAt: '2026-02-01T00:00:00.000Z',
  updatedAt: '2026-02-01T00:00:00.000Z',
  ...more,
});
const chunkFor = (n: number, size = 2): Chunk => ({
  chunkId: String(n).padStart(8, '0'),
  claims: n % 2 === 0,
  streams: Array.from({ length: size }, (_, index) => ({ aggregate: 'role' as const, aggregateId: `${n}-${index}` })),
});
const resultOf = (n: number) => ({ chunkId: chunkFor(n).chunkId, rebuilt: 2, changed: 1, failed: 0 });

/** What every ledger of recoveries must do. */
export const ledgerSuite = (name: string, open: () => Ledger): void => {
  describe(`ledger ${name}`, () => {
    const begun = async (more: Partial<Recovery> = {}) => {
      const ledger = open();
      const recovery = await ledger.create(recoveryFor(more));
      return { ledger, recovery, id: recovery.recoveryId };
    };

    it('keeps a recovery as it was created, and the first that was', async () => {
      const { ledger, recovery, id } = await begun();
      expect(await ledger.find(id)).toEqual(recovery);
      expect(await ledger.find(randomUUID())).toBeUndefined();
      await ledger.advance(id, undefined, { cursor: 'a', chunks: [] });
      expect(await ledger.create({ ...recovery, actor: 'admin:b' })).toMatchObject({ actor: 'admin:a', cursor: 'a' });
      expect(await ledger.find(id)).toMatchObject({ actor: 'admin:a', cursor: 'a' });
    });

    it('is taken on by the first message of each number, and by that same message again', async () => {
      const { ledger, id } = await begun();
      expect(await ledger.begin(id, 0, 'a')).toBe(true);
      expect(await ledger.begin(id, 0, 'a')).toBe(true);
      expect(await ledger.begin(id, 0, 'b')).toBe(false);
      expect(await ledger.begin(id, 1, 'c')).toBe(true);
      expect(await ledger.begin(id, 0, 'a')).toBe(false);
      expect(await ledger.begin(id, 1, 'd')).toBe(false);
      expect(await ledger.find(id)).toMatchObject({ step: 1 });
      await ledger.end(id, 'COMPLETED');
      expect(await ledger.begin(id, 2, 'e')).toBe(false);
      expect(await ledger.begin(randomUUID(), 0, 'a')).toBe(false);
    });

    it('advances from the cursor it is at, adding what the step found', async () => {
      const { ledger, id } = await begun();
      expect(await ledger.advance(id, 'elsewhere', { cursor: 'a', chunks: [] })).toBe(false);
      expect(
        await ledger.advance(id, undefined, { cursor: 'a', chunks: [chunkFor(1), chunkFor(2)], discovered: 4 }),
      ).toBe(true);
      expect(await ledger.advance(id, undefined, { cursor: 'a', chunks: [], discovered: 4 })).toBe(false);
      expect(
        await ledger.advance(id, 'a', { cursor: 'b', chunks: [chunkFor(3)], discovered: 2, changed: 1, total: 6 }),
      ).toBe(true);
      // A step that began at a cursor from before.
      expect(await ledger.advance(id, 'a', { cursor: 'c', chunks: [], discovered: 9 })).toBe(false);
      const found = await ledger.find(id);
      expect(found).toMatchObject({ cursor: 'b', discovered: 6, changed: 1, total: 6, rebuilt: 0 });
      expect(found!.updatedAt > '2026-02-01T00:00:00.000Z').toBe(true);
    });

    it('writes no chunk of a step that does not count', async () => {
      const { ledger, id } = await begun();
      await ledger.advance(id, 'elsewhere', { cursor: 'a', chunks: [chunkFor(1)] });
      expect(await ledger.chunks(id, [chunkFor(1).chunkId])).toEqual([]);
      expect(await ledger.unfinished(id, 10)).toEqual([]);
    });

    it('takes as many chunks as a step can find', async () => {
      const { ledger, id } = await begun();
      const chunks = Array.from({ length: 40 }, (_, n) => chunkFor(n, 25));
      expect(await ledger.advance(id, undefined, { cursor: 'a', chunks })).toBe(true);
      const byId = (one: Chunk, other: Chunk) => (one.chunkId < other.chunkId ? -1 : 1);
      expect(
        (
          await ledger.chunks(
            id,
            chunks.map(({ chunkId }) => chunkId),
          )
        ).sort(byId),
      ).toEqual(chunks);
      expect((await ledger.unfinished(id, 100)).sort(byId)).toEqual(chunks);
      expect(await ledger.unfinished(id, 7)).toHaveLength(7);
    });

    it('counts a chunk once, and one that it does not know never', async () => {
      const { ledger, id } = await begun();
      await ledger.advance(id, undefined, { cursor: 'a', chunks: [chunkFor(1), chunkFor(2)] });
      await Promise.all([1, 2, 3].map(() => ledger.complete(id, [resultOf(1)])));
      await ledger.complete(id, [resultOf(9)]);
      await ledger.complete(randomUUID(), [resultOf(1)]);
      expect(await ledger.find(id)).toMatchObject({ rebuilt: 2, changed: 1, failed: 0 });
      expect(await ledger.unfinished(id, 10)).toEqual([chunkFor(2)]);
      await ledger.complete(id, [
        { ...resultOf(2), rebuilt: 1, changed: 0, failed: 1, lastError: 'role#2-1: damaged' },
      ]);
      expect(await ledger.find(id)).toMatchObject({
        rebuilt: 3,
        changed: 1,
        failed: 1,
        lastError: 'role#2-1: damaged',
        status: 'RUNNING',
      });
      expect(await ledger.unfinished(id, 10)).toEqual([]);
    });

    it('counts many chunks that finish at once', async () => {
      const { ledger, id } = await begun();
      const chunks = Array.from({ length: 12 }, (_, n) => chunkFor(n));
      await ledger.advance(id, undefined, { cursor: 'a', chunks });
      await Promise.all(chunks.map((_, n) => ledger.complete(id, [resultOf(n)])));
      expect(await ledger.find(id)).toMatchObject({ rebuilt: 24, changed: 12 });
    });

    it('counts several chunks together, each once, whichever of them are done or unknown', async () => {
      const { ledger, id } = await begun();
      await ledger.advance(id, undefined, { cursor: 'a', chunks: Array.from({ length: 6 }, (_, n) => chunkFor(n)) });
      await ledger.complete(id, [
        resultOf(0),
        { ...resultOf(1), failed: 1, lastError: 'one' },
        { ...resultOf(2), failed: 1, lastError: 'two' },
      ]);
      expect(await ledger.find(id)).toMatchObject({ rebuilt: 6, changed: 3, failed: 2, lastError: 'two' });
      await ledger.complete(id, [1, 3, 9, 4].map(resultOf));
      expect(await ledger.find(id)).toMatchObject({ rebuilt: 10, changed: 5, failed: 2 });
      await ledger.complete(id, [0, 1, 2, 3, 4].map(resultOf));
      await ledger.complete(id, []);
      expect(await ledger.find(id)).toMatchObject({ rebuilt: 10 });
      expect(await ledger.unfinished(id, 10)).toEqual([chunkFor(5)]);
    });

    it('counts a chunk once that is given twice at once', async () => {
      const { ledger, id } = await begun();
      await ledger.advance(id, undefined, { cursor: 'a', chunks: [chunkFor(1), chunkFor(2)], discovered: 4 });
      await ledger.complete(id, [resultOf(1), resultOf(2), resultOf(1)]);
      await ledger.complete(id, [resultOf(2), resultOf(2)]);
      expect(await ledger.find(id)).toMatchObject({ rebuilt: 4, changed: 2 });
      expect(await ledger.unfinished(id, 10)).toEqual([]);
    });

    it('counts what a step gives up as failed, and says why', async () => {
      const { ledger, id } = await begun();
      await ledger.advance(id, undefined, {
        cursor: 'a',
        chunks: [],
        discovered: 3,
        failed: 2,
        lastError: 'planet#mars: is no stream',
      });
      await ledger.advance(id, 'a', { cursor: 'b', chunks: [], failed: 1, total: 3 });
      expect(await ledger.find(id)).toMatchObject({
        discovered: 3,
        failed: 3,
        total: 3,
        lastError: 'planet#mars: is no stream',
      });
    });

    it('ends a recovery once; what has ended goes no further', async () => {
      const { ledger, id } = await begun();
      await ledger.advance(id, undefined, { cursor: 'a', chunks: [chunkFor(1)] });
      const ended = await ledger.end(id, 'FAILED', 'because');
      expect(ended).toMatchObject({
        status: 'FAILED',
        lastError: 'because',
        completedAt: expect.any(String),
        cursor: 'a',
      });
      expect(await ledger.end(id, 'COMPLETED')).toEqual(ended);
      expect(await ledger.advance(id, 'a', { cursor: 'b', chunks: [] })).toBe(false);
      expect(await ledger.end(randomUUID(), 'COMPLETED')).toBeUndefined();
      // What was on its way when it ended is still counted.
      await ledger.complete(id, [resultOf(1)]);
      expect(await ledger.find(id)).toMatchObject({ status: 'FAILED', rebuilt: 2 });
    });

    it('keeps recoveries apart', async () => {
      const [one, other] = [await begun(), await begun()];
      await one.ledger.advance(one.id, undefined, { cursor: 'a', chunks: [chunkFor(1)], discovered: 2 });
      await other.ledger.advance(other.id, undefined, { cursor: 'a', chunks: [chunkFor(1)], discovered: 2 });
      await one.ledger.complete(one.id, [resultOf(1)]);
      expect(await one.ledger.find(one.id)).toMatchObject({ rebuilt: 2 });
      expect(await other.ledger.find(other.id)).toMatchObject({ rebuilt: 0 });
      expect(await other.ledger.unfinished(other.id, 10)).toHaveLength(1);
    });
  });
};
