import { util } from '@aws-appsync/utils';
import { isId, isList, liveRows, type Row } from './batch.ts';
import { isCalendarDate } from './values/calendar.ts';
import { standing } from './standing.ts';
import type { ShownConstant } from '../manifest/constants.ts';

/**
 * Columns of a row: kinds by name, with a question mark behind those that may be null; and what those that are a choice
 * must match.
 */
type Columns = Pick<ShownConstant, 'columns' | 'choices'>;

/** The live rows of a view as the API shows them now, without those that it cannot show. */
export function shownRows(aggregate: string, rows: (Row | null)[]): Row[] {
  const columns = SHOWN[aggregate] as ShownConstant;
  return showable(
    aggregate,
    columns,
    liveRows(rows).map((row) => standing(aggregate, row)),
  ).map((row) => {
    const shown: Row = presentable(columns, shownOf(columns, row));
    for (const name of Object.keys(columns.joined)) {
      const parts = (columns.joined[name] as string[]).filter((part) => shown[part]);
      shown[name] = parts.map((part) => shown[part]).join(' ');
    }
    return shown;
  });
}

/**
 * Those that the API's types can show. One that they cannot is named in the log and passed by: it would empty the whole
 * list.
 */
export function showable<Shown extends Record<string, unknown>>(
  name: string,
  columns: Columns,
  rows: Shown[],
): Shown[] {
  return rows.filter((row) => {
    const hidden = unshown(columns, row, false);
    if (hidden.length > 0) {
      console.error(`${name} ${row.id ?? row.recoveryId} cannot be shown, because of: ${hidden.join(', ')}`);
    }
    return hidden.length === 0;
  });
}

/** What is shown of a row: without what indexes and lists have of it. */
function shownOf({ columns }: Columns, row: Row): Row {
  const shown: Record<string, unknown> = {};
  for (const name of Object.keys(columns)) {
    shown[name] = row[name];
  }
  return shown as Row;
}

/** A row that can be shown, with null in the place of what cannot be and need not be. */
export function presentable<Shown extends Record<string, unknown>>(columns: Columns, row: Shown): Shown {
  const sound: Record<string, unknown> = { ...row };
  for (const name of unshown(columns, row, true)) {
    sound[name] = null;
  }
  return sound as Shown;
}

/** The columns that cannot be shown, of those that may be null, or of the others. */
function unshown({ columns, choices }: Columns, row: Record<string, unknown>, nullable: boolean): string[] {
  return Object.keys(columns).filter((name) => {
    const kind = `${columns[name]}`;
    if (kind.endsWith('?') !== nullable || (nullable && row[name] === undefined)) {
      return false;
    }
    return !isShown(nullable ? kind.slice(0, -1) : kind, choices[name] ?? '', row[name]);
  });
}

/** Whether a column's type takes a value: the same as the domain's `isShown`. */
function isShown(kind: string, choice: string, value: unknown): boolean {
  if (kind === 'number') {
    const number = value as number;
    return typeof value === 'number' && number % 1 === 0 && number <= largestInt && number >= -largestInt;
  }
  if (kind === 'flag') {
    return typeof value === 'boolean';
  }
  if (kind === 'references') {
    return isList(value) && (value as unknown[]).every(isId);
  }
  if (kind === 'reference') {
    return isId(value);
  }
  const pattern = kind === 'choice' ? choice : (SHOWN_FORMS[kind] ?? '');
  if (typeof value !== 'string' || (pattern !== '' && !util.matches(pattern, value))) {
    return false;
  }
  return (kind !== 'date' && kind !== 'moment') || isCalendarDate(value);
}

/** Of GraphQL's Int. */
const largestInt = 2147483647;
