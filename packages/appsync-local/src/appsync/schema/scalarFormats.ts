/** The forms of AppSync's text scalars. Each check says in words what is wrong, or null. */
import { isIP } from 'node:net';

const offsetForm = /^(?:Z|[+-](\d{2}):(\d{2})(?::(\d{2}))?)?$/;
const dateForm = /^(\d{4})-(\d{2})-(\d{2})/;
const timeForm = /^(\d{2}):(\d{2})(?::(\d{2})(?:\.\d{1,9})?)?/;

export type FormatCheck = (value: string) => string | null;

/** Checks a prefix of the text; gives the rest, or null if the prefix is wrong. */
function afterDate(value: string): string | null {
  const [whole, year, month, day] = dateForm.exec(value) ?? [];
  if (whole === undefined) return null;
  const date = new Date(0);
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  return date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day)
    ? value.slice(whole.length)
    : null;
}

function afterTime(value: string): string | null {
  const [whole, hour, minute, second = '0'] = timeForm.exec(value) ?? [];
  return whole !== undefined && Number(hour) < 24 && Number(minute) < 60 && Number(second) < 60
    ? value.slice(whole.length)
    : null;
}

function isOffset(value: string): boolean {
  const [whole, hours = '0', minutes = '0', seconds = '0'] = offsetForm.exec(value) ?? [];
  return whole !== undefined && Number(hours) <= 18 && Number(minutes) < 60 && Number(seconds) < 60;
}

export const date: FormatCheck = (value) => {
  const rest = afterDate(value);
  return rest !== null && isOffset(rest) ? null : 'must be a calendar date of the form YYYY-MM-DD';
};

export const time: FormatCheck = (value) => {
  const rest = afterTime(value);
  return rest !== null && isOffset(rest) ? null : 'must be a time of the form hh:mm:ss.sss, seconds being optional';
};

export const dateTime: FormatCheck = (value) => {
  const rest = afterDate(value);
  const zone = rest?.startsWith('T') ? afterTime(rest.slice(1)) : null;
  return zone !== null && zone !== '' && isOffset(zone)
    ? null
    : 'must be a moment of the form YYYY-MM-DDThh:mm:ss.sssZ, seconds being optional, with Z or an offset';
};

const localPart = /^(?:[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*|"(?:[^"\\\r\n]|\\.)+")$/;
const domainForm =
  /^(?=.{1,253}$)[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$/;

export const email: FormatCheck = (value) => {
  const at = value.lastIndexOf('@');
  const local = value.slice(0, at);
  return at > 0 && local.length <= 64 && localPart.test(local) && domainForm.test(value.slice(at + 1))
    ? null
    : 'must be an e-mail address of the form local@domain';
};

export const url: FormatCheck = (value) => {
  const rule = 'must be a URL with a scheme, and without two slashes in a row in its path';
  if (!/^[A-Za-z][A-Za-z0-9+.-]*:/.test(value) || /\s/.test(value)) return rule;
  try {
    return new URL(value).pathname.includes('//') ? rule : null;
  } catch {
    return rule;
  }
};

export const phone: FormatCheck = (value) => {
  const rule = 'must be a phone number: digits, spaces and hyphens, with + and a country code outside North America';
  if (!/^\+?[0-9][0-9 -]*[0-9]$/.test(value)) return rule;
  const digits = value.replace(/[^0-9]/g, '');
  if (value.startsWith('+')) return digits.length >= 7 && digits.length <= 15 ? null : rule;
  return /^1?[2-9]\d{2}[2-9]\d{6}$/.test(digits) ? null : rule;
};

export const ipAddress: FormatCheck = (value) => {
  const [address = '', prefix, ...rest] = value.split('/');
  const version = isIP(address);
  const fits = prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (version === 4 ? 32 : 128));
  return version !== 0 && fits && rest.length === 0 && !address.includes('%')
    ? null
    : 'must be an IPv4 or IPv6 address, with an optional prefix length';
};
