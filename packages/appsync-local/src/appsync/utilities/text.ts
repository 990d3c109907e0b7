/** Encoders and generators of ids: the functions directly under `util`, `util.str` and `util.math`. */
import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import { number, text, UtilityError } from './arguments.ts';

const crockford = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const base62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** Where KSUID time begins, in seconds since 1970. */
const ksuidEpoch = 1_400_000_000;

export const autoId = (): string => randomUUID();

export function autoUlid(): string {
  return (
    inBase(crockford, BigInt(Date.now()), 10) + inBase(crockford, BigInt(`0x${randomBytes(10).toString('hex')}`), 16)
  );
}

export function autoKsuid(): string {
  const seconds = Math.floor(Date.now() / 1000) - ksuidEpoch;
  return inBase(base62, (BigInt(seconds) << 128n) | BigInt(`0x${randomBytes(16).toString('hex')}`), 27);
}

function inBase(digits: string, value: bigint, length: number): string {
  let rest = value;
  let result = '';
  for (let place = 0; place < length; place += 1) {
    result = (digits[Number(rest % BigInt(digits.length))] ?? '') + result;
    rest /= BigInt(digits.length);
  }
  return result;
}

/** As Java's `application/x-www-form-urlencoded`: a space becomes `+`. */
export function urlEncode(value: unknown): string {
  return new URLSearchParams([['', text(value, 'the value of util.urlEncode')]]).toString().slice(1);
}

export function urlDecode(value: unknown): string {
  try {
    return decodeURIComponent(text(value, 'the value of util.urlDecode').replaceAll('+', ' '));
  } catch {
    throw new UtilityError('util.urlDecode: the value is not url encoded');
  }
}

export const base64Encode = (value: unknown): string =>
  Buffer.from(text(value, 'the value of util.base64Encode'), 'utf8').toString('base64');
export const base64Decode = (value: unknown): string =>
  Buffer.from(text(value, 'the value of util.base64Decode'), 'base64').toString('utf8');

const escapes: Record<string, string> = { '\b': '\\b', '\n': '\\n', '\t': '\\t', '\f': '\\f', '\r': '\\r' };

export function escapeJavaScript(value: unknown): string {
  return text(value, 'the value of util.escapeJavaScript').replace(/[\\'"/]|[^ -~]/g, (char) =>
    /[\\'"/]/.test(char)
      ? `\\${char}`
      : (escapes[char] ?? `\\u${char.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`),
  );
}

export function normalize(value: unknown, form: unknown): string {
  const name = text(form, 'the form of util.str.normalize').toUpperCase();
  if (!['NFC', 'NFD', 'NFKC', 'NFKD'].includes(name))
    throw new UtilityError(`util.str.normalize: unknown form ${name}`);
  return text(value, 'the value of util.str.normalize').normalize(name);
}

export const math = {
  roundNum: (value: unknown): number => Math.round(number(value, 'the value of util.math.roundNum')),
  minVal: (a: unknown, b: unknown): number =>
    Math.min(number(a, 'util.math.minVal: the first value'), number(b, 'util.math.minVal: the second value')),
  maxVal: (a: unknown, b: unknown): number =>
    Math.max(number(a, 'util.math.maxVal: the first value'), number(b, 'util.math.maxVal: the second value')),
  randomDouble: (): number => Math.random(),
  /** The end is exclusive. */
  randomWithinRange: (start: unknown, end: unknown): number =>
    randomInt(
      number(start, 'util.math.randomWithinRange: the start'),
      number(end, 'util.math.randomWithinRange: the end'),
    ),
};
