/**
 * The form in which names and addresses are searched and sorted: without case, accents and surplus white space.
 * The API's resolvers make the same form of what is searched for, from the same table.
 */

/** Letters that Unicode does not take apart, each with what people type for it. Lower case. */
export const plainLetters: Record<string, string> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  ħ: 'h',
  ı: 'i',
  ł: 'l',
  ŋ: 'n',
  þ: 'th',
  ŧ: 't',
  ς: 'σ',
};

const plainPattern = new RegExp(`[${Object.keys(plainLetters).join('')}]`, 'g');

/**
 * Stands for any character beyond U+FFFF: programs and stores differ in where they put those, and a half of one is
 * none.
 */
export const beyond = '\ufffd';

/**
 * Without characters beyond U+FFFF, every two forms are in the same order for all: by code point, UTF-16 unit and UTF-8
 * byte.
 * @returns the text as it is searched and sorted; empty where nothing is left of it
 */
export const searchForm = (text: string): string =>
  text
    .normalize('NFKD')
    .toLowerCase()
    // Lower case makes marks of its own: that of İ is an i with a dot.
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .replace(plainPattern, (letter) => plainLetters[letter] ?? letter)
    .replace(/[^\u0000-\uffff]/gu, beyond)
    .replace(/\s+/g, ' ')
    .trim();
