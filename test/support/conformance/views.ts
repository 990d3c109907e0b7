import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { LiveRow, Tombstone } from '../../../domain/kernel/view/view.ts';
import type { Views } from '../../../functions/ports/views/port.ts';

const rowFor = (id: string, version: number, more: Record<string, unknown> = {}): LiveRow => ({
  id,
  version,
  firstName: 'Ada',
  email: 'Ada@example.com',
  emailKey: 'ada@example.com',
  roleId: 'r1',
  createdAt: '2026-01-01T00:00:00.000Z',
  updatedAt: '2026-01-01T00:00:00.000Z',
  ...more,
});
const tombstoneFor = (id: string, version: number): Tombstone => ({
  id,
  version,
  deletedAt: '2026-01-02T00:00:00.000Z',
  expiresAt: 1_900_000_000,
});

/** What every store of views must do. */
export const viewsSuite = (name: string, open: () => Views): void => {
  describe(`views ${name}`, () => {
    const fresh = () => ({ views: open(), key: { aggregate: 'user' as const, id: randomUUID() } });

    it('puts a row where there is none, and only there', async () => {
      const { views, key } = fresh();
      const row = rowFor(key.id, 1);
      expect(await views.get(key)).toBeUndefined();
      expect(await views.put(key, row, undefined)).toEqual({ kind: 'written', row });
      expect(await views.get(key)).toEqual(row);
      expect(await views.put(key, rowFor(key.id, 1, { firstName: 'Eve' }), undefined)).toEqual({
        kind: 'conflict',
        row,
      });
      expect(await views.get(key)).toEqual(row);
      expect(await views.get({ aggregate: 'role', id: key.id })).toBeUndefined();
    });

    it('puts a row in the place of the expected version only', async () => {
      const { views, key } = fresh();
      expect(await views.put(key, rowFor(key.id, 3), { version: 2 })).toEqual({ kind: 'conflict', row: undefined });
      await views.put(key, rowFor(key.id, 2), undefined);
      expect(await views.put(key, tombstoneFor(key.id, 3), { version: 2 })).toEqual({
        kind: 'written',
        row: tombstoneFor(key.id, 3),
      });
      expect(await views.put(key, rowFor(key.id, 3), { version: 2 })).toEqual({
        kind: 'conflict',
        row: tombstoneFor(key.id, 3),
      });
      expect(await views.get(key)).toEqual(tombstoneFor(key.id, 3));
    });

    it.each([undefined, null, 0, -1, 'two', true, [], { a: 1 }])(
      'puts a row in the place of one whose version was damaged to %j',
      async (version) => {
        const { views, key } = fresh();
        const damaged = { ...rowFor(key.id, 1), version } as unknown as LiveRow;
        await views.put(key, damaged, undefined);
        expect(await views.put(key, rowFor(key.id, 2), undefined)).toMatchObject({ kind: 'conflict' });
        expect(await views.put(key, rowFor(key.id, 2), { version: 1 })).toMatchObject({ kind: 'conflict' });
        expect(await views.put(key, rowFor(key.id, 2), damaged)).toMatchObject({ kind: 'written' });
        expect(await views.get(key)).toEqual(rowFor(key.id, 2));
      },
    );

    it('leaves out what can be no key, and gives what was asked for beside it', async () => {
      const { views, key } = fresh();
      await views.put(key, rowFor(key.id, 1), undefined);
      const impossible = ['', 'x'.repeat(2049), 'é'.repeat(1025)].map((id) => ({ aggregate: 'user' as const, id }));
      expect((await views.getMany([...impossible, key])).map(({ row }) => row)).toEqual([rowFor(key.id, 1)]);
    });

    it('changes some attributes, takes others away, and gives the whole row back', async () => {
      const { views, key } = fresh();
      await views.put(key, rowFor(key.id, 1), undefined);
      const changed = await views.change(
        key,
        {
          set: { version: 2, firstName: 'Grace', updatedAt: '2026-01-03T00:00:00.000Z' },
          remove: ['roleId', 'groupId'],
        },
        1,
      );
      const { roleId: _roleId, ...expected } = rowFor(key.id, 2, {
        firstName: 'Grace',
        updatedAt: '2026-01-03T00:00:00.000Z',
      });
      expect(changed).toEqual({ kind: 'written', row: expected });
      expect(await views.get(key)).toEqual(expected);
    });

    it('changes nothing at another version, without a row, or on a tombstone', async () => {
      const { views, key } = fresh();
      const change = { set: { version: 2, firstName: 'Grace' }, remove: [] };
      expect(await views.change(key, change, 1)).toEqual({ kind: 'conflict', row: undefined });
      await views.put(key, rowFor(key.id, 4), undefined);
      expect(await views.change(key, change, 1)).toEqual({ kind: 'conflict', row: rowFor(key.id, 4) });
      await views.put(key, tombstoneFor(key.id, 5), { version: 4 });
      expect(await views.change(key, { set: { version: 6 }, remove: [] }, 5)).toEqual({
        kind: 'conflict',
        row: tombstoneFor(key.id, 5),
      });
    });

    it('lets exactly one of many racing writes win', async () => {
      const { views, key } = fresh();
      await views.put(key, rowFor(key.id, 1), undefined);
      const results = await Promise.all(
        Array.from({ length: 8 }, (_, index) =>
          views.change(key, { set: { version: 2, firstName: `name ${index}` }, remove: [] }, 1),
        ),
      );
      expect(results.filter(({ kind }) => kind === 'written')).toHaveLength(1);
    });

    it('gets many rows of several views at once, whatever their number', async () => {
      const { views } = fresh();
      const ids = Array.from({ length: 130 }, () => randomUUID());
      await Promise.all(
        ids.map((id) =>
          views.put(
            { aggregate: 'authorization', id },
            { id, version: 1, name: id, createdAt: 'c', updatedAt: 'u' },
            undefined,
          ),
        ),
      );
      const group = randomUUID();
      await views.put(
        { aggregate: 'group', id: group },
        { id: group, version: 1, name: 'g', createdAt: 'c', updatedAt: 'u' },
        undefined,
      );
      const keys = [...ids, ids[0]!, randomUUID()].map((id) => ({ aggregate: 'authorization' as const, id }));
      const found = await views.getMany([...keys, { aggregate: 'group', id: group }]);
      expect(found.map(({ key }) => `${key.aggregate}#${key.id}`).sort()).toEqual(
        [...ids.map((id) => `authorization#${id}`), `group#${group}`].sort(),
      );
      expect(found.find(({ key }) => key.id === group)?.row).toMatchObject({ name: 'g' });
      expect(await views.getMany([])).toEqual([]);
    });
  });
};
