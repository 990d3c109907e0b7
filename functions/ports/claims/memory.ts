import { streamIdOf } from '../../../domain/kernel/stream/event.ts';
import { type ClaimReader, type Claims, type FoundClaim, ownerOf, type Unmoved } from './port.ts';
import type { MemoryEventStore } from '../eventStore/memory.ts';
import { claimReader, storedClaims } from './stored.ts';

/** Claims over those of an event store in memory. */
export const memoryClaims = (store: MemoryEventStore): Claims => {
  const claimAt = (key: string): FoundClaim | undefined => {
    const streamId = store.claims.get(key);
    return streamId === undefined
      ? undefined
      : { key, attribute: key.split('#')[1] ?? '', owner: ownerOf(streamId), streamId };
  };
  const holds = async (unmoved: Unmoved[]) =>
    (
      await Promise.all(
        unmoved.map(({ aggregate, aggregateId, version }) => store.loadAfter(aggregate, aggregateId, version)),
      )
    ).every((later) => later.length === 0);
  const isAs = (found: FoundClaim | undefined, key: string) => claimAt(key)?.streamId === found?.streamId;
  return {
    stored: (claims) => storedClaims(claims, store.keys),
    find: async (keys) =>
      new Map(
        keys.flatMap((key) => {
          const claim = claimAt(key);
          return claim ? [[key, claim] as const] : [];
        }),
      ),
    page: async (limit, after) => {
      const keys = [...store.claims.keys()].sort().filter((key) => after === undefined || key > after);
      return {
        claims: keys.slice(0, limit).flatMap((key) => claimAt(key) ?? []),
        next: keys.length > limit ? keys[limit - 1] : undefined,
      };
    },
    restore: async (claim, before, unmoved) => {
      if (!isAs(before, claim.key)) return 'claimMoved';
      if (!(await holds(unmoved))) return 'streamMoved';
      store.claims.set(claim.key, streamIdOf(claim.owner.aggregate, claim.owner.aggregateId));
      return 'done';
    },
    remove: async (claim, unmoved) => {
      if (!isAs(claim, claim.key)) return 'claimMoved';
      if (!(await holds(unmoved))) return 'streamMoved';
      store.claims.delete(claim.key);
      return 'done';
    },
  };
};

export const memoryClaimReader = (store: MemoryEventStore): ClaimReader =>
  claimReader(memoryClaims(store).find, store.keys);
