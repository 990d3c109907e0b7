const form = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(Z|[+-]\d{2}:\d{2}(?::\d{2})?)$/;
const earliest = Date.parse('0001-01-01T00:00:00.000Z');
const latest = Date.parse('9999-12-31T23:59:59.999Z');

/**
 * The moment that a text names, with an offset from UTC, as AWSDateTime writes it.
 * @returns milliseconds since the epoch; undefined where it is no such text, or outside the years that can be written so
 */
export const momentOf = (text: string): number | undefined => {
  const [, minutes, seconds = '00', fraction = '', offset] = form.exec(text.trim()) ?? [];
  if (minutes === undefined || offset === undefined) return undefined;
  const local = `${minutes}:${seconds}.${fraction.slice(0, 3).padEnd(3, '0')}Z`;
  const time = Date.parse(local);
  // Of a day that the calendar does not have, JavaScript makes another.
  if (Number.isNaN(time) || new Date(time).toISOString() !== local) return undefined;
  const moment = time - offsetOf(offset);
  return moment >= earliest && moment <= latest ? moment : undefined;
};

const offsetOf = (offset: string): number => {
  if (offset === 'Z') return 0;
  const [hours = 0, minutes = 0, seconds = 0] = offset.slice(1).split(':').map(Number);
  return (offset.startsWith('-') ? -1000 : 1000) * (3600 * hours + 60 * minutes + seconds);
};
