import { soak } from '../runs.ts';

/** Texts that systems stumble over, for tests that must hold of all of them. */

const categories = 'Lu Ll Lt Lm Lo Mn Mc Me Nd Nl No Pc Pd Ps Pe Pi Pf Po Sm Sc Sk So Zs Zl Zp Cc Cf Cs Co Cn'.split(
  ' ',
);

/** Every code point, or a sample that is the thinner the farther out it is. */
const codePoints = (all: boolean): string[] => {
  const stepAt = (codePoint: number) => (all || codePoint < 0x3100 ? 1 : codePoint < 0x10000 ? 7 : 211);
  const found: string[] = [];
  for (let codePoint = 0; codePoint <= 0x10ffff; codePoint += stepAt(codePoint))
    found.push(String.fromCodePoint(codePoint));
  return found;
};

/** Computed when first asked for, and once. */
const once = <T>(compute: () => T): (() => T) => {
  let value: T | undefined;
  return () => (value ??= compute());
};

/** At most `wanted` of a list, the ends among them. */
const spread = <T>(list: T[], wanted: number): T[] =>
  list.length <= wanted
    ? list
    : Array.from({ length: wanted }, (_, n) => list[Math.round((n * (list.length - 1)) / (wanted - 1))]!);

/** Some characters of each category of Unicode, halves of surrogate pairs and unassigned ones among them. */
export const ofEachCategory = once((): string[] => {
  const all = codePoints(false);
  return categories.flatMap((category) => {
    const pattern = new RegExp(`\\p{${category}}`, 'u');
    return spread(
      all.filter((character) => pattern.test(character)),
      6,
    );
  });
});

/** Characters that show nothing on their own, as this runtime's Unicode has them. */
export const showNothing = once((): string[] => [
  ...codePoints(true).filter((character) =>
    /[\p{Default_Ignorable_Code_Point}\p{White_Space}\p{Cc}\p{Cf}]/u.test(character),
  ),
  '\u2800',
  '\u{1D159}',
  '\u{16FE4}',
]);

/** Marks and overrides of direction. */
export const directional = [
  '\u200e', '\u200f', '\u061c', '\u202a', '\u202b', '\u202c', '\u202d', '\u202e', '\u2066', '\u2067', '\u2068', '\u2069',
]; // prettier-ignore

/** Texts that differ between Unicode's normal forms, in each of them. */
export const inNormalForms = (): string[] =>
  [
    'José', 'Zoë', 'Nguyễn Thị', 'Å', 'Ṩ', '\u095c', '\u0958\u095f', '각', 'ﬁn', 'ﷺ', 'Ⅷ', 'Ａｎｎ', 'ǆ', '\u1f82', '\u0344', '\ufb2c', '\u{1d15e}',
    '\u212b', '\u037e', '\u1fef', 'q\u0323\u0307', 'q\u0307\u0323',
  ].flatMap((text) => (['NFC', 'NFD', 'NFKC', 'NFKD'] as const).map((form) => text.normalize(form))).concat('\u095c'); // prettier-ignore

/** Halves of surrogate pairs in any place. */
export const halves = ['\ud83d', '\udc4d', 'a\ud83d', '\udc4da', 'a\ud83db', '\udc4d\ud83d', '\ud83d\ud83d\udc4d'];

/** One character in any place, and many times over. */
export const around = (character: string): string[] => [
  character,
  `a${character}`,
  `${character}a`,
  `a${character}b`,
  `a ${character}`,
  character.repeat(3),
];

/**
 * Each of these characters in some of the places, so that those of a category together are in all; with SOAK=1 each in
 * all.
 */
export const inAnyPlace = (characters: string[]): string[] =>
  characters.flatMap((character, n) => around(character).filter((_, place) => soak || (place + n) % 3 === 0));

/** Texts at and around a limit, of characters that count as one, whatever their units and however they are composed. */
export const aroundLength = (limit: number): string[] =>
  [limit - 1, limit, limit + 1].flatMap((length) => [
    'x'.repeat(length),
    'e\u0301'.repeat(length),
    '\u{1F600}'.repeat(length),
    '\u{20BB7}'.repeat(length),
    '\u095c'.repeat(Math.floor(length / 2)),
    '\u095c'.repeat(length),
    '\u1f82'.normalize('NFD').repeat(length),
    ` ${'x'.repeat(length)}\u3000`,
    `${' '.repeat(limit)}${'x'.repeat(length)}`,
    `${' '.repeat(limit * 8)}${'x'.repeat(length)}`,
    `${'x'.repeat(length - 1)}\u200b`,
  ]);

/** What is, or looks like, an e-mail address. */
export const addresses = [
  'ann@example.com', 'Ann@Example.COM', 'a@b.c', 'a@b', '@b.c', 'a@', 'a@@b.c', 'a..b@docomo.example', '"a..b"@docomo.example', '.a@b.de', 'a.@b.de',
  '"a b"@b.de', '"a\\"b"@b.de', '""@b.de', '"a"b@b.de', 'x@bücher.example', 'x@xn--bcher-kva.example', 'jösé@example.com', 'a@b..c', 'a@.b.c', 'a@b.c.',
  'a@-b.de', 'a@b-.de', 'a@b_c.de', 'a@b.d-e', 'a@1.2.3.4', 'a@[1.2.3.4]', 'a@b.1', 'a@b.1a', 'a@b.c2', 'mailto:ann@example.com', 'Ann <ann@example.com>',
  'ann@example.com\u200b', '\ufeffann@example.com', ' ann@example.com\u00a0', 'ann@example.com\n', 'ann@exa\u00admple.com', 'a b@example.com', "o'brien+tag@example.com",
  'a!#$%&*+/=?^_`{|}~-b@example.com', `${'x'.repeat(64)}@example.com`, `${'x'.repeat(65)}@example.com`, `a@${'x'.repeat(63)}.de`, `a@${'x'.repeat(64)}.de`,
  `a@${'x.'.repeat(125)}de`, `a@${'x.'.repeat(126)}de`, `${'x'.repeat(250)}@b.c`, '\u212a@example.com', 'ａnn@example.com', 'a\u0000@example.com', 'a@b.de\u0000',
]; // prettier-ignore

/** What is, or looks like, a date. */
export const dates = [
  '1990-05-17', '1990-05-17Z', '1990-05-17+05:30', '1990-05-17-18:00', '1990-05-17+18:59', '1990-05-17+19:00', '1990-05-17+05:30:15', '1990-05-17+0530', '1990-05-17T00:00Z',
  ' 1990-05-17 ', '1990-5-7', '19900517', '1990-05-32', '1990-13-01', '1990-00-10', '1990-01-00', '2000-02-29', '1900-02-29', '2023-02-29', '2024-02-29', '1900-01-01',
  '1899-12-31', '0000-01-01', '9999-12-31', '١٩٩٠-٠٥-١٧', '1990‐05‐17', '28/02/1990', '1990-05-17z', '+1990-05-17', '-1990-05-17', '1990-05-17\n',
]; // prettier-ignore

/** What is, or looks like, a moment. */
export const moments = [
  '2026-01-01T12:30Z', '2026-01-01T12:30:15Z', '2026-01-01T12:30:15.1Z', '2026-01-01T12:30:15.123456789Z', '2026-01-01T12:30:15.1234567890Z', '2026-01-01T12:30+05:30',
  '2026-01-01T12:00:00+05:30:15', '2026-01-01T12:00:00-05:30:15', '2026-01-01T12:00:00.5-18:00', '2026-01-01T12:00:00+19:00', '2026-01-01T12:00', '2026-01-01', '2026-02-29T00:00Z',
  '2024-02-29T23:59:59.999Z', '2026-01-01T24:00Z', '2026-01-01T12:60Z', '2026-01-01T12:30:60Z', '2026-01-01 12:30Z', '2026-01-01t12:30z', '0000-01-01T00:00Z', '0000-01-01T00:00:00+18:00',
  '9999-12-31T23:59:59.9999999-05:00', '9999-12-31T23:59:59.9999999Z', '0001-01-01T00:00+00:00:01', '+12026-01-01T00:00Z', '2026-01-01T12:30.5Z', '2026-01-01T12:30:15,5Z', '٢٠٢٦-01-01T12:30Z', '',
]; // prettier-ignore

/** What is, or looks like, an id of a user. */
export const ids = [
  'alice', 'auth0|alice', 'auth0|', 'auth0|a|b', 'google-oauth2|103547991597142817347', 'samlp|adfs|Иванов Иван', 'waad|CN=Ann Smith,OU=People', 'oidc|corp|josé', 'oidc|corp|jose\u0301',
  'x'.repeat(128), 'x'.repeat(129), `oidc|${'x'.repeat(250)}`, `oidc|${'x'.repeat(251)}`, `oidc|${'\u{20BB7}'.repeat(125)}`, `oidc|${'\u{20BB7}'.repeat(126)}`, ' ', 'a b', ' alice', 'alice ', 'alice\n', 'a\u0000',
  'a\u0085b', 'a\u2028b', 'a\u200bb', 'a\ud83d', 'a\uffff', 'constructor', '__proto__', 'a#b', '', 'AUTH0|alice',
]; // prettier-ignore
