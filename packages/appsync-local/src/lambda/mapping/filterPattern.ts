/** Whether a stream record passes a mapping's filters. */
export type RecordFilter = (record: object) => boolean;
type Test = (value: unknown) => boolean;
type LeafTest = (leaves: unknown[]) => boolean;

/** The parts of a stream record that a pattern may speak of. */
const filterable = new Set(['eventName', 'dynamodb', 'userIdentity']);

/**
 * Makes a filter of a mapping's patterns (JSON, alternatives of each other; none: everything passes).
 * Known: exact values, `prefix`, `exists`, `numeric`, `anything-but`. Anything else is an error that names the path,
 * because on the real service it would be one, or worse, would silently match nothing.
 */
export function recordFilter(patterns: readonly string[]): RecordFilter {
  const alternatives = patterns.map((text) => {
    const pattern = parse(text);
    for (const name of Object.keys(pattern)) {
      if (!filterable.has(name))
        throw new Error(`filter pattern: ${name} cannot be filtered on (only ${[...filterable].join(', ')})`);
    }
    return objectTest(pattern, '');
  });
  return alternatives.length === 0 ? () => true : (record) => alternatives.some((matches) => matches(record));
}

function parse(text: string): Record<string, unknown> {
  try {
    const pattern: unknown = JSON.parse(text);
    if (isObject(pattern)) return pattern;
  } catch {
    // Said below, as for any other text that is no pattern.
  }
  throw new Error(`filter pattern: ${text} is not a JSON object`);
}

function objectTest(pattern: Record<string, unknown>, path: string): Test {
  const members = Object.entries(pattern).map(([name, part]) => {
    const where = path === '' ? name : `${path}.${name}`;
    if (Array.isArray(part)) return { name, test: leafTest(part, where) };
    return { name, test: isObject(part) ? objectTest(part, where) : refuse(where, 'values must stand in a list') };
  });
  if (members.length === 0) refuse(path || 'the whole', 'the pattern is empty');
  return (value) => members.every(({ name, test }) => test(isObject(value) ? value[name] : undefined));
}

function leafTest(rules: unknown[], path: string): Test {
  if (rules.length === 0) refuse(path, 'the list is empty');
  const tests = rules.map((rule) => (isObject(rule) ? operatorTest(rule, path) : exactTest(rule)));
  return (value) => tests.some((test) => test(leavesOf(value)));
}

/**
 * What a rule sees of a value: itself, or the members of a list. An object is no leaf, and seen as if nothing were
 * there:
 * `exists: false` passes it.
 */
function leavesOf(value: unknown): unknown[] {
  if (Array.isArray(value)) return value.flatMap(leavesOf);
  return value === undefined || isObject(value) ? [] : [value];
}

function exactTest(expected: unknown): LeafTest {
  return any((value) => value === expected);
}

const any =
  (test: Test): LeafTest =>
  (leaves) =>
    leaves.some(test);

function operatorTest(rule: Record<string, unknown>, path: string): LeafTest {
  const [operator = '', ...others] = Object.keys(rule);
  if (others.length > 0) refuse(path, 'one operator at a time');
  const operand = rule[operator];
  switch (operator) {
    case 'prefix':
      if (typeof operand !== 'string') return refuse(path, 'prefix takes a text');
      return any((value) => typeof value === 'string' && value.startsWith(operand));
    case 'exists':
      if (typeof operand !== 'boolean') return refuse(path, 'exists takes true or false');
      return (leaves) => leaves.length > 0 === operand;
    case 'anything-but': {
      const excluded: unknown[] = Array.isArray(operand) ? operand : [operand];
      if (excluded.some((one) => typeof one !== 'string' && typeof one !== 'number'))
        return refuse(path, 'anything-but takes texts or numbers');
      return any((value) => !excluded.includes(value));
    }
    case 'numeric':
      if (path.endsWith('.N')) return refuse(path, 'DynamoDB numbers are texts, so numeric never matches them');
      return any(numericTest(operand, path));
    default:
      return refuse(path, `operator ${operator} is not supported`);
  }
}

const comparisons: Record<string, (a: number, b: number) => boolean> = {
  '=': (a, b) => a === b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
};

/** `['>', 0, '<=', 5]`: comparisons and bounds in turn, all of which must hold. */
function numericTest(operand: unknown, path: string): Test {
  if (!Array.isArray(operand) || operand.length === 0 || operand.length % 2 !== 0)
    return refuse(path, 'numeric takes a list of comparisons and numbers');
  const tests: Array<(value: number) => boolean> = [];
  for (let index = 0; index < operand.length; index += 2) {
    const compare = comparisons[String(operand[index])];
    const bound: unknown = operand[index + 1];
    if (!compare || typeof bound !== 'number') return refuse(path, 'numeric takes a list of comparisons and numbers');
    tests.push((value) => compare(value, bound));
  }
  return (value) => typeof value === 'number' && tests.every((test) => test(value));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function refuse(path: string, reason: string): never {
  throw new Error(`filter pattern at ${path}: ${reason}`);
}
