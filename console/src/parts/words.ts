/** What is shown of errors, moments and values. */
import { ClientError, Refusal, Rejection, TimeoutError, Unauthenticated } from 'user-management-client';

export interface Explanation {
  title: string;
  text: string;
  /** Whether a new log-in is what helps. */
  logIn?: boolean;
}

/** An error in words for the person at the page: what is so, and what to do. */
export const explain = (error: unknown): Explanation => {
  if (error instanceof ClientError && error.outcome?.status === 'APPLIED')
    return {
      title: 'Done, but it could not be shown',
      text: `Version ${error.outcome.version} is stored. ${error.message}. Reload the page to see it.`,
    };
  if (error instanceof Unauthenticated)
    return { title: 'Your log-in is not good any more', text: `${error.message}. Log in again to go on.`, logIn: true };
  if (error instanceof Rejection) return { title: rejections[error.code] ?? error.code, text: error.message };
  if (error instanceof TimeoutError)
    return {
      title: 'No answer from the API',
      text: error.commandId
        ? `The command ${error.commandId} may still take effect. It is asked for under "Commands".`
        : 'Is the stack running? On this machine: npm start. This page connects again by itself.',
    };
  if (error instanceof Refusal && error.code === 'Unauthorized')
    return {
      title: 'This is not yours to see or do',
      text: 'You may be logged in to the other application: admins’ pages need a log-in as admin.',
      logIn: true,
    };
  if (error instanceof ClientError) return { title: refusals[error.code] ?? error.code, text: error.message };
  const text = error instanceof Error ? error.message : String(error);
  return { title: 'That did not work', text, logIn: /log out and in again/i.test(text) };
};

const rejections: Record<string, string> = {
  INVALID: 'A value breaks a rule',
  NOT_FOUND: 'It is not there any more',
  ALREADY_EXISTS: 'The id is in use',
  EMAIL_TAKEN: 'Somebody else has this e-mail address',
  NAME_TAKEN: 'The name is taken',
  ROLE_NOT_FOUND: 'There is no such role',
  GROUP_NOT_FOUND: 'There is no such group',
  AUTHORIZATION_NOT_FOUND: 'There is no such authorization',
  IN_USE: 'It is still in use',
  VERSION_CONFLICT: 'Somebody else was quicker',
  SUSPENDED: 'You are suspended',
  ERASED: 'It was erased',
  EMAIL_NOT_VERIFIED: 'The address is not proved to be yours',
  STREAM_FULL: 'Too many changes for today',
};

/** What the API does not take at all, or not now. */
const refusals: Record<string, string> = {
  ...rejections,
  TOO_MANY_COMMANDS: 'Too much at once: wait ten seconds',
  PAGE_TOO_LARGE: 'Too much for one page',
};

/** The field at whose input a rejection belongs. */
const fieldOfCode: Record<string, string> = {
  EMAIL_TAKEN: 'email',
  EMAIL_NOT_VERIFIED: 'email',
  NAME_TAKEN: 'name',
  ALREADY_EXISTS: 'id',
  ROLE_NOT_FOUND: 'roleId',
  GROUP_NOT_FOUND: 'groupId',
  AUTHORIZATION_NOT_FOUND: 'authorizationIds',
};

/** An error that belongs to one field of a form, if it does. */
export const fieldError = (error: unknown): { field: string; text: string } | null => {
  if (error instanceof Rejection) {
    const field = fieldOfCode[error.code];
    if (field) return { field, text: rejections[error.code] ?? error.message };
    const [, named, rule] = /^(\w+): (.+)$/s.exec(error.message) ?? [];
    return named && rule ? { field: named, text: rule } : null;
  }
  if (error instanceof Refusal && error.field)
    return { field: error.field.replace(/^input\./, ''), text: error.rule ?? error.message };
  return null;
};

/** Where the reader's clock is, as `Europe/Berlin`. */
export const zone = new Intl.DateTimeFormat().resolvedOptions().timeZone;

const moment = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
const day = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' });
const time = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });
export const dayOf = (iso: string): string => day.format(new Date(iso));
export const timeOf = (iso: string): string => time.format(new Date(iso));
export const momentOf = (iso: string | null | undefined): string => (iso ? moment.format(new Date(iso)) : '–');

/** As a `datetime-local` input has it, in local time. */
export const localInput = (date: Date): string =>
  new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);

/** What such an input says, as the API takes it; undefined while it says none. */
export const momentIn = (input: string): string | undefined =>
  Number.isNaN(Date.parse(input)) ? undefined : new Date(input).toISOString();

export const shortId = (id: string): string => id.replace(/^([0-9a-f]{8})[0-9a-f-]{16,}$/, '$1…');

/** A value of an attribute, as text. */
export const valueText = (value: unknown): string => {
  if (value === null || value === undefined || value === '') return '–';
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(valueText).join(', ');
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'string') return /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value) ? momentOf(value) : value;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
};

/** `emailVerified` as a person reads it. */
export const attributeText = (attribute: string): string => {
  const words = attribute.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return words.charAt(0).toUpperCase() + words.slice(1);
};

/** So many of something: `1 event`, `2 events`. */
export const countText = (count: number, one: string): string => `${count} ${one}${count === 1 ? '' : 's'}`;
