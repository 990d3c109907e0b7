import { util } from '@aws-appsync/utils';
import type { Row } from './batch.ts';
import { momentOf } from './values/moment.ts';
import type { StandingConstant } from '../manifest/constants.ts';

/**
 * A row as it stands now: with conditions that no event has touched, and without those that have ended by themselves.
 */
export function standing(aggregate: string, row: Row): Row {
  const { flags, conditions, lapse } = STANDING[aggregate] as StandingConstant;
  return hasLapsed(row[lapse])
    ? { ...(flags ?? {}), ...row, ...conditions }
    : { ...(flags ?? {}), ...conditions, ...row };
}

function hasLapsed(until: unknown): boolean {
  const moment = typeof until === 'string' ? momentOf(until) : null;
  return moment !== null && moment <= util.time.nowEpochMilliSeconds();
}
