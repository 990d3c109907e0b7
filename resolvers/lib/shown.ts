import { util } from '@aws-appsync/utils';
import { liveRows, type Row } from './batch.ts';
import type { ShownConstant } from '../manifest/constants.ts';

/** The live rows of a view as the API shows them now: with conditions that no event has touched, and without those that have ended by themselves. */
export function shownRows(aggregate: string, rows: (Row | null)[]): Row[] {
  return liveRows(rows).map((row) => shownRow(SHOWN[aggregate] as ShownConstant, row));
}

function shownRow({ flags, conditions, lapse, joined }: ShownConstant, row: Row): Row {
  const shown: Row = hasLapsed(row[lapse])
    ? { ...(flags ?? {}), ...row, ...conditions }
    : { ...(flags ?? {}), ...conditions, ...row };
  for (const name of Object.keys(joined)) {
    const parts = (joined[name] as string[]).filter((part) => shown[part]);
    shown[name] = parts.map((part) => shown[part]).join(' ');
  }
  return shown;
}

function hasLapsed(until: unknown): boolean {
  return (
    typeof until === 'string' && util.time.parseISO8601ToEpochMilliSeconds(until) <= util.time.nowEpochMilliSeconds()
  );
}
