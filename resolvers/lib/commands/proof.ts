import { util, type Context } from '@aws-appsync/utils';

type Values = Record<string, unknown>;

/**
 * What the sender's token proves of an input: `{ email: 'ann@example.com' }`. Refuses what it does not prove, where
 * proof is demanded; the command function does so again.
 * @param fields the fields that a token can prove
 */
export function provedFields(ctx: Context, fields: string[], input: Values): Record<string, string> {
  const { claims } = ctx.identity as { claims: Values };
  const proved: Record<string, string> = {};
  for (const field of fields) {
    const value = input[field];
    const claim = claims[`${PROOF.claims}${field}`];
    const verified = typeof claim === 'string' && claims[`${PROOF.claims}${field}_verified`] === true;
    // Compared without case, as addresses are.
    if (verified && typeof value === 'string' && value.toLowerCase() === claim.trim().toLowerCase()) {
      proved[field] = claim;
    } else if (value !== undefined && ctx.env.EMAIL !== 'form') {
      util.error(`${field}: ${PROOF.rule}`, `${field.toUpperCase()}_NOT_VERIFIED`, null, { field, rule: PROOF.rule });
    }
  }
  return proved;
}
