import { util } from '@aws-appsync/utils';
import { isCalendarDate } from './calendar.ts';
import { invalid } from '../fail.ts';

/**
 * Milliseconds since the epoch; null for a text that is no AWSDateTime, or one whose moment in UTC that scalar could
 * not show.
 */
export function momentOf(text: string): number | null {
  const { pattern, earliest, latest } = MOMENT;
  if (!util.matches(pattern, text) || !isCalendarDate(text)) {
    return null;
  }
  // Seconds may be left out, and the offset may have some; what reads moments here is only sure to take neither.
  const offset = text.replace('^[0-9T:.-]{16}(?::[0-9.]+)?', '');
  const clock = text.slice(0, text.length - offset.length);
  const local = util.time.parseISO8601ToEpochMilliSeconds(`${clock.length === 16 ? `${clock}:00` : clock}Z`);
  const moment = local - offsetOf(offset);
  return moment >= earliest && moment <= latest ? moment : null;
}

/** Of `Z`, `+05:30` or `-05:30:15`, in milliseconds. */
function offsetOf(offset: string): number {
  if (offset === 'Z') {
    return 0;
  }
  const seconds = +offset.slice(1, 3) * 3600 + +offset.slice(4, 6) * 60 + +`0${offset.slice(7)}`;
  return (offset.startsWith('-') ? -seconds : seconds) * 1000;
}

/** The moment given as an argument, as ISO 8601 in UTC; refuses what is none. */
export function checkedMoment(field: string, text: string): string {
  const moment = momentOf(text);
  if (moment === null) {
    invalid(field, MOMENT.rule);
  }
  return util.time.epochMilliSecondsToISO8601(moment as number);
}
