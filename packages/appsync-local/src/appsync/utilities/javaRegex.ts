/**
 * Java's regular expressions, as `util.matches`, `replace` and `replaceAll` take them, by way of JavaScript's.
 * What cannot be carried over exactly is refused.
 */
import { watched } from '../code/watch.ts';
import { text, UtilityError } from './arguments.ts';
import { costOf } from './regexCost.ts';

const javaClasses: Record<string, string> = {
  Lower: 'a-z',
  Upper: 'A-Z',
  ASCII: '\\x00-\\x7F',
  Alpha: 'a-zA-Z',
  Digit: '0-9',
  Alnum: 'a-zA-Z0-9',
  Punct: '!-\\/:-@\\[-`\\{-~',
  Blank: ' \\t',
  Cntrl: '\\x00-\\x1F\\x7F',
  XDigit: '0-9a-fA-F',
  Space: ' \\t\\n\\x0B\\f\\r',
};
const space = ' \\t\\n\\x0B\\f\\r';
const categoryForm = /^(?:L[ultmo]?|M[nce]?|N[dlo]?|P[cdseifo]?|S[mcko]?|Z[slp]?)$/;
const limit = 500;
/** Of each character of a replacement text. */
const stepsToExpand = 20;

/** An expression, and how many steps it may take for a text of a length. */
interface Compiled {
  regex: RegExp;
  cost: (length: number) => number;
}

const cache = new Map<string, Compiled>();

/** How a pattern is used: for the first match, for all, or for the whole text. */
type Use = 'first' | 'all' | 'whole';

/** Compiles a Java pattern. */
function javaRegex(pattern: string, use: Use): Compiled {
  const key = `${use}/${pattern}`;
  let compiled = cache.get(key);
  if (!compiled) {
    const { source, inlineFlags } = translate(pattern);
    try {
      const regex = new RegExp(
        use === 'whole' ? `(?<![^])(?:${source})(?![^])` : source,
        `u${use === 'all' ? 'g' : ''}${inlineFlags}`,
      );
      compiled = { regex, cost: costOf(regex) };
    } catch {
      throw new UtilityError(`PatternSyntaxException: ${pattern}`);
    }
    if (cache.size >= limit) cache.clear();
    cache.set(key, compiled);
  }
  compiled.regex.lastIndex = 0;
  return compiled;
}

const isFound = ({ regex, cost }: Compiled, subject: string): boolean =>
  watched(
    () => cost(subject.length),
    () => regex.test(subject),
  );

/**
 * `util.matches`. Whether the whole value must match or a part is enough is not documented, so a pattern whose answer
 * depends on it is refused: anchor it.
 */
export function matches(pattern: unknown, value: unknown): boolean {
  const source = text(pattern, 'the pattern of util.matches');
  const subject = text(value, 'the value of util.matches');
  const somewhere = isFound(javaRegex(source, 'first'), subject);
  if (somewhere && !isFound(javaRegex(source, 'whole'), subject)) {
    throw new UtilityError(
      `util.matches: the answer for ${source} depends on whether a part of the value may match; anchor the pattern with ^ and $`,
    );
  }
  return somewhere;
}

/** `String.prototype.replace` (first match) and `replaceAll`, with Java's pattern and replacement. */
export function replace(subject: string, pattern: unknown, replacement: unknown, all: boolean): string {
  const { regex, cost } = javaRegex(text(pattern, 'the first argument of replace'), all ? 'all' : 'first');
  const template = text(replacement, 'the second argument of replace');
  const bound = () => cost(subject.length) + (all ? subject.length + 1 : 1) * template.length * stepsToExpand;
  return watched(bound, () => subject.replace(regex, (...found: unknown[]) => expand(template, found)));
}

/** Java's replacement text: `$1` and `${name}` are groups, a backslash takes the next character literally. */
function expand(template: string, found: unknown[]): string {
  const last = found[found.length - 1];
  const names = typeof last === 'object' && last !== null ? (last as Record<string, string | undefined>) : {};
  return template.replace(
    /\\(.)|\$\{(\w+)\}|\$(\d)|[\\$]/gsu,
    (token, literal: string | undefined, name: string | undefined, group: string | undefined) => {
      if (literal !== undefined) return literal;
      if (name !== undefined) return names[name] ?? '';
      if (group !== undefined) return typeof found[Number(group)] === 'string' ? (found[Number(group)] as string) : '';
      throw new UtilityError(`the replacement text has a stray ${token}`);
    },
  );
}

function translate(pattern: string): { source: string; inlineFlags: string } {
  const leading = /^\(\?([a-zA-Z]+)\)/.exec(pattern);
  const inlineFlags = leading?.[1] ?? '';
  if (/[^ims]/.test(inlineFlags))
    throw new UtilityError(`the flags (?${inlineFlags}) are not available in the local AppSync`);
  let source = '';
  /** Where the class under way began in what is translated. */
  let classAt: number | undefined;
  let at = leading ? leading[0].length : 0;
  while (at < pattern.length) {
    const char = pattern[at] ?? '';
    if (char === '\\') {
      const [translated, length] = escape(pattern, at, classAt !== undefined, inlineFlags.includes('m'));
      source += translated;
      at += length;
      continue;
    }
    if (classAt !== undefined) {
      if (char === '[' || pattern.startsWith('&&', at))
        throw new UtilityError('nested character classes are not available in the local AppSync');
      if (char === ']' && !/^\^?$/.test(source.slice(classAt + 1))) classAt = undefined;
      source += char;
    } else {
      if (char === '[') classAt = source.length;
      if (
        /^(?:[*+?}]\+|\(\?>|\(\?<?[a-zA-Z-]+[:)])/.test(pattern.slice(at)) &&
        !/^\(\?<[a-zA-Z]\w*>/.test(pattern.slice(at))
      ) {
        throw new UtilityError(
          'possessive quantifiers, atomic groups and inner flags are not available in the local AppSync',
        );
      }
      // In Java, `$` also matches before a last line break.
      if (char === '$' && !inlineFlags.includes('m')) source += '(?=\\n?(?![^]))';
      else if (char === ']' || (char === '}' && !/\{\d+(?:,\d*)?$/.test(source))) source += `\\${char}`;
      else source += char;
    }
    at += 1;
  }
  return { source, inlineFlags };
}

/** Translates the escape at `at`; gives the JavaScript source and how many characters were read. */
function escape(pattern: string, at: number, inClass: boolean, multiline: boolean): [string, number] {
  const next = pattern[at + 1];
  if (next === undefined) throw new UtilityError('PatternSyntaxException: a backslash at the end');
  if (next === 'Q') {
    const end = pattern.indexOf('\\E', at);
    const literal = pattern.slice(at + 2, end < 0 ? undefined : end);
    return [quote(literal), literal.length + (end < 0 ? 2 : 4)];
  }
  const property = /^\\([pP])(?:\{(\w+)\}|(\w))/.exec(pattern.slice(at));
  if (property)
    return [propertyClass(property[2] ?? property[3] ?? '', property[1] === 'P', inClass), property[0].length];
  if (next === 's' || next === 'S') {
    if (inClass) {
      if (next === 'S') throw new UtilityError('\\S inside a character class is not available in the local AppSync');
      return [space, 2];
    }
    return [next === 's' ? `[${space}]` : `[^${space}]`, 2];
  }
  if (!inClass && next === 'A') return [multiline ? '(?<![^])' : '^', 2];
  if (!inClass && next === 'z') return ['(?![^])', 2];
  if (!inClass && next === 'Z') return ['(?=\\n?(?![^]))', 2];
  if (/[dDwWtnrfbB1-9]/.test(next) && !(inClass && /[bB1-9]/.test(next))) return [`\\${next}`, 2];
  const codePoint = /^\\x\{([0-9a-fA-F]{1,6})\}/.exec(pattern.slice(at));
  if (codePoint) return [`\\u{${codePoint[1]}}`, codePoint[0].length];
  const hexadecimal = /^\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4})/.exec(pattern.slice(at));
  if (hexadecimal) return [hexadecimal[0], hexadecimal[0].length];
  if (/[a-zA-Z0-9]/.test(next)) throw new UtilityError(`the escape \\${next} is not available in the local AppSync`);
  return [quote(next, inClass), 2];
}

function propertyClass(name: string, negated: boolean, inClass: boolean): string {
  const posix = javaClasses[name];
  if (posix !== undefined && Object.hasOwn(javaClasses, name)) {
    if (inClass && negated)
      throw new UtilityError('a negated property inside a character class is not available in the local AppSync');
    return inClass ? posix : `[${negated ? '^' : ''}${posix}]`;
  }
  const category = name.replace(/^Is(?=L|M|N|P|S|Z)/, '');
  if (categoryForm.test(category)) return `\\${negated ? 'P' : 'p'}{${category}}`;
  throw new UtilityError(`the property \\p{${name}} is not available in the local AppSync`);
}

function quote(literal: string, inClass = false): string {
  return literal.replace(inClass ? /[\\^$.*+?()[\]{}|/-]/g : /[\\^$.*+?()[\]{}|/]/g, '\\$&');
}
