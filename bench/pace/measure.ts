import type { Figure, Table } from '../report.ts';
import { percentile, rounded } from '../support/statistics.ts';

/** One line of the pace table. */
export interface Pace {
  name: string;
  /** One for each round; how far they lie apart is the machine's share. */
  values: number[];
  /** What is to be reached, and from which side; of what is told besides, nothing. */
  aim?: { atLeast: number } | { atMost: number };
  digits?: number;
}

const middle = (values: number[]): number => percentile(values, 0.5);

const reached = ({ values, aim }: Pace): string => {
  if (!aim) return '';
  return ('atLeast' in aim ? middle(values) >= aim.atLeast : middle(values) <= aim.atMost) ? 'yes' : 'no';
};

const inWords = ({ aim }: Pace): string => {
  if (!aim) return '';
  return 'atLeast' in aim ? `≥ ${aim.atLeast}` : `≤ ${aim.atMost}`;
};

export const paceTable = (paces: Pace[]): Table => ({
  title: 'Pace',
  columns: ['', 'median', 'lowest', 'highest', 'aim', 'reached'],
  rows: paces.map((pace) => {
    const { name, values, digits = 2 } = pace;
    const [lowest, highest] = [Math.min(...values), Math.max(...values)];
    return [
      name,
      ...[middle(values), lowest, highest].map((value) => rounded(value, digits)),
      inWords(pace),
      reached(pace),
    ];
  }),
  note: 'Shares and multiples come of pairs in one run, on the same engine and the same tables. Lowest and highest of the rounds: what the machine does to them.',
});

export const paceFigures = (paces: Pace[]): Figure[] =>
  paces.map((pace) => ({ name: pace.name, value: rounded(middle(pace.values), pace.digits ?? 2), aim: inWords(pace) }));
