import { streamIdOf } from '../../domain/fold.ts';
import { type Claims, ownerOf, type StoredClaim, type Unmoved } from './claims.ts';
import type { MemoryEventStore } from './eventStore.memory.ts';

/** Claims over those of an event store in memory. */
export const memoryClaims = (store: MemoryEventStore): Claims => {
  const claimAt = (key: string): StoredClaim | undefined => {
    const streamId = store.claims.get(key);
    return streamId === undefined ? undefined : { key, attribute: key.split('#')[1] ?? '', owner: ownerOf(streamId) };
  };
  const holds = async (unmoved: Unmoved[]) => (await Promise.all(unmoved.map(({ aggregate, aggregateId, version }) => store.loadAfter(aggregate, aggregateId, version)))).every((later) => later.length === 0);
  const sameOwner = (one?: StoredClaim, other?: StoredClaim) => JSON.stringify(one?.owner) === JSON.stringify(other?.owner);
  return {
    find: async (key) => claimAt(key),
    page: async (limit, after) => {
      const keys = [...store.claims.keys()].sort().filter((key) => after === undefined || key > after);
      return { claims: keys.slice(0, limit).flatMap((key) => claimAt(key) ?? []), next: keys.length > limit ? keys[limit - 1] : undefined };
    },
    restore: async (claim, before, unmoved) => {
      if (!(await holds(unmoved)) || !sameOwner(claimAt(claim.key), before)) return false;
      store.claims.set(claim.key, streamIdOf(claim.owner.aggregate, claim.owner.aggregateId));
      return true;
    },
    remove: async (claim, unmoved) => {
      if (!(await holds(unmoved)) || !sameOwner(claimAt(claim.key), claim)) return false;
      return store.claims.delete(claim.key);
    },
  };
};
