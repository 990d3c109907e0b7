import type { PolicyContext, PolicyStatement } from '../model.ts';

type Compare = (actual: string, expected: string) => boolean;

const equals: Compare = (actual, expected) => actual === expected;
const like: Compare = (actual, expected) => matchesPattern(expected, actual);
const sameBoolean: Compare = (actual, expected) => actual.toLowerCase() === expected.toLowerCase();

const operators: Record<string, { compare: Compare; negated?: true }> = {
  StringEquals: { compare: equals },
  StringNotEquals: { compare: equals, negated: true },
  StringLike: { compare: like },
  StringNotLike: { compare: like, negated: true },
  ArnEquals: { compare: like },
  ArnLike: { compare: like },
  ArnNotEquals: { compare: like, negated: true },
  ArnNotLike: { compare: like, negated: true },
  Bool: { compare: sameBoolean },
};

const knownConditionKeys = new Set([
  'aws:SecureTransport',
  'aws:PrincipalArn',
  'aws:PrincipalAccount',
  'aws:RequestedRegion',
  'aws:SourceAccount',
  'aws:SourceArn',
  'dynamodb:LeadingKeys',
  'dynamodb:EnclosingOperation',
  'kms:CallerAccount',
  'kms:EncryptionContextKeys',
  'kms:ViaService',
]);
const keysByLowerCase = new Map([...knownConditionKeys].map((key) => [key.toLowerCase(), key]));

const contextPair = 'kms:encryptioncontext:';

/** The key as the evaluator spells it (IAM ignores the case), or undefined if the local stack cannot evaluate it. */
export function knownConditionKey(key: string): string | undefined {
  const lower = key.toLowerCase();
  // Names the pair of the encryption context that it speaks of, in any case too.
  if (lower.startsWith(contextPair)) return `kms:EncryptionContext:${lower.slice(contextPair.length)}`;
  return keysByLowerCase.get(lower);
}

/** Whether the local stack can evaluate this condition operator, e.g. `ForAllValues:StringEqualsIfExists`. */
export function isKnownOperator(operator: string): boolean {
  return parseOperator(operator) !== undefined;
}

/** All operators and keys of a statement's condition must hold; of several values one suffices. */
export function conditionsHold(statement: PolicyStatement, context: PolicyContext): boolean {
  return Object.entries(statement.conditions).every(([operator, keys]) =>
    Object.entries(keys).every(([key, values]) => holds(operator, context[key], values)),
  );
}

function holds(operator: string, actual: string | string[] | undefined, expected: string[]): boolean {
  const parsed = parseOperator(operator);
  if (!parsed) throw new Error(`unknown condition operator ${operator}`);
  const { compare, negated, ifExists, set } = parsed;
  const actuals = actual === undefined ? [] : Array.isArray(actual) ? actual : [actual];
  const matches = (value: string) => expected.some((one) => compare(value, one)) !== negated;
  if (set === 'ForAllValues') return actuals.every(matches);
  if (actuals.length === 0) return ifExists || (negated && set === undefined);
  return actuals.some(matches);
}

function parseOperator(operator: string) {
  const colon = operator.indexOf(':');
  const set = colon === -1 ? undefined : operator.slice(0, colon);
  if (set !== undefined && set !== 'ForAllValues' && set !== 'ForAnyValue') return undefined;
  const full = operator.slice(colon + 1);
  const ifExists = full.endsWith('IfExists');
  const known = operators[ifExists ? full.slice(0, -'IfExists'.length) : full];
  return known && { compare: known.compare, negated: known.negated ?? false, ifExists, set };
}

const compiled = new Map<string, RegExp>();

/** IAM's wildcards: `*` for any text, `?` for any one character. */
export function matchesPattern(pattern: string, text: string): boolean {
  if (pattern === '*') return true;
  let expression = compiled.get(pattern);
  if (!expression) {
    const source = pattern
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.');
    expression = new RegExp(`^${source}$`, 's');
    compiled.set(pattern, expression);
  }
  return expression.test(text);
}
