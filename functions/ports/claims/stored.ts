import { createHmac } from 'node:crypto';
import type { Claim } from '../../../domain/kernel/stream/unique.ts';
import { aggregates } from '../../../domain/operations.ts';
import { streamIdOf } from '../../../domain/kernel/stream/event.ts';
import type { Keys } from '../keys/port.ts';
import type { ClaimReader, Claims, FoundClaim } from './port.ts';

const isOfPerson = ({ aggregate, attribute }: Claim): boolean =>
  aggregates[aggregate].attributes[attribute]?.personal ?? false;

/**
 * Claims by the keys under which they are stored: a personal value stands there as a hash that only the stack can make.
 */
export const storedClaims = async (claims: Claim[], keys: Pick<Keys, 'claimKey'>): Promise<Claim[]> => {
  if (!claims.some(isOfPerson)) return claims;
  const secret = await keys.claimKey();
  return claims.map((claim) => {
    const { aggregate, attribute, key } = claim;
    if (!isOfPerson(claim)) return claim;
    return {
      ...claim,
      key: `${aggregate}#${attribute}#${createHmac('sha256', secret).update(key).digest('base64url')}`,
    };
  });
};

/** Looks claims up, and makes no key for it. */
export const claimReader = (find: Claims['find'], keys: Pick<Keys, 'standingClaimKey'>): ClaimReader => {
  const found = async (claims: Claim[]): Promise<(FoundClaim | undefined)[]> => {
    const secret = claims.some(isOfPerson) ? await keys.standingClaimKey() : undefined;
    const stored = await Promise.all(
      claims.map(async (claim) => {
        if (!isOfPerson(claim)) return claim;
        const [hashed] = secret ? await storedClaims([claim], { claimKey: async () => secret }) : [];
        return hashed;
      }),
    );
    const standing = await find(stored.flatMap((claim) => claim?.key ?? []));
    return stored.map((claim) => claim && standing.get(claim.key));
  };
  return {
    async standing({ aggregate, aggregateId }, claims) {
      const standing = await found(claims);
      return claims.filter((_, index) => standing[index]?.streamId === streamIdOf(aggregate, aggregateId));
    },
    holders: async (claims) => (await found(claims)).map((claim) => claim?.owner),
  };
};
