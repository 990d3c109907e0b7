import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { refuseCode } from '../../src/appsync/gate/refuse.ts';
import { foundElsewhere } from '../../src/appsync/gate/nameRules.ts';
import { libraryShape } from '../../src/appsync/utilities/library.ts';
import { type Finding, gate } from '../../src/appsync/gate/gate.ts';

/** A resolver whose request handler does this; line 4 of the bundle. */
const resolver = (body: string): string => `import { util, runtime, extensions } from '@aws-appsync/utils';
import * as ddb from '@aws-appsync/utils/dynamodb';
function request(ctx) {
${body}
}
const response = (ctx) => ctx.result;
export { request, response };
`;

const findingsOf = async (code: string): Promise<Finding[]> => (await gate({ code }))['code'] ?? [];
const rulesOf = async (code: string): Promise<string[]> => (await findingsOf(code)).map(({ rule }) => rule);

describe('syntax that AppSync takes', () => {
  it.each([
    ['declarations', 'const a = 1; let b = a; var c = b; b = 2; return [a, b, c]'],
    ['if and else', "if (ctx.args.id === 'x') { return 1; } else { return 2; }"],
    ['switch', 'switch (ctx.args.n) { case 1: return 1; case 2: break; default: return 3; } return 4'],
    ['for … of', 'let sum = 0; for (const n of ctx.args.list) { if (n > 3) { break; } sum += n; } return sum'],
    ['for … in', 'const names = []; for (const name in ctx.args) { names.push(name); } return names'],
    ['arrow and declared functions', 'const one = (x) => x + 1; function two(x) { return one(x) * 2; } return two(3)'],
    ['rest parameters', 'const count = (...all) => all.length; return count(1, 2)'],
    ['template literals', 'return `${ctx.args.id}#1`'],
    ['spread', 'return { ...ctx.args, list: [...ctx.args.list, 1] }'],
    [
      'destructuring',
      'const { id, ...others } = ctx.args; const [first] = ctx.args.list; return { id, others, first }',
    ],
    ['?. and ??', "return ctx.args?.input?.name ?? 'none'"],
    ['typeof, void, delete', "delete ctx.args.x; return typeof ctx.args === 'object' ? void 0 : undefined"],
    ['arithmetic and bits', 'let n = 7 % 4; n += 1; n *= 2; return (n & 3) | (n << 1)'],
    ['changes inside the context', 'ctx.stash.id = 1; ctx.args.input.id = 2; return null'],
    [
      'callbacks of lists',
      "return ctx.args.list.filter((x) => x !== null).map((x, i) => `${x}${i}`).reduce((all, x) => all + x, '')",
    ],
    ['a named callback', 'const positive = (x) => x > 0; return ctx.args.list.filter(positive)'],
  ])('%s', async (_, body) => {
    expect(await findingsOf(resolver(body))).toEqual([]);
  });
});

describe('syntax that AppSync refuses', () => {
  it.each([
    ['for (;;)', 'for (let i = 0; i < 3; i += 1) {}', 'syntax'],
    ['while', 'while (ctx.args.x) {}', 'syntax'],
    ['do', 'do {} while (ctx.args.x)', 'syntax'],
    ['continue', 'for (const x of ctx.args.list) { continue; }', 'syntax'],
    ['labels', 'a: for (const x of ctx.args.list) { break a; }', 'syntax'],
    ['try', 'try { return 1; } catch (e) { return 2; }', 'syntax'],
    ['throw', 'throw ctx.args', 'syntax'],
    ['++', 'let i = 0; i++; return i', 'syntax'],
    ['--', 'let i = 0; --i; return i', 'syntax'],
    ['~', 'return ~ctx.args.n', 'syntax'],
    ['in', "return 'id' in ctx.args", 'syntax'],
    ['instanceof', 'return ctx.args instanceof Object', 'syntax'],
    ['this', 'return this', 'syntax'],
    ['classes', 'class A {} return 1', 'syntax'],
    ['new', 'return new ctx.args.A()', 'syntax'],
    ['regular expressions', 'return /a/', 'syntax'],
    ['async', 'const f = async () => 1; return 1', 'syntax'],
    ['generators', 'function* f() { yield 1; } return 1', 'syntax'],
    ['direct recursion', 'const f = (n) => f(n); return f(1)', 'recursion'],
    ['mutual recursion', 'const f = (n) => g(n); const g = (n) => f(n); return f(1)', 'recursion'],
    ['passing a function', 'const f = (x) => x; const g = (h) => h; return g(f)', 'function'],
    ['returning a function', 'const f = () => () => 1; return f()', 'function'],
    ['aliasing a function', 'const f = () => 1; const g = f; return g()', 'function'],
    ['call', 'const f = (x) => x; return f.call(null, 1)', 'function'],
    ['apply', 'const f = (x) => x; return f.apply(null, [1])', 'function'],
    ['bind', 'const f = (x) => x; return f.bind(null)', 'function'],
    ['Function()', "return Function('return 1')", 'name'],
    ['calling a computed member', "return ctx.args.name['trim']()", 'method'],
    ['assigning ctx.args', 'ctx.args = {}', 'context'],
    ['assigning ctx.stash', 'ctx.stash = {}', 'context'],
    ['adding to ctx', 'ctx.own = 1', 'context'],
    ['deleting ctx.stash', 'delete ctx.stash', 'context'],
  ])('%s', async (_, body, rule) => {
    const findings = await findingsOf(resolver(body));
    expect(findings).toContainEqual(expect.objectContaining({ line: 4, rule }));
  });
});

describe('built-ins that AppSync documents', () => {
  it.each([
    [
      'Object',
      "const all = Object.assign({}, ctx.args); return [Object.entries(all), Object.hasOwn(all, 'a'), Object.keys(all), Object.values(all)]",
    ],
    [
      'texts',
      "const s = 'abc'; return [s.length, s.charAt(0), s.concat('d'), s.endsWith('c'), s.indexOf('b'), s.lastIndexOf('b'), s.replace('a', 'b'), s.replaceAll('a', 'b'), s.slice(1), s.split(''), s.startsWith('a'), s.toLowerCase(), s.toUpperCase(), s.trim(), s.trimEnd(), s.trimStart()]",
    ],
    [
      'numbers',
      'return [Number.isFinite(1), Number.isNaN(NaN), Infinity, Math.random(), Math.min(1, 2), Math.max(1, 2), Math.round(1.5), Math.floor(1.5), Math.ceil(1.5)]',
    ],
    [
      'lists',
      'const l = [1, 2]; return [l.length, l.concat([3]), l.fill(0), l.flat(), l.indexOf(1), l.join(), l.lastIndexOf(1), l.pop(), l.push(1), l.reverse(), l.shift(), l.slice(), l.sort(), l.splice(0, 1), l.unshift(1)]',
    ],
    [
      'lists with callbacks',
      'const l = [1, 2]; l.forEach((x) => { console.log(x); }); return [l.map((x) => x), l.flatMap((x) => [x]), l.filter((x) => x), l.reduce((a, x) => a + x, 0), l.reduceRight((a, x) => a + x, 0), l.find((x) => x), l.some((x) => x), l.every((x) => x), l.findIndex((x) => x), l.findLast((x) => x), l.findLastIndex((x) => x)]',
    ],
    ['JSON and the console', "console.error('x'); return JSON.parse(JSON.stringify(ctx.args))"],
    [
      'the runtime',
      "if (util.authType() === 'x') { util.unauthorized(); } if (ctx.args.x) { runtime.earlyReturn({}); } extensions.setSubscriptionFilter({}); return ddb.get({ key: { id: util.autoId() } })",
    ],
  ])('%s', async (_, body) => {
    expect(await findingsOf(resolver(body))).toEqual([]);
  });
});

describe('built-ins that AppSync lacks', () => {
  it.each([
    'Array.isArray([1])',
    'Array.from([1])',
    'Number("1")',
    'Number.isInteger(1)',
    'String(1)',
    'Boolean(1)',
    'parseInt("1")',
    'parseFloat("1")',
    'new Date()',
    'Date.now()',
    'new Map()',
    'new Set()',
    'Promise.resolve(1)',
    'Symbol.iterator',
    'globalThis',
    'eval("1")',
    'Object.fromEntries([])',
    'Object.freeze({})',
    '[2, 1].sort((a, b) => a - b)',
    'ctx.args.list.sort((a, b) => a - b)',
    '"1".padStart(2)',
    '"1".repeat(2)',
    '"1".match("1")',
    '[1].at(0)',
    '(5).toFixed(1)',
    'ctx.args.n.toString()',
    '[1].constructor',
    'util.toJson({})',
    'util.parseJson("")',
    'util.validate(true, "")',
    'setTimeout(1)',
    'require("fs")',
    'process.env',
  ])('%s', async (expression) => {
    expect(await findingsOf(resolver(`return ${expression}`))).not.toEqual([]);
  });
});

// Each was reported to be refused at deployment, with this error of the compiler.
describe('types that the service is known to refuse', () => {
  it.each([
    ['an element of another shape', 'let b = [{ "a": 5 }]; b.push({ "b": 6 }); return b', 'TS2345'],
    ['a spread argument', 'const all = [1, 2]; util.appendError(...all); return null', 'TS2556'],
    ['an argument too many', 'const f = () => 1; return f(2)', 'TS2554'],
    ['a key twice', 'return { a: 1, a: 2 }', 'TS1117'],
    ['ddb.sync', 'return ddb.sync({})', 'name'],
    [
      'an object of another shape',
      "let key = { ge: 'x' }; if (ctx.args.x) { key = { eq: 'y' }; } return key",
      'TS2741',
    ],
    ['two constants that differ', "const a = 'x'; if (a === 'y') { return 1; } return 2", 'TS2367'],
    ['an undeclared name', 'return nextToken', 'name'],
  ])('%s', async (_, body, rule) => {
    expect(await rulesOf(resolver(body))).toContain(rule);
  });

  it.each([
    ['a list that begins empty', "const b = []; b.push({ a: 5 }); b.push({ c: 'x' }); return b"],
    [
      'a variable without a first value',
      "let key; key = { ge: 'x' }; if (ctx.args.x) { key = { eq: 'y' }; } return key",
    ],
  ])('but takes %s', async (_, body) => {
    expect(await findingsOf(resolver(body))).toEqual([]);
  });
});

describe('code that AppSync runs otherwise than it reads', () => {
  it.each([
    ['a call to the right of ??', "return ctx.args.id ?? util.error('none')", 'nullish-call'],
    ['an assignment returned', 'let n = 1; return n += 1', 'return-assignment'],
  ])('%s', async (_, body, rule) => {
    expect(await rulesOf(resolver(body))).toEqual([rule]);
  });
});

describe('what reports of the service conflict about passes with a warning', () => {
  it.each([
    ['includes of a list', 'return [1].includes(1)', 'method'],
    ['includes of whatever comes', 'return ctx.args.list.includes(1)', 'method'],
    ['substring', "return 'abc'.substring(1)", 'method'],
    ['a default in a destructuring', 'const { roles = [] } = ctx.args; return roles', 'destructuring-default'],
    ['a default in a destructured list', 'const [first = 1] = ctx.args.list; return first', 'destructuring-default'],
  ])('%s', async (_, body, rule) => {
    expect(await findingsOf(resolver(body))).toEqual([expect.objectContaining({ line: 4, rule, severity: 'warning' })]);
  });

  it('a renamed import', async () => {
    const code =
      "import { util as util2 } from '@aws-appsync/utils';\nexport const request = () => util2.autoId();\nexport const response = (ctx) => ctx.result;\n";
    expect(await findingsOf(code)).toEqual([expect.objectContaining({ line: 1, rule: 'import', severity: 'warning' })]);
  });
});

describe('what AppSync has and the local AppSync has not', () => {
  it.each([
    ["return util.xml.toMap('<a/>')", 'name'],
    ['return util.transform.toElasticsearchQueryDSL({})', 'name'],
    ['extensions.evictFromApiCache("Query", "a", {}); return null', 'name'],
  ])('is no reason not to deploy: %s', async (body, rule) => {
    expect(await findingsOf(resolver(body))).toEqual([expect.objectContaining({ rule, severity: 'local' })]);
  });

  it('is every name of the declarations that the local library lacks', () => {
    const file = new URL('../../src/appsync/gate/library.d.ts', import.meta.url);
    const declared = readFileSync(file, 'utf8')
      .match(/^ +(\w+)(?=\()/gm)!
      .map((name) => name.trim());
    const named = JSON.stringify([libraryShape, foundElsewhere, 'invokeModel', 'converse']);
    for (const name of declared) expect(named).toContain(`"${name}"`);
  });
});

describe('the local AppSync', () => {
  const refusing = (body: string, warn: (line: string) => void = () => {}) =>
    refuseCode({ getUser: resolver(body) }, {}, warn);

  it('refuses code whose types do not fit, or that it cannot run', async () => {
    await expect(refusing('let b = [{ "a": 5 }]; b.push({ "b": 6 }); return b')).rejects.toThrow(
      /^BadRequestException: The code contains one or more errors \(getUser\)\n {2}code.js:4:\d+: Argument of type/,
    );
    await expect(refusing("return util.xml.toMap('')")).rejects.toThrow(
      'util.xml is not available in the local AppSync',
    );
  });

  it('takes code that may not do, and says so', async () => {
    const lines: string[] = [];
    await refusing("return 'abc'.substring(1)", (line) => lines.push(line));
    expect(lines).toEqual([expect.stringMatching(/^getUser: code.js:4:14: the method substring is not documented/)]);
  });
});

describe('findings', () => {
  it('are kept by the code, for as long as nobody changes code or rules', async () => {
    const cacheDir = mkdtempSync(join(tmpdir(), 'gate-'));
    const codes = { good: resolver('return 1'), bad: resolver('return parseInt("1")') };
    const first = await gate(codes, { cacheDir });
    const [file] = readdirSync(cacheDir);
    const path = join(cacheDir, file!);
    writeFileSync(path, readFileSync(path, 'utf8').replace('parseInt is not defined', 'as it was'));
    expect((await gate(codes, { cacheDir }))['bad']).toEqual([
      { ...first['bad']![0], message: expect.stringContaining('as it was') },
    ]);
    const changed = await gate({ bad: `${codes.bad}\n` }, { cacheDir });
    expect(changed['bad']).toEqual(first['bad']);
    writeFileSync(path, 'damaged');
    expect(await gate(codes, { cacheDir })).toEqual(first);
    rmSync(cacheDir, { recursive: true });
  });
});

describe('the bundle as a whole', () => {
  const body = 'function request(ctx) { return {}; }\nfunction response(ctx) { return ctx.result; }\n';
  const exported = 'export { request, response };\n';

  it('has at most 32,000 characters', async () => {
    const filled = (length: number) =>
      `//${'x'.repeat(length - body.length - exported.length - 3)}\n${body}${exported}`;
    expect(filled(32_000)).toHaveLength(32_000);
    expect(await findingsOf(filled(32_000))).toEqual([]);
    expect(await rulesOf(filled(32_001))).toEqual(['size']);
  });

  it('exports both handlers', async () => {
    expect(await findingsOf(`${body}export { request };`)).toEqual([
      expect.objectContaining({ rule: 'export', message: 'the function response is not exported' }),
    ]);
    expect(await rulesOf('const request = 1; const response = 2; export { request, response };')).toEqual([
      'export',
      'export',
    ]);
    expect(await rulesOf(`${body}${exported}export default request;`)).toContain('syntax');
  });

  it('takes handlers that are constants', async () => {
    expect(
      await findingsOf('export const request = (ctx) => ({});\nexport const response = (ctx) => ctx.result;\n'),
    ).toEqual([]);
  });

  it.each([
    ['a module of Node', "import { readFileSync } from 'node:fs';"],
    ['a file beside it', "import { guard } from './guard.js';"],
    ['an import without names', "import '@aws-appsync/utils';"],
    ['a default import', "import utils from '@aws-appsync/utils';"],
  ])('imports no %s', async (_, statement) => {
    expect(await rulesOf(`${statement}\n${body}${exported}`)).toContain('import');
  });
});
