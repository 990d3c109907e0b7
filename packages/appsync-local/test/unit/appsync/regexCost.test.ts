import { describe, expect, it } from 'vitest';
import { costOf } from '../../../src/appsync/utilities/regexCost.ts';

const little = 1_000_000;

describe('a regular expression takes little', () => {
  it.each([
    ['^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?![^])', 36],
    ['^[\\dA-Fa-f-]{36}(?![^])', 36],
    ['^[^\\u{0}-\\u{1f}]{1,100}(?![^])', 100],
    ['[\\u{85}\\p{Zs}]', 2_000],
    ['^\\d{4}-\\d\\d-\\d\\d(?:T\\d\\d:\\d\\d)?(?:Z|[+-]\\d\\d:\\d\\d)$', 30],
    ['\\p{M}+', 90],
    ['^(?:ADMIN|USER)(?=\\n?(?![^]))', 20],
    ['^[*+?(){}|]$', 100],
    ['\\(\\{1,\\}\\|', 900],
  ])('%s, for a text of %i', (source, length) => {
    expect(costOf(new RegExp(source, 'u'))(length)).toBeLessThan(little);
  });
});

describe('a regular expression may take long', () => {
  it.each([
    ['^(a+)+$', 30],
    ['^(?:a|a)*$', 30],
    ['^(?<x>a?){30}a{30}$', 30],
    ['(?=(?:[ab]*){20})', 30],
    ['^[a]*[ab]*[abc]*$', 300],
    ['(?:x{0,9}){9}', 30],
    ['a*', 1_000],
    ['a|b*', 1_000],
    ['(a?|b?){30}c', 1],
    ['(?:(?:x?){9}){9}', 0],
    ['(((a{1,}b?){2,})c*?){3,4}', 20],
  ])('%s, for a text of %i', (source, length) =>
    expect(costOf(new RegExp(source, 'u'))(length)).toBeGreaterThan(little),
  );
});

it('takes the longer the more there are of choices, and of text', () => {
  for (const [quick, slow] of [
    ['^a', 'a'],
    ['^a?', '^a*'],
    ['^a{3}', '^a{1,3}'],
    ['^(?:a|b)', '^(?:a|b){2}'],
    ['^a', '^a|b'],
  ] as const)
    expect(costOf(new RegExp(quick))(500), `${quick} and ${slow}`).toBeLessThan(costOf(new RegExp(slow))(500));
  expect(costOf(/^a*b/)(10)).toBeLessThan(costOf(/^a*b/)(11));
  expect(costOf(/^a*b/)(50)).toBeLessThan(costOf(/^a*b/m)(50));
});

it('takes expressions of any length', () => {
  expect(costOf(new RegExp(`^${'a'.repeat(30_000)}$`))(30_000)).toBeGreaterThan(little);
});
