import { describe, expect, it } from 'vitest';
import { parseModule } from '../../../src/appsync/code/ast.ts';
import { shortHandlers } from '../../../src/appsync/code/duration.ts';
import { referencesIn } from '../../../src/appsync/code/scope.ts';

const shortIn = (code: string): string[] => {
  const program = parseModule(code);
  return [...shortHandlers(program, referencesIn(program))];
};
const request = (body: string, around = '') => `${around}\nexport function request(ctx) { ${body} }`;

describe('a handler goes unwatched', () => {
  it.each([
    ['that does nothing', request('return {};')],
    ['with a loop in a loop', request('for (const x of ctx.args.list) { for (const k in x) { x[k] = 1; } } return 1;')],
    ['with a callback in a loop', request('for (const x of ctx.args.list) { x.map((y) => y.id); } return 1;')],
    [
      'that hands over a function by name',
      request('return ctx.args.list.map(idOf);', 'const idOf = (x) => x.ids.filter((id) => id);'),
    ],
    [
      'with one loop after the other',
      request('for (const x of ctx.args.list) { x.a = 1; } for (const x of ctx.args.list) { x.b = 1; } return 1;'),
    ],
    ['that is a constant', 'export const request = (ctx) => ctx.args;'],
    [
      'beside one that is watched',
      `${request('return 1;')}\nexport function response(ctx) { return 'a'.replace('a', 'b'); }`,
    ],
  ])('%s', (_, code) => expect(shortIn(code)).toEqual(['request']));

  it('under the name that it is exported by', () =>
    expect(shortIn('const enqueue = (ctx) => 1;\nexport { enqueue as request };')).toEqual(['request']));
});

describe('a handler is watched', () => {
  it.each([
    [
      'with three loops in each other',
      request('for (const x of ctx.a) { for (const y of x) { for (const z of y) { z.n = 1; } } } return 1;'),
    ],
    [
      'with loops behind calls',
      request(
        'for (const x of ctx.a) { outer(x); } return 1;',
        'function inner(y) { for (const z of y) { z.n = 1; } }\nfunction outer(x) { x.forEach((y) => { inner(y); }); }',
      ),
    ],
    [
      'that calls deep code in a condition',
      request(
        'return ctx.a && deep(ctx.a) ? 1 : 2;',
        'const deep = (a) => a.map((b) => b.map((c) => c.map((d) => d)));',
      ),
    ],
    [
      'that matches a regular expression',
      request("return util.matches('^(a+)+$', ctx.args.id);", "import { util } from '@aws-appsync/utils';"),
    ],
    [
      'that replaces by one',
      request('return clean(ctx.args.id);', "function clean(id) { return id.replaceAll('(a+)+', ''); }"),
    ],
    [
      'in a module that computes much',
      request('return table;', 'const table = [[[1]]].map((x) => x.map((y) => y.map((z) => z)));'),
    ],
  ])('%s', (_, code) => expect(shortIn(code)).toEqual([]));
});
