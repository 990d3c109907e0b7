import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { alike } from '../../../domain/kernel/values/attributes.ts';
import { claimChanges, claimsOf } from '../../../domain/kernel/stream/unique.ts';

const named = (name: string) =>
  ({ status: 'live', version: 1, attributes: { name }, createdAt: 0, updatedAt: 0 }) as never;
const keys = (name: string) => claimsOf('role', named(name)).map(({ key }) => key);

describe('names that look alike', () => {
  it.each([
    ['Admin', 'ADMIN'],
    ['Admin', 'Ａｄｍｉｎ'],
    ['Admin', 'Ad\u200bmin'],
    ['Admin', '\u202eAdmin\u202c'],
    ['Straße', 'STRASSE'],
    ['STRAẞE', 'strasse'],
    ['ΟΔΟΣ', 'οδος'],
    ['ﬁnance', 'Finance'],
    ['Two  words', 'two\u00a0words'],
    ['Two words', 'two\u2800words'],
    ['Zoe\u0308', 'ZOË'],
  ])('%j and %j claim one form', (one, other) => {
    expect(keys(one).some((key) => keys(other).includes(key))).toBe(true);
  });

  it.each([
    ['Admin', 'Admins'],
    ['Zoe', 'Zoë'],
    ['ısık', 'isikk'],
    ['a b', 'ab'],
  ])('%j and %j claim none in common', (one, other) => {
    expect(keys(one).filter((key) => keys(other).includes(key))).toEqual([]);
  });

  it('claim their own form too, as claims did before looks counted', () => {
    expect(keys('Admin')).toEqual(['role#name#Admin', 'role#name#admin']);
    expect(keys('admin')).toEqual(['role#name#admin']);
  });

  it('keep the form in common when only the case changes', () => {
    const { takes, releases } = claimChanges('role', named('Admin'), named('ADMIN'));
    expect([takes, releases].map((claims) => claims.map(({ key }) => key))).toEqual([
      ['role#name#ADMIN'],
      ['role#name#Admin'],
    ]);
  });

  it('have a form that has itself as its form, and fits a key', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 100 }), (name) => {
        expect(alike(alike(name))).toBe(alike(name));
        expect(Buffer.byteLength(alike(name))).toBeLessThan(2000);
      }),
    );
  });
});
