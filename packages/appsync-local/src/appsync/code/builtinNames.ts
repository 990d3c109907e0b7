/** The documented built-ins of APPSYNC_JS, by name. What is not here does not exist for resolver code. */

/** Members of the global objects. `String` and `Array` exist, but without members that could be relied on. */
export const STATIC_MEMBERS: Record<string, readonly string[]> = {
  Object: ['assign', 'entries', 'hasOwn', 'keys', 'values'],
  Number: ['isFinite', 'isNaN'],
  Math: ['random', 'min', 'max', 'round', 'floor', 'ceil'],
  JSON: ['stringify', 'parse'],
  console: ['log', 'error'],
};

export const GLOBAL_VALUES: readonly string[] = ['NaN', 'Infinity', 'undefined'];

export const STRING_METHODS: readonly string[] = [
  'charAt',
  'concat',
  'endsWith',
  'includes',
  'indexOf',
  'lastIndexOf',
  'replace',
  'replaceAll',
  'slice',
  'split',
  'startsWith',
  'substring',
  'toLowerCase',
  'toUpperCase',
  'trim',
  'trimEnd',
  'trimStart',
];

/** Methods of texts and lists that are not documented, and were seen to work all the same. */
export const DOUBTFUL_METHODS: readonly string[] = ['includes', 'substring'];

/** Array methods that take a function; nothing else does. */
export const CALLBACK_METHODS: readonly string[] = [
  'forEach',
  'map',
  'flatMap',
  'filter',
  'reduce',
  'reduceRight',
  'find',
  'some',
  'every',
  'findIndex',
  'findLast',
  'findLastIndex',
];

export const ARRAY_METHODS: readonly string[] = [
  'concat',
  'fill',
  'flat',
  'includes',
  'indexOf',
  'join',
  'lastIndexOf',
  'pop',
  'push',
  'reverse',
  'shift',
  'slice',
  'sort',
  'splice',
  'unshift',
  ...CALLBACK_METHODS,
];
