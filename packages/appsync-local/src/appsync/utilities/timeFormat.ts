/** The letters of Java's DateTimeFormatter that are in common use, both ways. Others are refused. */
import { UtilityError } from './arguments.ts';

type Token = { letter: string; count: number } | { literal: string };

const months = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];
const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

/** Date and time in some zone, with the zone's offset from UTC in minutes. */
interface Fields {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  millisecond: number;
  offset: number;
}

function tokens(format: string): Token[] {
  const found: Token[] = [];
  for (const [part, quoted, letters] of format.matchAll(/'((?:[^']|'')*)'|(([a-zA-Z])\3*)|[^a-zA-Z']/g)) {
    if (letters) found.push({ letter: letters[0] ?? '', count: letters.length });
    else if (quoted !== undefined) found.push({ literal: quoted === '' ? "'" : quoted.replaceAll("''", "'") });
    else found.push({ literal: part });
  }
  return found;
}

/** Offset of a zone (`+02:00`, `Z`, `Europe/Berlin`) from UTC at a moment, in minutes. */
export function zoneOffset(zone: string, epochMilliseconds: number): number {
  if (zone === 'Z' || zone === 'UTC' || zone === 'GMT') return 0;
  const fixed = /^(?:UTC|GMT)?([+-])(\d{2}):?(\d{2})?$/.exec(zone);
  if (fixed) return (fixed[1] === '-' ? -1 : 1) * (Number(fixed[2]) * 60 + Number(fixed[3] ?? 0));
  try {
    const parts = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    }).formatToParts(epochMilliseconds);
    const part = (type: string) => Number(parts.find((one) => one.type === type)?.value);
    const local = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
    return Math.round((local - Math.floor(epochMilliseconds / 1000) * 1000) / 60_000);
  } catch {
    throw new UtilityError(`unknown time zone ${zone}`);
  }
}

export function formatTime(epochMilliseconds: number, format: string, zone: string): string {
  const offset = zoneOffset(zone, epochMilliseconds);
  const local = new Date(epochMilliseconds + offset * 60_000);
  if (Number.isNaN(local.getTime())) throw new UtilityError('the time is out of range');
  return tokens(format)
    .map((token) => ('literal' in token ? token.literal : formatField(token.letter, token.count, local, offset, zone)))
    .join('');
}

function formatField(letter: string, count: number, time: Date, offset: number, zone: string): string {
  const padded = (value: number) => String(value).padStart(count, '0');
  switch (letter) {
    case 'y':
    case 'u':
      return count === 2 ? padded(time.getUTCFullYear() % 100) : padded(time.getUTCFullYear());
    case 'M':
    case 'L':
      return count <= 2 ? padded(time.getUTCMonth() + 1) : named(months, time.getUTCMonth(), count);
    case 'd':
      return padded(time.getUTCDate());
    case 'E':
      return named(days, time.getUTCDay(), Math.max(count, 3));
    case 'a':
      return time.getUTCHours() < 12 ? 'AM' : 'PM';
    case 'H':
      return padded(time.getUTCHours());
    case 'h':
      return padded(time.getUTCHours() % 12 || 12);
    case 'm':
      return padded(time.getUTCMinutes());
    case 's':
      return padded(time.getUTCSeconds());
    case 'S':
      return String(time.getUTCMilliseconds()).padStart(3, '0').padEnd(9, '0').slice(0, count);
    case 'X':
      return offset === 0 ? 'Z' : formatOffset(offset, count);
    case 'x':
    case 'Z':
      return formatOffset(offset, letter === 'Z' ? 2 : count);
    case 'V':
      return zone;
    default:
      throw new UtilityError(`the format letter ${letter} is not available in the local AppSync`);
  }
}

function named(names: readonly string[], index: number, count: number): string {
  if (count > 4) throw new UtilityError('narrow names are not available in the local AppSync');
  const name = names[index] ?? '';
  return count === 4 ? name : name.slice(0, 3);
}

function formatOffset(offset: number, count: number): string {
  const hours = String(Math.trunc(Math.abs(offset) / 60)).padStart(2, '0');
  const minutes = String(Math.abs(offset) % 60).padStart(2, '0');
  const sign = offset < 0 ? '-' : '+';
  if (count === 1) return `${sign}${hours}${minutes === '00' ? '' : minutes}`;
  return count === 2 ? `${sign}${hours}${minutes}` : `${sign}${hours}:${minutes}`;
}

/** Milliseconds since 1970 of a text in the given format. `zone` counts when the text names none. */
export function parseTime(value: string, format: string, zone: string): number {
  const readers: ((text: string, into: Partial<Fields> & { afternoon?: boolean }) => void)[] = [];
  const pattern = tokens(format).map((token) => {
    if ('literal' in token) return token.literal.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
    const [source, read] = fieldReader(token.letter, token.count);
    readers.push(read);
    return `(${source})`;
  });
  const found = new RegExp(`^${pattern.join('')}$`).exec(value);
  if (!found) throw new UtilityError(`Text '${value}' could not be parsed`);
  const fields: Partial<Fields> & { afternoon?: boolean } = {};
  readers.forEach((read, index) => read(found[index + 1] ?? '', fields));
  const { year, month, day, hour = 0, minute = 0, second = 0, millisecond = 0 } = fields;
  if (year === undefined || month === undefined || day === undefined)
    throw new UtilityError(`Text '${value}' could not be parsed: no date`);
  const hours = fields.afternoon === undefined ? hour : (hour % 12) + (fields.afternoon ? 12 : 0);
  // Date.UTC would take the year 1 for 1901.
  const date = new Date(Date.UTC(2000, 0, 1, hours, minute, second, millisecond));
  const local = date.setUTCFullYear(year, month - 1, day);
  if (new Date(local).getUTCDate() !== day || hours > 23 || minute > 59 || second > 59)
    throw new UtilityError(`Text '${value}' could not be parsed: no such time`);
  return local - (fields.offset ?? zoneOffset(zone, local - zoneOffset(zone, local) * 60_000)) * 60_000;
}

type Reader = (text: string, into: Partial<Fields> & { afternoon?: boolean }) => void;

function fieldReader(letter: string, count: number): [string, Reader] {
  const digits = (shortest: number, longest: number) => `\\d{${Math.max(count, shortest)},${Math.max(count, longest)}}`;
  switch (letter) {
    case 'y':
    case 'u':
      return [
        count === 2 ? '\\d{2}' : digits(1, 4),
        (text, into) => void (into.year = Number(text) + (count === 2 ? 2000 : 0)),
      ];
    case 'M':
      if (count <= 2) return [digits(1, 2), (text, into) => void (into.month = Number(text))];
      return ['[A-Za-z]+', (text, into) => void (into.month = indexOfName(months, text, count) + 1)];
    case 'd':
      return [digits(1, 2), (text, into) => void (into.day = Number(text))];
    case 'E':
      return ['[A-Za-z]+', (text) => void indexOfName(days, text, Math.max(count, 3))];
    case 'a':
      return ['AM|PM', (text, into) => void (into.afternoon = text === 'PM')];
    case 'H':
    case 'h':
      return [digits(1, 2), (text, into) => void (into.hour = Number(text))];
    case 'm':
      return [digits(1, 2), (text, into) => void (into.minute = Number(text))];
    case 's':
      return [digits(1, 2), (text, into) => void (into.second = Number(text))];
    case 'S':
      return [
        `\\d{${count}}`,
        (text, into) => void (into.millisecond = Math.trunc(Number(text.padEnd(3, '0').slice(0, 3)))),
      ];
    case 'X':
    case 'x':
    case 'Z':
      return ['Z|[+-]\\d{2}(?::?\\d{2})?', (text, into) => void (into.offset = zoneOffset(text, 0))];
    default:
      throw new UtilityError(`the format letter ${letter} is not available in the local AppSync`);
  }
}

function indexOfName(names: readonly string[], name: string, count: number): number {
  const index = names.findIndex((one) => (count === 4 ? one : one.slice(0, 3)) === name);
  if (index < 0) throw new UtilityError(`${name} is not a name in this format`);
  return index;
}
