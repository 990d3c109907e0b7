import type { AggregateName } from '../aggregate.ts';
import { type Attribute, type AttributeTable, matches, shownEmail } from './attributes.ts';
import { isCalendarDate, momentRule } from './moment.ts';
import { aggregates } from '../../operations.ts';

/**
 * What the API's output types take of a column, as plain data for the resolvers too. Wider than the rules for new
 * values: what older rules let in, or another system, is shown as long as it can be.
 */
export interface ShownColumn {
  kind: Attribute['kind'];
  /** Shown as null where it cannot be shown otherwise; any other column hides the row. */
  nullable: boolean;
  /** A row may lack it: it is then as at first. */
  absent: boolean;
  /** What a text must match; empty: anything. */
  pattern: string;
}

/** UTF-16 units of an id that is shown: what is longer is no key of a table, so it points to nothing. */
export const longestShownId = 255;

/** What a text of a kind must match; of other kinds, anything. */
export const shownForms: Partial<Record<Attribute['kind'], string>> = {
  email: shownEmail,
  date: '^[0-9]{4}-[0-9]{2}-[0-9]{2}(?:Z|[+-](?:0[0-9]|1[0-8]):[0-5][0-9](?::[0-5][0-9])?)?$',
  moment: momentRule.pattern,
};

const columnOf = ({ kind, nullable, initially, pattern }: Attribute): ShownColumn => ({
  kind,
  nullable,
  absent: initially !== undefined,
  pattern: kind === 'choice' ? pattern : (shownForms[kind] ?? ''),
});

const moment: ShownColumn = { kind: 'moment', nullable: false, absent: false, pattern: momentRule.pattern };
const everyRow: Record<string, ShownColumn> = {
  id: { kind: 'reference', nullable: false, absent: false, pattern: '' },
  version: { kind: 'number', nullable: false, absent: false, pattern: '' },
  createdAt: moment,
  updatedAt: moment,
};

const columnsOf = (columns: AttributeTable): Record<string, ShownColumn> => ({
  ...everyRow,
  ...Object.fromEntries(Object.entries(columns).map(([name, attribute]) => [name, columnOf(attribute)])),
});

/** By aggregate and name; those of every row included. */
export const shownColumns = Object.fromEntries(
  Object.values(aggregates).map(({ name, columns }) => [name, columnsOf(columns)]),
) as Record<AggregateName, Record<string, ShownColumn>>;

/**
 * The columns of a row that the API cannot show: it is passed by wherever rows are shown. Empty if the row can be
 * shown.
 */
export const unshowable = (aggregate: AggregateName, row: Record<string, unknown>): string[] =>
  Object.entries(shownColumns[aggregate])
    .filter(([name, column]) => !column.nullable && !isShown(column, row[name]))
    .map(([name]) => name);

/** A live row with null in the place of what cannot be shown and need not be. */
export const presentable = <Row extends Record<string, unknown>>(aggregate: AggregateName, row: Row): Row => {
  const hidden = Object.entries(shownColumns[aggregate]).filter(
    ([name, column]) => column.nullable && row[name] !== undefined && !isShown(column, row[name]),
  );
  return { ...row, ...Object.fromEntries(hidden.map(([name]) => [name, null])) };
};

const largestInt = 2 ** 31 - 1;

const isShown = ({ kind, absent, pattern }: ShownColumn, value: unknown): boolean => {
  if (value === undefined) return absent;
  switch (kind) {
    case 'number':
      return Number.isInteger(value) && Math.abs(Number(value)) <= largestInt;
    case 'flag':
      return typeof value === 'boolean';
    case 'references':
      return Array.isArray(value) && value.every(isId);
    case 'reference':
      return isId(value);
    case 'date':
    case 'moment':
      return typeof value === 'string' && matches(pattern, value) && isCalendarDate(value.slice(0, 10));
    default:
      return typeof value === 'string' && (pattern === '' || matches(pattern, value));
  }
};

const isId = (value: unknown): boolean => typeof value === 'string' && value !== '' && value.length <= longestShownId;
