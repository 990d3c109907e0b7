/**
 * How long a regular expression may keep its engine busy, at the worst: a bound on the steps of a match that goes back
 * and tries every choice, by the length of the text.
 */

/** A part of an expression, given the length of the text. */
interface Part {
  /** In how many ways it can be gone through. */
  ways: number;
  /** The longest of them, in characters looked at. */
  longest: number;
}
type PartOf = (length: number) => Part;

const character: PartOf = () => ({ ways: 1, longest: 1 });

/** A character of an expression. */
const stepsToCompile = 100;

/** An escape with what belongs to it, a class, the beginning of a group, or any one character. */
const atom = /\\(?:[uxpPk]\{[^}]*\}|[^])|\[(?:\\[^]|[^\]\\])*\]|\((?:\?(?:<?[=!]|:|<\w+>))?|[^]/uy;
const quantifier = /(?:([*+?])|\{(\d+)(,?)(\d*)\})\??/y;

/**
 * @param regex without flags that change what is anchored but `m`
 * @returns steps at the most for a text of that length; each takes some nanoseconds
 */
export function costOf({ source, multiline }: Pick<RegExp, 'source' | 'multiline'>): (length: number) => number {
  let at = 0;

  function next(form: RegExp): RegExpExecArray | null {
    form.lastIndex = at;
    const found = form.exec(source);
    if (found) at = form.lastIndex;
    return found;
  }

  /** Up to the end of the group. */
  function alternatives(): PartOf[] {
    const ended: PartOf[] = [];
    let sequence: PartOf[] = [];
    for (let found = next(atom); found && found[0] !== ')'; found = next(atom)) {
      if (found[0] === '|') {
        ended.push(allOf(sequence));
        sequence = [];
      } else sequence.push(repeated(found[0].startsWith('(') ? anyOf(alternatives()) : character));
    }
    return [...ended, allOf(sequence)];
  }

  function repeated(inner: PartOf): PartOf {
    const found = next(quantifier);
    if (!found) return inner;
    const [, sign, least = '0', comma, most] = found;
    const from = sign === '+' ? 1 : Number(least);
    const to = sign === '?' ? 1 : sign || (comma && most === '') ? Infinity : Number(most || least);
    return (length) => {
      // Those that it must have are gone through even where they are empty.
      const times = Math.min(to, from + length + 1);
      const { ways, longest } = inner(length);
      return { ways: (times - from + 1) * ways ** times, longest: times * Math.max(longest, 1) };
    };
  }

  const whole = alternatives();
  const anchored = !multiline && source.startsWith('^') && whole.length === 1;
  return (length) => {
    const { ways, longest } = anyOf(whole)(length);
    // To make it ready takes its time too.
    return ways * (longest + 1) * (anchored ? 1 : length + 1) + length + source.length * stepsToCompile;
  };
}

const allOf =
  (parts: PartOf[]): PartOf =>
  (length) => {
    const whole: Part = { ways: 1, longest: 0 };
    for (const part of parts) {
      const { ways, longest } = part(length);
      whole.ways *= ways;
      whole.longest += longest;
    }
    return whole;
  };

const anyOf =
  (parts: PartOf[]): PartOf =>
  (length) => {
    const all = parts.map((part) => part(length));
    return {
      ways: all.reduce((sum, { ways }) => sum + ways, 0),
      longest: Math.max(...all.map(({ longest }) => longest)),
    };
  };
