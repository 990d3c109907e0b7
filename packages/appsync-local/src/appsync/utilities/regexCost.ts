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

const nothing: PartOf = () => ({ ways: 1, longest: 0 });
const character: PartOf = () => ({ ways: 1, longest: 1 });

/** An escape with what belongs to it, a class, the beginning of a group, or any one character. */
const atom = /\\(?:[uxpPk]\{[^}]*\}|[^])|\[(?:\\[^]|[^\]\\])*\]|\((?:\?(?:<?[=!]|:|<\w+>))?|[^]/uy;
const quantifier = /(?:([*+?])|\{(\d+)(,?)(\d*)\})\??/y;

/**
 * @param source of a JavaScript expression that compiles
 * @returns steps at the most for a text of that length; each takes some nanoseconds
 */
export function costOf(source: string): (length: number) => number {
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
    let sequence = nothing;
    for (let found = next(atom); found && found[0] !== ')'; found = next(atom)) {
      if (found[0] === '|') {
        ended.push(sequence);
        sequence = nothing;
      } else sequence = both(sequence, repeated(found[0].startsWith('(') ? anyOf(alternatives()) : character));
    }
    return [...ended, sequence];
  }

  function repeated(inner: PartOf): PartOf {
    const found = next(quantifier);
    if (!found) return inner;
    const [, sign, least = '0', comma, most] = found;
    const from = sign === '+' ? 1 : Number(least);
    const to = sign === '?' ? 1 : sign || (comma && most === '') ? Infinity : Number(most || least);
    return (length) => {
      const times = Math.min(to, length + 1);
      const { ways, longest } = inner(length);
      return { ways: (Math.max(times - from, 0) + 1) * ways ** times, longest: times * longest };
    };
  }

  const whole = alternatives();
  const anchored = source.startsWith('^') && whole.length === 1;
  return (length) => {
    const { ways, longest } = anyOf(whole)(length);
    return ways * (longest + 1) * (anchored ? 1 : length + 1) + length;
  };
}

const both =
  (one: PartOf, other: PartOf): PartOf =>
  (length) => {
    const [first, second] = [one(length), other(length)];
    return { ways: first.ways * second.ways, longest: first.longest + second.longest };
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
