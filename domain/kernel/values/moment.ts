/** Moments, as the API's scalar AWSDateTime writes them: seconds may be left out, and the offset may have some. */
export const momentRule = {
  pattern:
    '^[0-9]{4}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\\.[0-9]{1,9})?)?(?:Z|[+-](?:0[0-9]|1[0-8]):[0-5][0-9](?::[0-5][0-9])?)$',
  rule: 'must be a date and time with an offset, from the year 0000 to 9999 in UTC',
  /** Milliseconds since the epoch. The scalar shows years of four digits, and no others. */
  earliest: Date.parse('0000-01-01T00:00:00Z'),
  latest: Date.UTC(10_000, 0, 1) - 1,
};

const form = new RegExp(momentRule.pattern);

/** Milliseconds since the epoch; undefined for a text that is no such moment, or one that could not be shown. */
export const momentOf = (text: string): number | undefined => {
  if (!form.test(text)) return undefined;
  const [, clock = '', sign = '', hours = '0', minutes = '0', seconds = '0'] =
    /^(.{16}(?::[0-9.]+)?)(?:Z|([+-])(..):(..)(?::(..))?)$/.exec(text) ?? [];
  if (!isCalendarDate(text.slice(0, 10))) return undefined;
  const local = Date.parse(`${clock.length === 16 ? `${clock}:00` : clock}Z`);
  const offset = ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000;
  const moment = sign === '-' ? local + offset : local - offset;
  return moment >= momentRule.earliest && moment <= momentRule.latest ? moment : undefined;
};

/** Whether there is such a day, given as YYYY-MM-DD in digits. */
export const isCalendarDate = (date: string): boolean => {
  const time = Date.parse(`${date}T00:00:00.000Z`);
  // A day that the month does not have is read as one of the next.
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(date);
};

/** As it is stored and shown: in UTC, to the millisecond. */
export const momentText = (milliseconds: number): string => new Date(milliseconds).toISOString();
