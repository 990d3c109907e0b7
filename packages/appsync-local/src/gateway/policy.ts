import { conditionsHold, matchesPattern } from './conditions.ts';
import type { PolicyContext, PolicyStatement } from '../model.ts';

export interface Decision {
  allowed: boolean;
  /** The statement that decided; none if nothing allows the call. */
  statement?: PolicyStatement;
}

/**
 * IAM's rule within one account: an explicit Deny in either policy wins; otherwise one Allow, of the caller's own
 * policies or of the resource's, suffices.
 *
 * @param resourcePolicy statements that apply to `principal`, e.g. of a queue policy
 */
export function decide(
  identityPolicy: PolicyStatement[],
  action: string,
  resource: string,
  context: PolicyContext,
  resourcePolicy: { statements: PolicyStatement[]; principal: string } = { statements: [], principal: '' },
): Decision {
  let allowing: PolicyStatement | undefined;
  for (const statement of identityPolicy) {
    if (!applies(statement, action, resource, context)) continue;
    if (statement.effect === 'Deny') return { allowed: false, statement };
    allowing ??= statement;
  }
  for (const statement of resourcePolicy.statements) {
    if (!names(statement, resourcePolicy.principal) || !applies(statement, action, resource, context)) continue;
    if (statement.effect === 'Deny') return { allowed: false, statement };
    allowing ??= statement;
  }
  return allowing ? { allowed: true, statement: allowing } : { allowed: false };
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
  return (statement.principals ?? []).some((one) => one === '*' || one === principal || isAccountOf(one, principal));
}

/** `arn:aws:iam::<account>:root` (or the bare account id) stands for every identity of the account. */
function isAccountOf(principal: string, caller: string): boolean {
  const account = caller.split(':')[4];
  return principal === account || (principal.endsWith(':root') && principal.split(':')[4] === account);
}
