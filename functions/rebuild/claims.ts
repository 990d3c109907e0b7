import type { State } from '../../domain/kernel/stream/state.ts';
import { type Claim, claimsOf } from '../../domain/kernel/stream/unique.ts';
import type { Claims, FoundClaim } from '../ports/claims/port.ts';
import type { EventReader } from '../ports/eventStore/port.ts';
import { isStreamName, nameOf, type StreamName } from '../ports/ledger/port.ts';
import { readStream } from './row.ts';
import { Unrebuildable } from '../streams/unrebuildable.ts';
import { Failure } from '../runtime/failure.ts';

interface ClaimPorts {
  eventStore: EventReader;
  claims: Claims;
}

const maximumTries = 10;

/**
 * Restores the claims that a stream should hold, beside live traffic: an append meanwhile sets right only what it
 * changes, so what moved is looked at again.
 * @param rebuilt the stream's state when it was last read
 * @param seen the claims of its values as they were found after that
 * @returns how many were missing or in wrong hands
 * @throws Unrebuildable when another live aggregate rightly holds one: two hold the same unique value, which no
 * recovery can decide; Error when the stream does not hold still
 */
export const restoreClaims = async (
  stream: StreamName,
  rebuilt: State,
  seen: Map<string, FoundClaim>,
  ports: ClaimPorts,
): Promise<number> => {
  let restored = 0;
  let state = rebuilt;
  let found = seen;
  for (let tries = 0; tries < maximumTries; tries += 1) {
    let moved = false;
    for (const claim of await ports.claims.stored(claimsOf(stream.aggregate, state))) {
      const result = await restore(claim, found.get(claim.key), stream, state.version, ports);
      if (result === 'restored') restored += 1;
      if (result === 'moved') moved = true;
    }
    if (!moved) return restored;
    ({ state } = (await readStream(stream, ports.eventStore)).stream);
    const held = await ports.claims.stored(claimsOf(stream.aggregate, state));
    found = await ports.claims.find(held.map(({ key }) => key));
  }
  throw new Failure(`The claims of ${nameOf(stream)} do not hold still`);
};

const restore = async (
  { key, attribute }: Claim,
  found: FoundClaim | undefined,
  stream: StreamName,
  version: number,
  { eventStore, claims }: ClaimPorts,
): Promise<'held' | 'restored' | 'moved'> => {
  const own = found?.streamId === nameOf(stream);
  if (own && found.attribute === attribute) return 'held';
  const unmoved = [{ ...stream, version }];
  if (found && !own && isStreamName(found.owner)) {
    const { owner } = found;
    const { state: other } = (await readStream(owner, eventStore)).stream;
    if ((await claims.stored(claimsOf(owner.aggregate, other))).some((claim) => claim.key === key))
      throw new Unrebuildable(`${nameOf(stream)} and ${nameOf(owner)} both hold one ${attribute}`);
    if (other.version > 0) unmoved.push({ ...owner, version: other.version });
  }
  return (await claims.restore({ key, attribute, owner: stream }, found, unmoved)) === 'done' ? 'restored' : 'moved';
};
