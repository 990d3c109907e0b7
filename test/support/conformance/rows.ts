import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { ViewRow } from '../../../domain/kernel/view/view.ts';
import type { FoundRow, Rows } from '../../../functions/ports/rows/port.ts';

const rowFor = (id: string, version: number): ViewRow => ({
  id,
  version,
  name: `at ${version}`,
  nameKey: `${id} ${version}`,
  createdAt: '2026-01-01T00:00:00.000Z',
  updatedAt: '2026-01-01T00:00:00.000Z',
});

/** What every look at the view tables past the projection must do. @param view one that no other test writes to */
export const rowsSuite = (name: string, open: () => Rows, view: 'role' | 'group' = 'role'): void => {
  describe(`rows ${name}`, () => {
    const fresh = () => ({ rows: open(), key: { aggregate: view, id: randomUUID() } });
    /** Puts what no projection would write. */
    const corrupt = async (rows: Rows, key: { aggregate: typeof view; id: string }, row: FoundRow) =>
      rows.replace(key, row as unknown as ViewRow, await rows.get(key));

    it('replaces what was found, and nothing by something', async () => {
      const { rows, key } = fresh();
      expect(await rows.get(key)).toBeUndefined();
      expect(await rows.replace(key, rowFor(key.id, 3), undefined)).toBe(true);
      expect(await rows.get(key)).toEqual(rowFor(key.id, 3));
      expect(await rows.replace(key, rowFor(key.id, 2), await rows.get(key))).toBe(true);
      expect(await rows.get(key)).toEqual(rowFor(key.id, 2));
    });

    it('replaces nothing that has moved meanwhile, come or gone', async () => {
      const { rows, key } = fresh();
      const [one, two] = [rowFor(key.id, 1), rowFor(key.id, 2)];
      expect(await rows.replace(key, two, { ...one })).toBe(false);
      await rows.replace(key, one, undefined);
      expect(await rows.replace(key, two, undefined)).toBe(false);
      expect(await rows.replace(key, one, { ...two })).toBe(false);
      expect(await rows.replace(key, undefined, { ...two })).toBe(false);
      expect(await rows.get(key)).toEqual(one);
    });

    it('takes a row away', async () => {
      const { rows, key } = fresh();
      await rows.replace(key, rowFor(key.id, 1), undefined);
      expect(await rows.replace(key, undefined, await rows.get(key))).toBe(true);
      expect(await rows.get(key)).toBeUndefined();
      expect(await rows.replace(key, undefined, undefined)).toBe(true);
    });

    it('replaces a row whatever became of its version', async () => {
      for (const version of [undefined, 'seven', 2.5, 1_000_000_000, -1, null, { of: 'another kind' }, [1, 2]]) {
        const { rows, key } = fresh();
        const wrong = { id: key.id, ...(version !== undefined && { version }), firstName: 'invented' };
        expect(await corrupt(rows, key, wrong)).toBe(true);
        expect(await rows.get(key)).toEqual(wrong);
        expect(await rows.replace(key, rowFor(key.id, 4), wrong), `version ${JSON.stringify(version)}`).toBe(true);
        expect(await rows.get(key)).toEqual(rowFor(key.id, 4));
      }
    });

    it('lets one of many who found the same replace it', async () => {
      const { rows, key } = fresh();
      await rows.replace(key, rowFor(key.id, 99), undefined);
      const found = await rows.get(key);
      const results = await Promise.all(
        [1, 2, 3, 4].map((version) => rows.replace(key, rowFor(key.id, version), found)),
      );
      expect(results.filter(Boolean)).toHaveLength(1);
    });

    it('lists the ids of one view, each once, page by page, and gives many rows at once', async () => {
      const { rows } = fresh();
      const ids = Array.from({ length: 13 }, () => randomUUID());
      for (const id of ids) await rows.replace({ aggregate: view, id }, rowFor(id, 1), undefined);
      const elsewhere = randomUUID();
      await rows.replace({ aggregate: 'authorization', id: elsewhere }, rowFor(elsewhere, 1), undefined);
      const keys = [...ids, ids[0]!, randomUUID()].map((id) => ({ aggregate: view, id }));
      const expected = new Map([
        ...ids.map((id) => [`${view}#${id}`, rowFor(id, 1)] as const),
        [`authorization#${elsewhere}`, rowFor(elsewhere, 1)],
      ]);
      expect(await rows.getMany([...keys, { aggregate: 'authorization', id: elsewhere }])).toEqual(expected);
      expect(await rows.getMany([])).toEqual(new Map());
      const found: string[] = [];
      let after: string | undefined;
      do {
        const page = await rows.page(view, 5, after);
        expect(page.ids.length).toBeLessThanOrEqual(5);
        found.push(...page.ids);
        after = page.next;
      } while (after !== undefined);
      expect(new Set(found).size).toBe(found.length);
      for (const id of ids) expect(found).toContain(id);
      expect(found).not.toContain(elsewhere);
    });
  });
};
