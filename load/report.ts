import type { LoadRecord, SentCommand } from './record.ts';

export const grouped = (count: number): string => Math.round(count).toLocaleString('en');

/** The value that this share of the values does not pass. */
const percentile = (sorted: number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? NaN;

/** One line of percentiles, in milliseconds. */
export const percentiles = (what: string, values: number[]): string => {
  const sorted = [...values].sort((one, other) => one - other);
  const at = (share: number) => grouped(percentile(sorted, share)).padStart(9);
  return `  ${what.padEnd(34)}${grouped(sorted.length).padStart(8)}${at(0.5)}${at(0.95)}${at(0.99)}${at(1)}`;
};
export const percentilesHead = `  ${'milliseconds from sending to'.padEnd(34)}${'commands'.padStart(8)}${['p50', 'p95', 'p99', 'most'].map((name) => name.padStart(9)).join('')}`;

/** Counts under names, the greatest first. */
export const tally = (names: string[]): [string, number][] => {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].sort(([, one], [, other]) => other - one);
};

/** Parts that add up to a whole. */
export const sum = (what: string, whole: number, parts: [string, number][]): string => {
  const line = (name: string, count: number, indent: string) =>
    `${indent}${name.padEnd(44 - indent.length)}${grouped(count).padStart(8)}`;
  return [line(what, whole, '  '), ...parts.map(([name, count]) => line(name, count, '    '))].join('\n');
};

/** How a command ended, in a word or two. */
export const fateOf = ({ outcome, refused }: SentCommand): string => {
  if (outcome) return outcome.code ? `rejected: ${outcome.code}` : 'applied';
  return refused === undefined ? 'no outcome' : `not taken: ${refused}`;
};

/** What a load came to, for a person to read. */
export const loadReport = ({ commands, listened, heardOut, seconds, seed, chaos, rate }: LoadRecord): string => {
  const since = (moment: 'receiptAt' | 'heardAt') =>
    commands.flatMap((each) => (each[moment] === undefined ? [] : [Math.max(0, each[moment] - each.sentAt)]));
  const requests = commands.reduce((total, { times }) => total + times, 0);
  return [
    `${grouped(commands.length)} commands in ${grouped(requests)} requests, in ${seconds.toFixed(1)} s, at most ${rate} a second; seed ${seed}${chaos ? ', on a bad day' : ''}`,
    '',
    sum('commands', commands.length, tally(commands.map(fateOf))),
    '',
    percentilesHead,
    percentiles('the receipt', since('receiptAt')),
    percentiles('its event heard by subscribers', since('heardAt')),
    '',
    ...listened.map(
      ({ actor, lost, versions }) =>
        `  ${actor} heard of ${grouped(Object.keys(versions).length)} rows${lost > 0 ? `, and lost the connection ${lost} times` : ''}`,
    ),
    ...(heardOut ? [] : ['  They left while messages were still on their way.']),
  ].join('\n');
};
