import { describe, expect, it } from 'vitest';
import type { RawItem } from '../../../bench/support/itemSize.ts';
import { type Change, transactionUnits } from '../../../bench/support/transactionUnits.ts';
import type { TableModel } from 'appsync-local/parts';

const key = (...names: string[]) => names.map((AttributeName) => ({ AttributeName }));

const table: TableModel = {
  logicalId: 'things',
  name: 'things',
  arn: 'arn:things',
  createTable: {
    KeySchema: key('id'),
    GlobalSecondaryIndexes: [
      { IndexName: 'byOwner', KeySchema: key('owner', 'at'), Projection: { ProjectionType: 'ALL' } },
      { IndexName: 'byName', KeySchema: key('name'), Projection: { ProjectionType: 'KEYS_ONLY' } },
      {
        IndexName: 'byKind',
        KeySchema: key('kind'),
        Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['label'] },
      },
    ],
  },
};

/** An item of this many bytes; the attributes given count. */
const itemOf = (bytes: number, attributes: Record<string, string> = {}): RawItem => {
  const all = { id: 'one', ...attributes };
  const so = Object.entries(all).reduce((sum, [name, value]) => sum + name.length + value.length, 'fill'.length);
  return Object.fromEntries(
    Object.entries({ ...all, fill: 'x'.repeat(bytes - so) }).map(([name, value]) => [name, { S: value }]),
  );
};

const unitsOf = (before: RawItem | undefined, after: RawItem | undefined) =>
  Object.fromEntries(transactionUnits({ table, before, after }));

describe('a transaction costs', () => {
  it('every one of its items, also those that cost the same: the local engine counts three equal ones as one', () => {
    const changes: Change[] = ['one', 'two', 'six'].map((id) => ({
      table,
      before: undefined,
      after: itemOf(2_560, { id }),
    }));
    const units = changes.map((change) => transactionUnits(change).get('things') ?? 0);
    // The engine says 6.
    expect(units).toEqual([6, 6, 6]);
    expect(units.reduce((sum, each) => sum + each)).toBe(18);
  });

  it.each([
    [20, 2],
    [1024, 2],
    [1025, 4],
    [2048, 4],
    [2049, 6],
    [400 * 1024, 800],
  ])('two units for each KB begun: %i bytes, %i units', (bytes, units) => {
    expect(unitsOf(undefined, itemOf(bytes))).toEqual({ things: units });
  });

  it('by the larger of what was and what is', () => {
    expect(unitsOf(itemOf(3_000), itemOf(100))).toEqual({ things: 6 });
    expect(unitsOf(itemOf(100), itemOf(3_000))).toEqual({ things: 6 });
    expect(unitsOf(itemOf(3_000), undefined)).toEqual({ things: 6 });
    // A condition on what is not there.
    expect(unitsOf(undefined, undefined)).toEqual({ things: 2 });
  });

  it('by bytes, not characters', () => {
    expect(unitsOf(undefined, { id: { S: 'é'.repeat(511) } })).toEqual({ things: 2 });
    expect(unitsOf(undefined, { id: { S: 'é'.repeat(512) } })).toEqual({ things: 4 });
  });
});

describe('an index costs', () => {
  const owned = (bytes: number, owner: string, more: Record<string, string> = {}) =>
    itemOf(bytes, { owner, at: '1', ...more });

  it('nothing for an item that lacks part of its key', () => {
    expect(unitsOf(undefined, itemOf(3_000, { owner: 'ann' }))).toEqual({ things: 6 });
  });

  it('the entry that appears, and the one that goes', () => {
    expect(unitsOf(undefined, owned(1_500, 'ann'))).toEqual({ things: 4, 'things/byOwner': 4 });
    expect(unitsOf(owned(1_500, 'ann'), undefined)).toEqual({ things: 4, 'things/byOwner': 4 });
    expect(unitsOf(itemOf(100), owned(1_500, 'ann'))).toEqual({ things: 4, 'things/byOwner': 4 });
    expect(unitsOf(owned(1_500, 'ann'), itemOf(100))).toEqual({ things: 4, 'things/byOwner': 4 });
  });

  it('the larger of an entry that changes in its place, and nothing for one that does not change', () => {
    expect(unitsOf(owned(1_500, 'ann'), owned(2_500, 'ann'))).toEqual({ things: 6, 'things/byOwner': 6 });
    expect(unitsOf(owned(2_500, 'ann'), owned(1_500, 'ann'))).toEqual({ things: 6, 'things/byOwner': 6 });
    expect(unitsOf(owned(1_500, 'ann'), owned(1_500, 'ann'))).toEqual({ things: 4 });
  });

  it('both entries of one whose key changes, in any part', () => {
    expect(unitsOf(owned(1_500, 'ann'), owned(2_500, 'bob'))).toEqual({ things: 6, 'things/byOwner': 4 + 6 });
    expect(unitsOf(owned(1_500, 'ann'), { ...owned(1_500, 'ann'), at: { S: '2' } })).toEqual({
      things: 4,
      'things/byOwner': 4 + 4,
    });
  });

  it('what it holds of an item, which may be less than the item', () => {
    expect(unitsOf(undefined, itemOf(5_000, { name: 'n', kind: 'k' }))).toEqual({
      things: 10,
      'things/byName': 2,
      'things/byKind': 2,
    });
    // What neither holds may change without them; the label stands in one of them.
    expect(unitsOf(itemOf(5_000, { name: 'n', kind: 'k' }), itemOf(6_000, { name: 'n', kind: 'k' }))).toEqual({
      things: 12,
    });
    expect(
      unitsOf(
        itemOf(5_000, { name: 'n', kind: 'k', label: 'a' }),
        itemOf(5_000, { name: 'n', kind: 'k', label: 'b'.repeat(1_100) }),
      ),
    ).toEqual({ things: 10, 'things/byKind': 4 });
  });
});
