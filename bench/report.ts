/** What a scenario measured, as plain text and as JSON. */

export interface Table {
  title: string;
  columns: string[];
  /** One entry per column; the first says what the row is about. */
  rows: (string | number)[][];
  /** How to read it, in a sentence or two. */
  note?: string;
}

/** One line of the README's figures. */
export interface Figure {
  name: string;
  value: string;
  /** What it ought to be, where that was set beforehand. */
  aim?: string;
}

export interface Result {
  tables: Table[];
  figures: Figure[];
}

/** The table in Markdown, padded so that it reads well as it is. */
export const printed = ({ title, columns, rows, note }: Table): string => {
  const lines = [columns, ...rows.map((row) => row.map(String))];
  const widths = columns.map((_, column) => Math.max(...lines.map((line) => (line[column] ?? '').length)));
  const isNumber = (column: number) =>
    column > 0 && rows.every((row) => /^[-\d.,]*( .*)?$/.test(String(row[column] ?? '')));
  const padded = (line: string[]) =>
    `| ${widths.map((width, column) => (isNumber(column) ? (line[column] ?? '').padStart(width) : (line[column] ?? '').padEnd(width))).join(' | ')} |`;
  const rule = `|${widths.map((width, column) => (isNumber(column) ? `${'-'.repeat(width + 1)}:` : '-'.repeat(width + 2))).join('|')}|`;
  const [head, ...body] = lines.map(padded);
  return [`### ${title}`, '', head, rule, ...body, ...(note === undefined ? [] : ['', note])].join('\n');
};

export const figuresTable = (figures: Figure[]): Table => ({
  title: 'Figures',
  columns: ['', 'measured', 'aim'],
  rows: figures.map(({ name, value, aim }) => [name, value, aim ?? '']),
});
