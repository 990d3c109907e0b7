import { type Chunk, eachOnce, type Ledger, type Recovery, sumOf } from './port.ts';

/** The ledger in memory. */
export const memoryLedger = (now: () => number = Date.now): Ledger => {
  const recoveries = new Map<string, Recovery>();
  const chunks = new Map<string, Chunk & { done: boolean }>();
  /** Recovery → the message that it is taken on by. */
  const holders = new Map<string, string>();
  const placeOf = (recoveryId: string, chunkId: string) => `${recoveryId} ${chunkId}`;
  const iso = () => new Date(now()).toISOString();
  const running = (recoveryId: string): Recovery | undefined => {
    const recovery = recoveries.get(recoveryId);
    return recovery?.status === 'RUNNING' ? recovery : undefined;
  };
  return {
    async create(recovery) {
      if (!recoveries.has(recovery.recoveryId)) recoveries.set(recovery.recoveryId, structuredClone(recovery));
      return structuredClone(recoveries.get(recovery.recoveryId)!);
    },
    find: async (recoveryId) => structuredClone(recoveries.get(recoveryId)),
    async begin(recoveryId, step, messageId) {
      const recovery = running(recoveryId);
      if (!recovery) return false;
      const at = recovery.step ?? -1;
      if (at > step || (at === step && holders.get(recoveryId) !== messageId)) return false;
      recovery.step = step;
      holders.set(recoveryId, messageId);
      return true;
    },
    async advance(
      recoveryId,
      from,
      { cursor, chunks: added, discovered = 0, changed = 0, failed = 0, lastError, total },
    ) {
      const recovery = running(recoveryId);
      if (!recovery || recovery.cursor !== from) return false;
      Object.assign(recovery, {
        cursor,
        updatedAt: iso(),
        discovered: recovery.discovered + discovered,
        changed: recovery.changed + changed,
        failed: recovery.failed + failed,
        ...(lastError !== undefined && { lastError }),
        ...(total !== undefined && { total }),
      });
      for (const chunk of added)
        chunks.set(placeOf(recoveryId, chunk.chunkId), { ...structuredClone(chunk), done: false });
      return true;
    },
    chunks: async (recoveryId, chunkIds) =>
      chunkIds.flatMap((chunkId) => {
        const chunk = chunks.get(placeOf(recoveryId, chunkId));
        return chunk ? [withoutDone(chunk)] : [];
      }),
    unfinished: async (recoveryId, limit) =>
      [...chunks]
        .filter(([place, { done }]) => place.startsWith(`${recoveryId} `) && !done)
        .map(([, chunk]) => withoutDone(chunk))
        .slice(0, limit),
    async complete(recoveryId, results) {
      const recovery = recoveries.get(recoveryId);
      const counted = eachOnce(results).filter(
        ({ chunkId }) => chunks.get(placeOf(recoveryId, chunkId))?.done === false,
      );
      if (counted.length === 0 || !recovery) return;
      for (const { chunkId } of counted) chunks.get(placeOf(recoveryId, chunkId))!.done = true;
      const { rebuilt, changed, failed, ...error } = sumOf(counted);
      Object.assign(recovery, {
        updatedAt: iso(),
        rebuilt: recovery.rebuilt + rebuilt,
        changed: recovery.changed + changed,
        failed: recovery.failed + failed,
        chunksDone: (recovery.chunksDone ?? 0) + counted.length,
        ...error,
      });
    },
    async end(recoveryId, status, lastError) {
      const recovery = running(recoveryId);
      if (recovery)
        Object.assign(recovery, {
          status,
          updatedAt: iso(),
          completedAt: iso(),
          ...(lastError !== undefined && { lastError }),
        });
      return structuredClone(recoveries.get(recoveryId));
    },
  };
};

const withoutDone = ({ chunkId, streams, claims }: Chunk): Chunk => structuredClone({ chunkId, streams, claims });
