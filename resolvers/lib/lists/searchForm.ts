import { util } from '@aws-appsync/utils';

/**
 * The form in which names and addresses are searched, as domain/kernel/values/searchForm.ts makes it, from the same
 * table.
 */
export function searchForm(text: string): string {
  const apart = util.str.normalize(text, 'nfkd').toLowerCase();
  const bare = util.str.normalize(apart, 'nfkd').replaceAll('\\p{M}+', '');
  let plain = bare;
  for (const letter of Object.keys(SEARCH.plainLetters)) {
    plain = plain.split(letter).join(`${SEARCH.plainLetters[letter]}`);
  }
  return plain.replaceAll('[^\\u0000-\\uffff]', SEARCH.beyond).replaceAll(`[${SEARCH.whiteSpace}]+`, ' ').trim();
}
