/**
 * Classes of characters that rules of attributes and ids are made of: what stands between the brackets of a class, for
 * JavaScript with the flag `u`. Written out, because each runtime knows another version of Unicode.
 */
const classOf = (ranges: [number, number?][]): string =>
  ranges.map(([first, last]) => (last === undefined ? inClass(first) : `${inClass(first)}-${inClass(last)}`)).join('');

const inClass = (codePoint: number): string =>
  codePoint > 0xffff ? `\\u{${codePoint.toString(16)}}` : `\\u${codePoint.toString(16).padStart(4, '0')}`;

/** What is no character to a queue: halves of surrogate pairs, U+FFFE, U+FFFF. */
export const notCharacters = classOf([
  [0xd800, 0xdfff],
  [0xfffe, 0xffff],
]);

export const controls = classOf([
  [0x0000, 0x001f],
  [0x007f, 0x009f],
]);

export const lineBreaks = classOf([[0x2028, 0x2029]]);

/** White space, as JavaScript's `trim` and `\s` have it. */
// prettier-ignore
export const whiteSpace = classOf([
  [0x0009, 0x000d], [0x0020], [0x00a0], [0x1680], [0x2000, 0x200a], [0x2028, 0x2029], [0x202f], [0x205f], [0x3000], [0xfeff],
]);

/** Every Default_Ignorable_Code_Point, assigned or not: fillers, joiners, marks of direction, selectors, tags. */
// prettier-ignore
export const ignorables = classOf([
  [0x00ad], [0x034f], [0x061c], [0x115f, 0x1160], [0x17b4, 0x17b5], [0x180b, 0x180f], [0x200b, 0x200f], [0x202a, 0x202e],
  [0x2060, 0x206f], [0x3164], [0xfe00, 0xfe0f], [0xfeff], [0xffa0], [0xfff0, 0xfff8], [0x1bca0, 0x1bca3], [0x1d173, 0x1d17a],
  [0xe0000, 0xe0fff],
]);

/** What is drawn as a space without being one: the blank of Braille, an empty note head, blanks of hieroglyphs. */
export const blanks = classOf([[0x2800], [0x13441, 0x13442], [0x1d159]]);

/** Other format characters (Cf), some of which show something before others, and joiners of old scripts. */
// prettier-ignore
const formats = classOf([
  [0x0600, 0x0605], [0x06dd], [0x070f], [0x0890, 0x0891], [0x08e2], [0xfff9, 0xfffc], [0x1107f], [0x110bd], [0x110cd],
  [0x13430, 0x1343f], [0x16fe4],
]);

/** What shows nothing on its own. */
export const invisible = `${controls}${whiteSpace}${ignorables}${blanks}${formats}`;
