import type { State } from '../../domain/aggregate.ts';
import { fold, streamIdOf } from '../../domain/fold.ts';
import { claimsOf } from '../../domain/unique.ts';
import type { Claims } from '../ports/claims.ts';
import type { EventReader } from '../ports/eventStore.ts';
import type { StreamName } from '../ports/ledger.ts';
import { Unrebuildable } from './rebuild.ts';

/**
 * Restores the claims that a stream should hold.
 * @returns how many were missing or in wrong hands
 * @throws Unrebuildable when another live aggregate rightly holds one: two hold the same unique value, which no recovery can decide
 */
export const restoreClaims = async (stream: StreamName, state: State, { eventStore, claims }: { eventStore: EventReader; claims: Claims }): Promise<number> => {
  let restored = 0;
  for (const { key, attribute } of claimsOf(stream.aggregate, state)) {
    const found = await claims.find(key);
    if (found && same(found.owner, stream) && found.attribute === attribute) continue;
    const unmoved = [{ ...stream, version: state.version }];
    if (found && !same(found.owner, stream)) {
      const other = fold(await eventStore.load(found.owner.aggregate, found.owner.aggregateId));
      if (claimsOf(found.owner.aggregate, other).some((claim) => claim.key === key)) {
        throw new Unrebuildable(`${streamIdOf(stream.aggregate, stream.aggregateId)} and ${streamIdOf(found.owner.aggregate, found.owner.aggregateId)} both hold ${key}`);
      }
      if (other.version > 0) unmoved.push({ ...found.owner, version: other.version });
    }
    // When something moved meanwhile, the append that moved it has set the claims right itself.
    if (await claims.restore({ key, attribute, owner: stream }, found, unmoved)) restored += 1;
  }
  return restored;
};

const same = (one: StreamName, other: StreamName): boolean => one.aggregate === other.aggregate && one.aggregateId === other.aggregateId;
