/** The documented built-ins of APPSYNC_JS, by name. What is not here does not exist for resolver code. */

/** Members of the global objects. `String` and `Array` exist, but without members that could be relied on. */
export const staticMembers: Record<string, readonly string[]> = {
  Object: ['assign', 'entries', 'hasOwn', 'keys', 'values'],
  Number: ['isFinite', 'isNaN'],
  Math: ['random', 'min', 'max', 'round', 'floor', 'ceil'],
  JSON: ['stringify', 'parse'],
  console: ['log', 'error'],
};

export const globalValues: readonly string[] = ['NaN', 'Infinity', 'undefined'];

export const methodsOfStrings: readonly string[] = [
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
export const doubtfulMethods: readonly string[] = ['includes', 'substring'];

/** Array methods that take a function; nothing else does. */
export const callbackMethods: readonly string[] = [
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

export const methodsOfArrays: readonly string[] = [
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
  ...callbackMethods,
];
