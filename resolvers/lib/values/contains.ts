import { util } from '@aws-appsync/utils';

/**
 * Whether some part of a text matches a Java pattern. It is not documented whether `util.matches` looks at parts or at
 * the whole, so the pattern is made to match the whole; the class stands for any character, line breaks included.
 */
export function contains(text: string, pattern: string): boolean {
  return util.matches(`^[^\\u0000]*(${pattern})[^\\u0000]*\\z`, text);
}
