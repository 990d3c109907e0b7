/** `util.time`. Moments are milliseconds since 1970 unless a name says otherwise. */
import { number, text, UtilityError } from './arguments.ts';
import { formatTime, parseTime, zoneOffset } from './timeFormat.ts';

const isoForm = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?(Z|[+-]\d{2}:?\d{2})$/;

function zoneOf(value: unknown): string {
  return value === undefined || value === null ? 'UTC' : text(value, 'the time zone');
}

function iso(epochMilliseconds: number): string {
  const time = new Date(epochMilliseconds);
  if (Number.isNaN(time.getTime())) throw new UtilityError('the time is out of range');
  return time.toISOString();
}

export const time = {
  nowISO8601: (): string => new Date().toISOString(),
  nowEpochSeconds: (): number => Math.floor(Date.now() / 1000),
  nowEpochMilliSeconds: (): number => Date.now(),
  nowFormatted: (format: unknown, zone?: unknown): string =>
    formatTime(Date.now(), text(format, 'the format'), zoneOf(zone)),
  parseFormattedToEpochMilliSeconds: (timestamp: unknown, format: unknown, zone?: unknown): number =>
    parseTime(text(timestamp, 'the timestamp'), text(format, 'the format'), zoneOf(zone)),
  parseISO8601ToEpochMilliSeconds(timestamp: unknown): number {
    const value = text(timestamp, 'the timestamp');
    const [, date, clock, fraction = '', zone] = isoForm.exec(value) ?? [];
    if (date === undefined || clock === undefined || zone === undefined)
      throw new UtilityError(`Text '${value}' could not be parsed`);
    const local = parseTime(`${date} ${clock}`, 'yyyy-MM-dd HH:mm:ss', 'UTC');
    return local + Number(fraction.padEnd(3, '0').slice(0, 3)) - zoneOffset(zone, 0) * 60_000;
  },
  epochMilliSecondsToSeconds: (milliseconds: unknown): number => Math.floor(number(milliseconds, 'the time') / 1000),
  epochMilliSecondsToISO8601: (milliseconds: unknown): string => iso(number(milliseconds, 'the time')),
  epochMilliSecondsToFormatted: (milliseconds: unknown, format: unknown, zone?: unknown): string =>
    formatTime(number(milliseconds, 'the time'), text(format, 'the format'), zoneOf(zone)),
};
