import { describe, expect, it } from 'vitest';
import { evaluateBody, valueOf } from './fixture.ts';

describe('built-ins', () => {
  it.each<[string, unknown]>([
    ['Object.assign({ a: 1 }, { b: 2 })', { a: 1, b: 2 }],
    ['Object.entries({ a: 1 })', [['a', 1]]],
    ["Object.hasOwn({ a: 1 }, 'a')", true],
    ['Object.keys({ a: 1 })', ['a']],
    ['Object.values({ a: 1 })', [1]],
    ["'abc'.length", 3],
    ["'abc'.charAt(1)", 'b'],
    ["'a'.concat('b')", 'ab'],
    ["'abc'.endsWith('c')", true],
    ["'abc'.indexOf('c')", 2],
    ["'aba'.lastIndexOf('a')", 2],
    ["'abc'.slice(1)", 'bc'],
    ["'a,b'.split(',')", ['a', 'b']],
    ["'abc'.startsWith('a')", true],
    ["['abc'.includes('b'), [1].includes(1), 'abc'.substring(1, 2)]", [true, true, 'b']],
    ["'aBc'.toLowerCase() + 'aBc'.toUpperCase()", 'abcABC'],
    ["' a '.trim() + ' b'.trimStart() + 'c '.trimEnd()", 'abc'],
    ['Number.isFinite(1 / 0)', false],
    ['Number.isNaN(NaN)', true],
    ['[Math.min(1, 2), Math.max(1, 2), Math.round(1.5), Math.floor(1.5), Math.ceil(1.5)]', [1, 2, 2, 1, 2]],
    ['Math.random() < 1', true],
    ['[3, 1, 2].sort()', [1, 2, 3]],
    ['[1, [2, [3]]].flat()', [1, 2, [3]]],
    ['[1, 2].fill(0)', [0, 0]],
    ["[1, 2].join('-')", '1-2'],
    ['[1, 2, 3].splice(1, 1)', [2]],
    ['[1, 2].map((x) => x * 2)', [2, 4]],
    ['[1, 2].flatMap((x) => [x, x])', [1, 1, 2, 2]],
    ['[1, 2].filter((x) => x > 1)', [2]],
    ['[1, 2].reduce((sum, x) => sum + x, 0)', 3],
    ["['a', 'b'].reduceRight((text, x) => text + x, '')", 'ba'],
    ['[1, 2].find((x) => x > 1)', 2],
    ['[1, 2].findLastIndex((x) => x < 2)', 0],
    ['[1, 2].some((x) => x > 1) && [1].every((x) => x > 0)', true],
    ['[...[1], ...[2]].concat([3]).reverse()', [3, 2, 1]],
    ['`${1}${true}${null}`', '1truenull'],
    ["+'12' + 1", 13],
    // Where the service differs from JavaScript
    ["JSON.parse('not json')", ''],
    ["JSON.parse('')", ''],
    ['JSON.parse(\'{"a":1}\')', { a: 1 }],
    ['JSON.stringify({ a: 1 })', '{"a":1}'],
    ["'a.b.c'.replace('.', '-')", '-.b.c'],
    ["'a.b.c'.replaceAll('.', '-')", '-----'],
    ["'a.b.c'.replaceAll('[.]', '-')", 'a-b-c'],
    ["'2024-01'.replaceAll('(\\\\d+)-(\\\\d+)', '$2/$1')", '01/2024'],
    ["'ab'.replace('(?<first>a)', '${first}${first}')", 'aab'],
    ["'a'.replace('a', '\\\\$')", '$'],
    ["'ABC'.replaceAll('(?i)b', 'x')", 'AxC'],
  ])('%s', (expression, value) => expect(valueOf(expression)).toEqual(value));

  it('visits the elements that a list had when the loop began', () => {
    expect(
      evaluateBody('const xs = [1, 2]; let n = 0; for (const x of xs) { xs.push(x); n += 1; } return n;'),
    ).toMatchObject({ value: 2 });
  });

  it('iterates lists and texts only', () => {
    expect(evaluateBody("let out = ''; for (const c of 'ab') { out = c + out; } return out;")).toMatchObject({
      value: 'ba',
    });
    expect(evaluateBody('for (const x of null) {} return 1;')).toMatchObject({
      kind: 'error',
      error: { message: expect.stringContaining('null is not iterable') },
    });
    expect(evaluateBody('for (const x of {}) {} return 1;')).toMatchObject({
      kind: 'error',
      error: { message: expect.stringContaining('object is not iterable') },
    });
    expect(
      evaluateBody('let n = 0; for (const k in null) { n += 1; } for (const k in [5, 6]) { n += 1; } return n;'),
    ).toMatchObject({ value: 2 });
  });
});

describe('steering an evaluation', () => {
  it('util.error ends it with message, type, data and info', () => {
    expect(
      evaluateBody("util.error('No such user', 'NOT_FOUND', { id: 1 }, { field: 'id' }); return 1;"),
    ).toMatchObject({
      kind: 'error',
      error: { message: 'No such user', type: 'NOT_FOUND', data: { id: 1 }, info: { field: 'id' } },
    });
    expect(evaluateBody("util.error('bad');")).toMatchObject({
      error: { message: 'bad', type: null, data: null, info: null },
    });
  });

  it('util.appendError does not', () => {
    expect(evaluateBody("util.appendError('one', 'A'); util.appendError('two'); return 1;")).toMatchObject({
      kind: 'value',
      value: 1,
      errors: [
        { message: 'one', type: 'A' },
        { message: 'two', type: null },
      ],
    });
  });

  it('util.unauthorized, util.authType', () => {
    expect(evaluateBody('util.unauthorized();')).toMatchObject({ kind: 'unauthorized' });
    expect(valueOf('util.authType()')).toBe('Open ID Connect Authorization');
  });

  it('runtime.earlyReturn', () => {
    expect(evaluateBody("runtime.earlyReturn({ a: 1 }, { skipTo: 'END' }); return 2;")).toMatchObject({
      kind: 'return',
      value: { a: 1 },
      skipTo: 'END',
    });
    expect(evaluateBody('runtime.earlyReturn();')).toMatchObject({ kind: 'return', value: null, skipTo: null });
  });

  it('extensions.setSubscriptionFilter works for subscriptions only', () => {
    expect(evaluateBody('extensions.setSubscriptionFilter({ filterGroup: [] });')).toMatchObject({
      kind: 'error',
      error: { type: 'Code' },
    });
  });

  it('response headers are noted', () => {
    expect(
      evaluateBody("util.http.addResponseHeader('x-a', 1); util.http.addResponseHeaders({ 'x-b': 'c' }); return 1;"),
    ).toMatchObject({
      headers: [
        ['x-a', 1],
        ['x-b', 'c'],
      ],
    });
  });
});
