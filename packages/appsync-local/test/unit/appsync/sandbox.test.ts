import { describe, expect, it } from 'vitest';
import { Sandbox } from '../../../src/appsync/code/sandbox.ts';
import { createEvaluator } from '../../../src/appsync/execution/evaluate.ts';
import { evaluateBody, evaluationContext, requestBody, valueOf } from './fixture.ts';

/** Runs a request handler that the static check has not seen. */
function runUnchecked(
  body: string,
  timeoutMs = 5_000,
  args: Record<string, unknown> = { id: 'a' },
): { kind: string; value?: unknown; message?: string } {
  const sandbox = new Sandbox({ log: () => undefined, timeoutMs });
  const unit = sandbox.add(`function request(ctx) { ${body} }\nreturn { request };`);
  const context = contextOf(args);
  const { outcome, value } = sandbox.run({ unit, handler: 'request', authType: '', subscription: false, context });
  const said = JSON.parse(outcome) as { kind: string; message?: string };
  return said.kind === 'value' ? { ...said, value: JSON.parse(value) as unknown } : said;
}

const evil = (pattern: string) => `util.matches('^${pattern}$', '${'a'.repeat(40)}!')`;

/** Each member as JSON. */
const contextOf = (args: Record<string, unknown>): Record<string, string> =>
  Object.fromEntries(
    Object.entries({ ...evaluationContext({ args }), stash: {} }).map(([name, value]) => [name, JSON.stringify(value)]),
  );

describe('the realm of resolver code, even for code that slips through the check', () => {
  it.each([
    "return ctx.constructor.constructor('return process')().pid;",
    "return (() => {}).constructor('return process')();",
    "return ''.constructor.constructor('return process')();",
    "return [].constructor.constructor('return process')();",
    "return util.autoId.constructor('return process')();",
    "return util.time.nowISO8601.call.constructor('return process')();",
    "return (async () => {}).constructor('return process')();",
    "return (function* () {}).constructor('return process')();",
    'return Object.getPrototypeOf(ctx);',
    'return globalThis.process;',
    'return process.env;',
    "return require('fs');",
    "return eval('1');",
    'return new Date();',
    'return new Map();',
    'return Symbol.iterator;',
    'return Array.isArray([]);',
    'return $run();',
    'return console;',
    'return (1).toString();',
    'return ctx.toString();',
    'return [1].at(0);',
    "return 'abc'.at(1);",
    'return `${ctx.args}`;',
    "return '' + [1, 2];",
    'Object.prototype = 1; return 1;',
    'Math.random = () => 4; return Math.random();',
    'util.autoId = () => 4; return util.autoId();',
    'util.time.extra = 1; return 1;',
    "JSON.parse = () => 'x'; return 1;",
    'ctx.args = {}; return 1;',
    'ctx.extra = 1; return 1;',
    'delete ctx.stash; return 1;',
    "''.__proto__.trim = () => 4; return 'a'.trim();",
  ])('faults at: %s', (body) => {
    const { kind, value } = runUnchecked(body);
    expect({ kind, value }).toEqual({ kind: 'fault', value: undefined });
  });

  it.each([
    ['return typeof Object.create;', 'undefined'],
    ['return typeof ctx.constructor;', 'undefined'],
    ['return typeof ctx.args.__proto__;', 'undefined'],
    ['return typeof ctx.args.hasOwnProperty;', 'undefined'],
    ['return typeof (() => 1).call;', 'undefined'],
    ['return typeof [].entries;', 'undefined'],
    ['return typeof this;', 'undefined'],
    [
      'return typeof Function + typeof Reflect + typeof Proxy + typeof WebAssembly + typeof SharedArrayBuffer;',
      'undefined'.repeat(5),
    ],
  ])('%s', (body, value) => expect(runUnchecked(body).value).toBe(value));

  it('keeps no prototype that can be polluted', () => {
    const sandbox = new Sandbox({ log: () => undefined, timeoutMs: 5_000 });
    const input = { handler: 'request' as const, authType: '', subscription: false };
    const attack = sandbox.add(
      "function request(ctx) { const o = ctx.args.evil; const t = {}; for (const k of Object.keys(o)) { t[k] = o[k]; } Object.assign({}, o); t.__proto__.polluted = 'yes'; return t; }\nreturn { request };",
    );
    const look = sandbox.add('function request(ctx) { return { found: {}.polluted ?? null }; }\nreturn { request };');
    const args = JSON.parse(
      '{"evil":{"__proto__":{"polluted":"yes"},"constructor":{"prototype":{"polluted":"yes"}}}}',
    ) as Record<string, unknown>;
    sandbox.run({ ...input, unit: attack, context: contextOf(args) });
    const { value } = sandbox.run({ ...input, unit: look, context: contextOf({}) });
    expect(JSON.parse(value)).toEqual({ found: null });
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  const much = { id: 'a', text: 'x'.repeat(70_000) };

  it('stops code that does not end, if there is much input', () => {
    expect(() => runUnchecked('while (true) {}', 50, much)).toThrow('longer than 50 ms');
    expect(() => runUnchecked(`return ${evil('(a+)+')};`, 50, much)).toThrow('longer than 50 ms');
  });

  it('stops loops in loops, of every kind', () => {
    const list = Array.from({ length: 999 }, (_, n) => n);
    const loops = (inner: string) => `(a) => { ${inner} return false; }`;
    const ofMethods = ['forEach', 'map', 'flatMap', 'filter', 'find', 'some', 'findIndex', 'findLast', 'findLastIndex']
      .map((name) => `ctx.args.list.${name}`)
      .map((method) => `${method}(${loops(`${method}(${loops(`${method}(${loops('')});`)});`)});`);
    const ofLoops = ['of $each(ctx.args.list)', 'of $keys(ctx.args.list)'].map((what) =>
      'abc'.replace(/./g, (name) => `for (const ${name} ${what}) `).concat('{ a + b + c; }'),
    );
    for (const body of [...ofMethods, ...ofLoops])
      expect(() => runUnchecked(body, 50, { list }), body).toThrow('longer than 50 ms');
  });

  const texts = { lines: '\n'.repeat(4_000), letters: 'a'.repeat(3_000), groups: '$1'.repeat(3_000) };

  it('stops regular expressions that do not end, though nothing else is watched', () => {
    for (const use of [
      "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!'.replaceAll('^(a+)+$', 'b')",
      evil('(a|a)*b'),
      "util.matches('(a?|b?){25}c', 'd')",
      `util.matches('(?ms)^${'.?'.repeat(16)}x', ctx.args.lines)`,
      "ctx.args.letters.replaceAll('a', ctx.args.groups)",
    ])
      expect(() => runUnchecked(`return ${use};`, 50, texts), use).toThrow('longer than 50 ms');
  });

  it('takes no value that came too late', () => {
    const grown = `let text = 'x'; for (let n = 0; n < 23; n += 1) { text = text.concat(text); } for (const n of ctx.args.list) { text.toUpperCase(); } return 1;`;
    expect(() => runUnchecked(grown, 50, { list: Array.from({ length: 40 }, (_, n) => n) })).toThrow(
      'longer than 50 ms',
    );
  });

  it('counts the time of all regular expressions together', () => {
    const some = `for (let n = 0; n < 1000; n += 1) { util.matches('^[a-z]*[a-z]*[a-z]*[0-9]', '${'a'.repeat(300)}'); }`;
    expect(() => runUnchecked(some, 50)).toThrow('longer than 50 ms');
  });

  it('survives endless recursion', () =>
    expect(runUnchecked('function f() { return f(); } return f();')).toMatchObject({
      kind: 'fault',
      message: 'Maximum call stack size exceeded',
    }));
});

describe('an evaluation', () => {
  it('has module state of its own', () => {
    const evaluator = createEvaluator();
    const code = evaluator.load(
      'counter',
      'let count = 0;\nconst seen = [];\nexport function request(ctx) { count += 1; seen.push(count); return { count, seen }; }\nexport function response(ctx) { return { count, seen }; }',
    );
    const caller = { authType: '', subscription: false };
    for (let round = 0; round < 3; round += 1) {
      expect(evaluator.evaluate(code, 'request', evaluationContext(), caller)).toMatchObject({
        value: { count: 1, seen: [1] },
      });
      expect(evaluator.evaluate(code, 'response', evaluationContext(), caller)).toMatchObject({
        value: { count: 0, seen: [] },
      });
    }
  });

  it('hands the stash on, and nothing else', () => {
    const result = evaluateBody('ctx.stash.made = { here: true }; ctx.args.changed = true; return ctx.args;', {
      stash: '{"before":1}',
      args: { id: 'a' },
    });
    expect(result).toMatchObject({
      kind: 'value',
      value: { id: 'a', changed: true },
      stash: '{"before":1,"made":{"here":true}}',
    });
  });

  it('drops what JSON cannot hold', () =>
    expect(evaluateBody('return { a: undefined, b: NaN, c: [undefined] };')).toMatchObject({
      value: { b: null, c: [null] },
    }));
  it('gives null for nothing', () => expect(evaluateBody('return;')).toMatchObject({ kind: 'value', value: null }));

  it('runs code without white space, as a minifier leaves it', () => {
    const body = "let text='';for(const x of['a','b']){text=text+x;}for(const key in{c:1}){text=text+key;}return text;";
    expect(evaluateBody(body)).toMatchObject({ value: 'abc' });
  });

  it('refuses a result of more than 5 MB', () => {
    const body =
      "let text = 'aaaaaaaaaaaaaaaa'; for (const i of [1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19]) { text = text + text; } return text;";
    expect(evaluateBody(body)).toMatchObject({
      kind: 'error',
      error: { type: 'Code', message: 'code.js: the result of request is larger than 5 MB' },
    });
  });

  it('ends a loop after 1,000 iterations', () => {
    const list = (length: number) => ({ args: { list: Array.from({ length }, (_, index) => index) } });
    const count = 'let n = 0; for (const x of ctx.args.list) { n += 1; } return n;';
    expect(evaluateBody(count, list(1_000))).toMatchObject({ value: 1_000 });
    expect(evaluateBody(count, list(1_001))).toMatchObject({
      kind: 'error',
      error: { type: 'Code', message: expect.stringContaining('at most 1000 times') },
    });
    expect(
      evaluateBody('for (const x of ctx.args.list) { if (x === 5) { break; } } return "left";', list(2_000)),
    ).toMatchObject({ value: 'left' });
    const object = { args: { map: Object.fromEntries(Array.from({ length: 1_001 }, (_, index) => [`k${index}`, 1])) } };
    expect(evaluateBody('let n = 0; for (const k in ctx.args.map) { n += 1; } return n;', object)).toMatchObject({
      kind: 'error',
    });
  });

  it('names a fault with its place in the code as written', () => {
    expect(
      evaluateBody('const user = null;\n  for (const x of [1]) {\n    console.log(x);\n  }\n  return user.name;'),
    ).toMatchObject({
      kind: 'error',
      error: { type: 'Code', message: "code.js:8:15: TypeError: Cannot read properties of null (reading 'name')" },
    });
  });

  it('logs with level and place', () => {
    const lines: string[] = [];
    const evaluator = createEvaluator({ log: (line) => lines.push(line) });
    const code = evaluator.load(
      'getUser',
      requestBody("console.log('asked', { id: ctx.args.id }); console.error('bad'); return 1;"),
    );
    evaluator.evaluate(code, 'request', evaluationContext({ args: { id: 'a' } }), {
      authType: '',
      subscription: false,
    });
    expect(lines).toEqual(['getUser: INFO - code.js:4:1: "asked" {"id":"a"}', 'getUser: ERROR - code.js:4:44: "bad"']);
  });
});

describe('ctx', () => {
  it('offers what the service does', () => {
    const context = {
      args: { id: 'a' },
      identity: { sub: 's' },
      source: { p: 1 },
      result: [1],
      prev: { result: 2 },
      env: { A: 'b' },
      request: { headers: { 'x-a': '1' }, domainName: null },
    };
    const read =
      '[ctx.args.id, ctx.arguments.id, ctx.identity.sub, ctx.source.p, ctx.result[0], ctx.prev.result, ctx.env.A, ctx.request.headers["x-a"], ctx.info.fieldName, ctx.info.parentTypeName]';
    expect(valueOf(read, context)).toEqual(['a', 'a', 's', 1, 1, 2, 'b', '1', 'field', 'Query']);
  });

  it('hides the selection from JSON', () => {
    expect(valueOf('[ctx.info.selectionSetList, ctx.info.selectionSetGraphQL, JSON.stringify(ctx.info)]')).toEqual([
      ['id'],
      '{ id }',
      '{"fieldName":"field","parentTypeName":"Query","variables":{}}',
    ]);
  });
});

it('a renamed import is what it was imported as', () => {
  const evaluator = createEvaluator();
  const code =
    "import { util as tools } from '@aws-appsync/utils';\nexport const request = () => tools.urlEncode('a b');\nexport const response = (ctx) => ctx.result;";
  const outcome = evaluator.evaluate(evaluator.load('test', code), 'request', evaluationContext(), {
    authType: '',
    subscription: false,
  });
  expect(outcome).toMatchObject({ kind: 'value', value: 'a+b' });
});
