import { describe, expect, it } from 'vitest';
import { readCode, ResolverCodeError } from '../../../src/appsync/gate/refuse.ts';
import { importLine, requestBody } from './fixture.ts';

function problemsOf(code: string): string[] {
  try {
    readCode('test', code);
    return [];
  } catch (error) {
    expect(error).toBeInstanceOf(ResolverCodeError);
    return (error as ResolverCodeError).problems.map(({ message }) => message);
  }
}

describe('code that is refused at creation', () => {
  it.each<[string, string]>([
    ['for (let i = 0; i < 3; i += 1) {} return 1;', '`for (;;)`'],
    ['while (true) {} return 1;', '`while`'],
    ['do { } while (false); return 1;', '`do … while`'],
    ['for (const x of [1]) { continue; } return 1;', '`continue`'],
    ['outer: for (const x of [1]) { break outer; } return 1;', 'a label'],
    ['try { return 1; } catch (e) { return 2; }', '`try`'],
    ["throw 'x';", '`throw`'],
    ['let i = 0; i++; return i;', '`++`'],
    ['let i = 0; --i; return i;', '`++`'],
    ['return ~1;', 'the operator ~'],
    ["return 'a' in ctx.args;", 'the operator in'],
    ['return ctx instanceof Object;', 'the operator instanceof'],
    ['return this;', '`this`'],
    ['class A {} return 1;', 'a class'],
    ["return new Error('x');", '`new`'],
    ['return /a/;', 'a regular expression literal'],
    ['return 1n;', 'a BigInt literal'],
    ['return (1, 2);', 'the comma operator'],
    ['return `a`.raw`b`;', 'a tagged template'],
    ['let x = null; x ??= 1; return x;', 'the operator ??='],
    ['let x = 1; return x += 1;', 'returning an assignment'],
    ['return { get a() { return 1; } };', 'a method, getter or setter'],
    ['return { a() { return 1; } };', 'a method, getter or setter'],
    ['return { __proto__: null };', 'the property __proto__'],
    ['return ctx.constructor;', 'the property constructor'],
    ["return ctx['constructor'];", 'the property constructor'],
    ['return ctx.args.prototype;', 'the property prototype'],
    ['const f = async () => 1; return 1;', '`async`'],
    ['function* f() {} return 1;', 'a generator'],
    ['return new.target;', 'MetaProperty'],
    ["return import('x');", '`import()`'],
    // Built-ins that do not exist
    ['return new Date();', 'Date is not defined'],
    ["return parseInt('1');", 'parseInt is not defined'],
    ["return parseFloat('1');", 'parseFloat is not defined'],
    ["return Number('1');", 'Number can only be used'],
    ['return String(1);', 'String is not defined'],
    ['return Boolean(1);', 'Boolean is not defined'],
    ['return Array.isArray([]);', 'Array is not defined'],
    ['return Array.from([]);', 'Array is not defined'],
    ['return Number.isInteger(1);', 'Number.isInteger is not supported'],
    ['return Object.fromEntries([]);', 'Object.fromEntries is not supported'],
    ['return Object.freeze({});', 'Object.freeze is not supported'],
    ['return Math.abs(1);', 'Math.abs is not supported'],
    ["return Symbol('a');", 'Symbol is not defined'],
    ['const p = Promise; return 1;', 'Promise is not defined'],
    ['return globalThis;', 'globalThis is not defined'],
    ["return eval('1');", 'eval is not defined'],
    ['return process;', 'process is not defined'],
    ["return require('fs');", 'require is not defined'],
    ['return arguments;', 'arguments is not defined'],
    ['return nextToken;', 'nextToken is not defined'],
    ['const m = Math; return m;', 'Math can only be used'],
    ['return util.toJson({});', 'util.toJson is not supported'],
    ['return util.time.now();', 'util.time.now is not supported'],
    ['const now = util.time; return now;', 'util.time can only be used'],
    ['const now = util.time.nowISO8601; return 1;', 'util.time.nowISO8601 can only be called'],
    ['return ddb.sync({});', 'ddb.sync is not supported'],
    ["return util.xml.toMap('<a/>');", 'util.xml is not available in the local AppSync'],
    [
      'extensions.invalidateSubscriptions({}); return 1;',
      'extensions.invalidateSubscriptions is not available in the local AppSync',
    ],
    ['ctx.args = {}; return 1;', 'a member of ctx cannot be assigned'],
    ['return JSON.stringify({}, null, 2);', 'JSON.stringify takes one argument'],
    // Methods that do not exist
    ["return 'a'.padStart(2);", 'the method padStart'],
    ["return 'a'.match('a');", 'the method match'],
    ["return 'a'.charCodeAt(0);", 'the method charCodeAt'],
    ['return (1).toFixed(2);', 'the method toFixed'],
    ['return [1].toString();', 'the method toString'],
    ['return [2, 1].sort((a, b) => a - b);', 'sort takes no comparator'],
    ["const name = 'map'; return [1][name]((x) => x);", 'calling a computed member'],
    // Functions are no values
    ['const f = () => 1; const g = f; return 1;', 'the function f can only be called'],
    ['const f = () => 1; return { f };', 'the function f can only be called'],
    ['return () => 1;', 'a function can only be declared'],
    ['return [() => 1];', 'a function can only be declared'],
    ['const run = (f) => f(); const g = () => 1; return run(g);', 'the function g can only be called'],
    ['return (() => 1)();', 'a function can only be declared'],
    ['function a() { return b(); } function b() { return a(); } return a();', 'recursion'],
    ['function a(x) { return x > 0 ? a(x - 1) : 0; } return a(3);', 'recursion'],
    ['const a = (xs) => xs.map((x) => a(x)); return a([]);', 'recursion'],
    // Evaluated even if the left side is set
    ["return ctx.args.id ?? util.error('missing');", 'the right side of ??'],
    ['const f = () => 1; return ctx.args.id ?? f();', 'the right side of ??'],
  ])('%s', (body, message) => {
    const problems = problemsOf(requestBody(body));
    expect(problems.join('\n')).toContain(message);
  });

  it.each([
    ['export function request(ctx) { return 1; }', 'the function response is not exported'],
    ['export function response(ctx) { return 1; }', 'the function request is not exported'],
    ["import { S3 } from 'aws-sdk';\n", 'aws-sdk cannot be imported'],
    [
      "import { select } from '@aws-appsync/utils/rds';\n",
      '@aws-appsync/utils/rds is not available in the local AppSync',
    ],
    [
      "import { invokeModel } from '@aws-appsync/utils/ai';\n",
      '@aws-appsync/utils/ai is not available in the local AppSync',
    ],
    ["import { nothing } from '@aws-appsync/utils';\n", 'has no export nothing'],
    ["import '@aws-appsync/utils';\n", 'an import without names'],
    ["import utils from '@aws-appsync/utils';\n", 'a default import'],
    ["import * as all from '@aws-appsync/utils';\n", 'one by one'],
    ["export * from '@aws-appsync/utils';\n", '`export *`'],
    ['export default 1;\n', '`export default`'],
    ['const = 1;\n', 'Unexpected token'],
  ])('%s', (code, message) => {
    const whole = code.endsWith('\n')
      ? `${code}export function request(ctx) { return 1; }\nexport function response(ctx) { return 1; }`
      : code;
    expect(problemsOf(whole).join('\n')).toContain(message);
  });

  it('is code of more than 32,000 characters', () => {
    const code = requestBody('return 1;');
    expect(problemsOf(`${code}\n//${' '.repeat(32_000 - code.length - 3)}`)).toEqual([]);
    expect(problemsOf(`${code}\n//${' '.repeat(32_000 - code.length - 2)}`).join()).toContain('the limit is 32000');
  });

  it('is named as the service names it, with every reason and its line', () => {
    const code = `${importLine}\nexport function request(ctx) {\n  const x = parseInt('1');\n  return x++;\n}\nexport function response() { return 1; }`;
    expect(() => readCode('getUserFunction', code)).toThrow(
      'BadRequestException: The code contains one or more errors (getUserFunction)\n  code.js:5:13: parseInt is not defined in APPSYNC_JS\n  code.js:6:10: `++` and `--` is not supported',
    );
  });
});

describe('code that is accepted', () => {
  it.each([
    'const { id, ...rest } = ctx.args; const [first = 1] = [2]; return { id, rest, first };',
    'let total = 0; for (const x of [1, 2]) { total += x; } for (const key in ctx.args) { if (key === "a") { break; } } return total;',
    'switch (ctx.args.kind) { case "a": return 1; default: return 2; }',
    'const double = (x) => x * 2; return [1, 2].map(double);',
    'function helper(xs, ...more) { return xs.filter((x) => x > 1).concat(more); } return helper([1, 2], 3);',
    'return ctx.args?.list?.map((x) => x?.name ?? util.autoId());',
    'const y = typeof ctx.args.x; delete ctx.args.x; return void 0;',
    'return (5 & 3) | (1 << 2) ^ (8 >>> 1) + 2 ** 3 % 4;',
    'return `a${`b${1}`}`;',
    'var a = 1; if (a) { var b = 2; } return b;',
    "return ctx.args.x || util.error('missing', 'INVALID');",
    "return ddb.update({ key: { id: 'a' }, update: { n: ddb.operations.increment(1) } });",
    'console.log("x", { a: 1 }); console.error("y"); return NaN;',
    'ctx.stash.list = []; ctx.stash.list.push(1); return ctx.stash.list.length;',
  ])('%s', (body) => expect(problemsOf(requestBody(body))).toEqual([]));

  it('exports its handlers in any of the forms that bundlers write', () => {
    expect(
      problemsOf(
        'const request = (ctx) => 1;\nfunction handle(ctx) { return 1; }\nexport { request, handle as response };',
      ),
    ).toEqual([]);
    expect(problemsOf('export const request = (ctx) => 1;\nexport const response = (ctx) => 1;')).toEqual([]);
  });

  it('has local names that shadow one another', () => {
    expect(
      problemsOf(
        requestBody(
          'const user = (user) => user.name; const names = ["a"].map((util) => util); return { names, user: user({}) };',
        ),
      ),
    ).toEqual([]);
  });
});
