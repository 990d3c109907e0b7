import type { ReplayMessage } from '../messages.ts';
import type { Claims } from '../ports/claims.ts';
import type { EventReader } from '../ports/eventStore.ts';
import type { ChunkResult, Ledger, StreamName } from '../ports/ledger.ts';
import type { Rows } from '../ports/rows.ts';
import { restoreClaims } from './claims.ts';
import { rebuild, type Rebuilt, Unrebuildable } from './rebuild.ts';

export interface ReplayPorts {
  eventStore: EventReader;
  rows: Rows;
  claims: Claims;
  ledger: Ledger;
  now(): number;
}

/** What a replay did to one stream's row. */
export type Replayed = StreamName & Rebuilt;

/** What became of a chunk, with what is still to be done. */
export interface ReplayedChunk {
  /** The changed rows, to be published before `complete` is called; all rows if the message was delivered before. */
  changed: Replayed[];
  /** The streams that no repetition will rebuild. */
  failed: (StreamName & { error: Error })[];
  /** Counts the chunk. */
  complete(): Promise<void>;
}

/** Streams rebuilt side by side. */
const concurrency = 5;

/**
 * Rebuilds the rows of a chunk's streams. A stream that cannot be rebuilt is counted as failed and holds nothing up.
 * @param repeated whether the message was delivered before: then nobody knows which rows that delivery changed without telling
 */
export const replay = async (message: ReplayMessage, repeated: boolean, ports: ReplayPorts): Promise<ReplayedChunk> => {
  const result: ChunkResult = { rebuilt: 0, changed: 0, failed: 0 };
  const changed: Replayed[] = [];
  const failed: ReplayedChunk['failed'] = [];
  const pending = [...message.streams];
  const work = async (): Promise<void> => {
    for (let stream = pending.shift(); stream; stream = pending.shift()) {
      try {
        const rebuilt = await rebuild(stream, ports);
        if (rebuilt.changed || repeated) changed.push({ ...stream, ...rebuilt });
        const restored = message.claims ? await restoreClaims(stream, rebuilt.state, ports) : 0;
        result.rebuilt += 1;
        if (rebuilt.changed || restored > 0) result.changed += 1;
      } catch (error) {
        // Anything else may pass: the queue delivers the chunk again.
        if (!(error instanceof Unrebuildable)) throw error;
        failed.push({ ...stream, error });
        result.failed += 1;
        result.lastError = `${stream.aggregate}#${stream.aggregateId}: ${error.message}`;
      }
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  return { changed, failed, complete: () => ports.ledger.complete(message.recoveryId, message.chunkId, result) };
};
