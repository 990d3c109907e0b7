import { createHmac } from 'node:crypto';
import type { Claim } from '../../../domain/kernel/unique.ts';
import { aggregates } from '../../../domain/operations.ts';
import type { Keys } from '../keys/port.ts';

const isPersonal = ({ aggregate, attribute }: Claim): boolean =>
  aggregates[aggregate].attributes[attribute]?.personal ?? false;

/** Claims by the keys under which they are stored: a personal value stands there as a hash that only the stack can make. */
export const storedClaims = async (claims: Claim[], keys: Pick<Keys, 'claimKey'>): Promise<Claim[]> => {
  if (!claims.some(isPersonal)) return claims;
  const secret = await keys.claimKey();
  return claims.map((claim) => {
    const { aggregate, attribute, key } = claim;
    if (!isPersonal(claim)) return claim;
    return {
      ...claim,
      key: `${aggregate}#${attribute}#${createHmac('sha256', secret).update(key).digest('base64url')}`,
    };
  });
};
