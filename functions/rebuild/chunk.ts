import { claimsOf } from '../../domain/kernel/stream/unique.ts';
import { mapBounded } from '../runtime/concurrency.ts';
import type { ReplayMessage } from '../messages.ts';
import type { Claims } from '../ports/claims/port.ts';
import { listAll } from '../ports/directory/list.ts';
import type { Directory } from '../ports/directory/port.ts';
import type { EventReader } from '../ports/eventStore/port.ts';
import { type ChunkResult, nameOf, type StreamName } from '../ports/ledger/port.ts';
import type { Snapshots } from '../ports/snapshots/port.ts';
import type { Rows } from '../ports/rows/port.ts';
import { rowKeyOf } from '../ports/views/port.ts';
import { restoreClaims } from './claims.ts';
import { hiddenBecause, rebuildRow, type Rebuilt } from './row.ts';
import { Unrebuildable } from '../streams/unrebuildable.ts';

export interface ReplayPorts {
  eventStore: EventReader;
  snapshots: Snapshots;
  directory: Directory;
  rows: Rows;
  claims: Claims;
  now(): number;
}

/** What a replay did to one stream's row. */
export type Replayed = StreamName & Rebuilt;

/** What became of a chunk. */
export interface ReplayedChunk {
  /** The changed rows, to be published before the chunk is counted; all rows if the message was delivered before. */
  changed: Replayed[];
  /** The streams that no repetition will rebuild. */
  failed: (StreamName & { error: Error })[];
  result: ChunkResult;
}

/** Streams rebuilt side by side: all of a chunk, whose keys are then asked for at once. */
const concurrency = 10;

/**
 * Rebuilds the rows of a chunk's streams. A stream that cannot be rebuilt is counted as failed and holds nothing up.
 * Rows, lists and claims are looked at and written all at once; where they are right, that and the streams is all that
 * is read.
 * @param repeated whether the message was delivered before: then nobody knows which rows that delivery changed without
 * telling
 */
export const replay = async (
  { chunkId, streams: named, claims, since }: ReplayMessage,
  repeated: boolean,
  ports: ReplayPorts,
): Promise<ReplayedChunk> => {
  // A stream may have been found by several of its events.
  const streams = [...new Map(named.map((stream) => [nameOf(stream), stream])).values()];
  const failed = new Map<StreamName, Error>();
  /** Anything else than a stream that cannot be rebuilt may pass: the queue delivers the chunk again. */
  const unlessUnrebuildable = async (stream: StreamName, work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof Unrebuildable)) throw error;
      failed.set(stream, error);
    }
  };

  const found = await ports.rows.getMany(streams.map(rowKeyOf));
  const rebuilt = new Map<StreamName, Rebuilt>();
  await mapBounded(streams, concurrency, (stream) =>
    unlessUnrebuildable(stream, async () => {
      rebuilt.set(stream, await rebuildRow(stream, ports, { row: found.get(nameOf(stream)) }, since));
    }),
  );
  const listed = await listAll(
    [...rebuilt].map(([stream, { row }]) => ({ key: rowKeyOf(stream), row })),
    ports.directory,
    (keys) => ports.rows.getMany(keys),
  );
  for (const [place, each] of [...rebuilt.values()].entries()) each.changed ||= listed[place]! > 0;

  // The row is as its stream says, but nobody sees it until a correction: that counts as failed, and is named.
  for (const [stream, { row }] of rebuilt) {
    const hidden = hiddenBecause(stream.aggregate, row);
    if (hidden) failed.set(stream, hidden);
  }

  const mended = new Set([...rebuilt].filter(([, { changed }]) => changed).map(([stream]) => stream));
  if (claims) {
    const held = [...rebuilt].flatMap(([{ aggregate }, { state }]) => claimsOf(aggregate, state));
    const keys = (await ports.claims.stored(held)).map(({ key }) => key);
    const seen = await ports.claims.find([...new Set(keys)]);
    await mapBounded([...rebuilt], concurrency, ([stream, { state }]) =>
      unlessUnrebuildable(stream, async () => {
        if ((await restoreClaims(stream, state, seen, ports)) > 0) mended.add(stream);
      }),
    );
  }

  const [lastFailure] = [...failed].reverse();
  const failedNames = new Set([...failed.keys()].map(nameOf));
  const failures = named.filter((stream) => failedNames.has(nameOf(stream))).length;
  const result = {
    chunkId,
    rebuilt: named.length - failures,
    changed: [...mended].filter((stream) => !failed.has(stream)).length,
    failed: failures,
    ...(lastFailure && { lastError: `${nameOf(lastFailure[0])}: ${lastFailure[1].message}` }),
  };
  return {
    changed: [...rebuilt]
      .filter(([, { changed }]) => changed || repeated)
      .map(([stream, row]) => ({ ...stream, ...row })),
    failed: [...failed].map(([stream, error]) => ({ ...stream, error })),
    result,
  };
};
