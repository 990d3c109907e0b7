import { isDeepStrictEqual } from 'node:util';
import { fold } from '../../domain/kernel/stream/fold.ts';
import { claimsOf } from '../../domain/kernel/stream/unique.ts';
import { isTombstone, rowOf, type ViewRow } from '../../domain/kernel/view/view.ts';
import { storedClaims } from '../../functions/ports/claims/stored.ts';
import { aggregateOf, type Holdings } from './holdings.ts';

/** Events that a stream had, by what its view shows, and has no more. */
export interface Lost {
  streamId: string;
  /** The first and the last of them. */
  from: number;
  to: number;
}

/** What views that are newer than their events know of, and the events do not. */
export const lostSince = ({ streams, rows }: Holdings): Lost[] =>
  [...rows].flatMap(([streamId, { version }]) => {
    const kept = streams.get(streamId)?.length ?? 0;
    return version > kept ? [{ streamId, from: kept + 1, to: version }] : [];
  });

/** Where views and claims are not what the events say, in words; empty: nowhere. */
export const differencesIn = async (holdings: Holdings): Promise<string[]> => [
  ...rowDifferences(holdings),
  ...(await claimDifferences(holdings)),
];

const rowDifferences = ({ streams, rows }: Holdings): string[] => {
  const wanted = new Map<string, ViewRow | undefined>(
    [...streams].map(([streamId, events]) => [
      streamId,
      rowOf(aggregateOf(streamId), events[0]!.aggregateId, fold(events)),
    ]),
  );
  // What is gone may or may not have left a tombstone.
  const shown = (row: ViewRow | undefined): ViewRow | undefined => (row && isTombstone(row) ? undefined : row);
  return [...new Set([...wanted.keys(), ...rows.keys()])].flatMap((streamId) => {
    const [is, shall] = [rows.get(streamId), wanted.get(streamId)];
    if (isDeepStrictEqual(shown(is), shown(shall))) return [];
    return [
      `${streamId}: ${is ? `the row is at version ${is.version}` : 'there is no row'}, and should ${asWords(shall)}`,
    ];
  });
};

const asWords = (row: ViewRow | undefined): string =>
  row && !isTombstone(row) ? `be as version ${row.version} has it` : 'not be shown';

const claimDifferences = async ({ streams, claims, keys }: Holdings): Promise<string[]> => {
  const wanted = new Map<string, string>();
  for (const [streamId, events] of streams)
    for (const { key } of await storedClaims(claimsOf(aggregateOf(streamId), fold(events)), keys))
      wanted.set(key, streamId);
  return [...new Set([...wanted.keys(), ...claims.keys()])].flatMap((key) =>
    claims.get(key) === wanted.get(key)
      ? []
      : [`a value is claimed by ${claims.get(key) ?? 'nobody'} and should be by ${wanted.get(key) ?? 'nobody'}`],
  );
};
