import { conditionsHold, matchesPattern } from './conditions.ts';
import type { PolicyContext, PolicyStatement } from '../model.ts';

export interface Decision {
  allowed: boolean;
  /** The statement that decided; none if nothing allows the call. */
  statement?: PolicyStatement;
  /** Set if the caller's own policies allow the call, and the resource's would have to as well. */
  notDelegated?: true;
}

/** The statements of a resource's own policy, e.g. of a queue or a key. */
export interface ResourcePolicy {
  statements: PolicyStatement[];
  /** ARN of the caller. */
  principal: string;
  /** The caller's own policies count only if this one lets the account in: so it is with keys. */
  rules?: boolean;
}

/**
 * IAM's rule within one account: an explicit Deny in either policy wins; otherwise one Allow, of the caller's own
 * policies or of the resource's for this very caller, suffices. An Allow for the account as a whole lets nobody in: it
 * leaves the decision to the callers' own policies.
 */
export function decide(
  identityPolicy: PolicyStatement[],
  action: string,
  resource: string,
  context: PolicyContext,
  resourcePolicy: ResourcePolicy = { statements: [], principal: '' },
): Decision {
  const own = identityPolicy.filter((statement) => applies(statement, action, resource, context));
  const theirs = resourcePolicy.statements.filter((statement) => applies(statement, action, resource, context));
  const { principal } = resourcePolicy;
  const denying = [...own, ...theirs.filter((one) => names(one, principal) || namesAccount(one, principal))].find(
    ({ effect }) => effect === 'Deny',
  );
  if (denying) return { allowed: false, statement: denying };

  const [granting] = theirs.filter((one) => names(one, principal));
  if (granting) return { allowed: true, statement: granting };
  const [allowing] = own;
  if (!allowing) return { allowed: false };
  const delegated = resourcePolicy.rules !== true || theirs.some((one) => namesAccount(one, principal));
  return delegated ? { allowed: true, statement: allowing } : { allowed: false, notDelegated: true };
}

function applies(statement: PolicyStatement, action: string, resource: string, context: PolicyContext): boolean {
  const called = action.toLowerCase();
  return (
    statement.actions.some((pattern) => matchesPattern(pattern.toLowerCase(), called)) &&
    statement.resources.some((pattern) => matchesPattern(pattern, resource)) &&
    conditionsHold(statement, context)
  );
}

function names(statement: PolicyStatement, principal: string): boolean {
  return (statement.principals ?? []).some((one) => one === '*' || one === principal);
}

/** `arn:aws:iam::<account>:root` (or the bare account id) stands for the account of every identity in it. */
function namesAccount(statement: PolicyStatement, caller: string): boolean {
  const account = caller.split(':')[4];
  return (statement.principals ?? []).some(
    (one) => one === account || (one.endsWith(':root') && one.split(':')[4] === account),
  );
}
