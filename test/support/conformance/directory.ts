import { describe, expect, it } from 'vitest';
import type { Entry } from '../../../domain/kernel/view/directory.ts';
import type { Directory } from '../../../functions/ports/directory/port.ts';

const dates = { createdAt: '2026-01-01T00:00:00.000Z', updatedAt: '2026-01-01T00:00:00.000Z' };
const entry = (rowKey: string, facet: string, more: Record<string, unknown> = {}): Entry => ({
  id: rowKey,
  version: 1,
  ...dates,
  rowKey,
  entry: facet,
  facet,
  byName: rowKey,
  ...more,
});

/** What every directory must do. */
export const directorySuite = (name: string, open: () => Directory): void => {
  describe(`directory ${name}`, () => {
    it('lists a row under its facets, counts what it changed, and changes nothing twice', async () => {
      const directory = open();
      const entries = ['a', 'b'].map((facet) => entry('settle#1', `settle#${facet}`));
      expect(await directory.settle('settle#1', entries)).toBe(2);
      expect(await directory.settle('settle#1', entries)).toBe(0);
      expect(await directory.owners('settle#c', 10)).toEqual([]);
      expect(await directory.owners('settle#a', 10)).toHaveLength(1);
    });

    it('mends what is wrong, adds what is missing, removes what is too much, and touches no other row', async () => {
      const directory = open();
      await directory.settle('mend#1', [entry('mend#1', 'mend#a'), entry('mend#1', 'mend#b')]);
      await directory.settle('mend#2', [entry('mend#2', 'mend#b')]);
      expect(
        await directory.settle('mend#1', [entry('mend#1', 'mend#a', { version: 2 }), entry('mend#1', 'mend#c')]),
      ).toBe(3);
      expect(await directory.owners('mend#b', 10)).not.toEqual([]);
      expect(await directory.settle('mend#2', [])).toBe(1);
      expect(await directory.owners('mend#b', 10)).toEqual([]);
      expect(await directory.owners('mend#c', 10)).not.toEqual([]);
    });

    it('does not make what is past its time, and takes it away where it is not as it was', async () => {
      const directory = open();
      const until = (seconds: number) => entry('over#1', 'over#a', { expiresAt: seconds });
      const [past, future] = [until(978_307_200), until(32_472_144_000)];
      expect(await directory.settle('over#1', [past])).toBe(0);
      expect(await directory.settle('over#1', [future])).toBe(1);
      expect(await directory.settle('over#1', [past])).toBe(1);
      expect(await directory.owners('over#a', 10)).toEqual([]);
      expect(await directory.settle('over#1', [])).toBe(0);
    });

    it('takes more entries than one call writes, and values left out', async () => {
      const directory = open();
      const entries = Array.from({ length: 60 }, (_, n) => entry('many#1', `many#${n}`, { groupId: undefined }));
      expect(await directory.settle('many#1', entries)).toBe(60);
      expect(await directory.settle('many#1', entries)).toBe(0);
      expect(await directory.settle('many#1', entries.slice(0, 5))).toBe(55);
    });

    it('settles many rows at once, each by itself', async () => {
      const directory = open();
      const place = (n: number, ...facets: string[]) => ({
        rowKey: `all#${n}`,
        entries: facets.map((facet) => entry(`all#${n}`, `all#${n}#${facet}`)),
      });
      expect(await directory.settleAll([])).toEqual([]);
      const rows = Array.from({ length: 12 }, (_, n) => place(n, 'a', 'b', 'c'));
      expect(await directory.settleAll(rows)).toEqual(rows.map(() => 3));
      expect(await directory.settleAll([place(1, 'a', 'b', 'c'), place(2), place(3, 'c', 'd')])).toEqual([0, 3, 3]);
      expect(await directory.owners('all#1#a', 10)).toEqual(['all#1']);
      expect(await directory.owners('all#2#a', 10)).toEqual([]);
      expect(await directory.owners('all#3#d', 10)).toEqual(['all#3']);
    });

    it('does not look where a row is new', async () => {
      const directory = open();
      const place = (facet: string) => ({ rowKey: 'new#1', entries: [entry('new#1', facet)] });
      expect(await directory.settleAll([{ ...place('new#a'), isNew: true }])).toEqual([1]);
      expect(await directory.settleAll([{ ...place('new#a'), isNew: true }])).toEqual([1]);
      expect(await directory.settleAll([{ ...place('new#b'), isNew: true }])).toEqual([1]);
      expect(await directory.owners('new#a', 10)).toEqual(['new#1']);
      expect(await directory.settleAll([place('new#b')])).toEqual([1]);
      expect(await directory.owners('new#a', 10)).toEqual([]);
    });

    it('names every rowKey, page by page', async () => {
      const directory = open();
      const rowKeys = Array.from({ length: 7 }, (_, n) => `page#${n}`);
      for (const rowKey of rowKeys) await directory.settle(rowKey, [entry(rowKey, 'page#x'), entry(rowKey, 'page#y')]);
      const seen = new Set<string>();
      let after: string | undefined;
      do {
        const page = await directory.page(3, after);
        for (const rowKey of page.rowKeys) seen.add(rowKey);
        after = page.next;
      } while (after !== undefined);
      expect([...seen].filter((rowKey) => rowKey.startsWith('page#')).sort()).toEqual(rowKeys);
    });
  });
};
