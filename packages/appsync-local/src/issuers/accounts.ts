/** The users of the local issuers: anyone. Some are offered by name. */
import { createHash } from 'node:crypto';

/** What an issuer knows of a person. What is left out follows from the user id. */
export interface Account {
  /** e.g. `auth0|alice`: connection, bar, id at that connection. */
  sub: string;
  name?: string;
  email?: string;
  /** Default: true. */
  emailVerified?: boolean;
}

/** OpenID Connect's limit. */
const maxSubjectLength = 255;
const maxLocalPartLength = 64;

/** What is wrong with a subject, in words for the person who typed it; null if nothing is. */
export function subjectProblem(sub: string): string | null {
  if (sub === '') return 'Enter a user id.';
  if (sub.length > maxSubjectLength) return `A user id has at most ${maxSubjectLength} characters.`;
  // Auth0's form. What stands behind the bar is the identity provider's to choose, spaces and further bars included.
  if (!/^[A-Za-z0-9_-]+\|[^\p{Cc}\p{Cs}]+$/u.test(sub) || sub !== sub.trim())
    return 'A user id looks like auth0|alice: a connection, a bar and an id.';
  return null;
}

/** What is wrong with an address, in words for the person who typed it; null if nothing is. */
export function emailProblem(email: string): string | null {
  return /^[^\s@]+@[^\s@]+$/.test(email) && email.length <= 254
    ? null
    : 'An e-mail address looks like name@example.com.';
}

/** An account with everything that an issuer says of a person. */
export function completed(account: Account): Required<Account> {
  const id = account.sub.slice(account.sub.lastIndexOf('|') + 1);
  return {
    sub: account.sub,
    name: account.name ?? id.charAt(0).toUpperCase() + id.slice(1),
    email: account.email ?? `${localPartOf(id)}@example.com`,
    emailVerified: account.emailVerified ?? true,
  };
}

/** An id as the local part of an address: itself if it can be one, otherwise like it and unlike any other's. */
function localPartOf(id: string): string {
  if (/^[\w-]+(\.[\w-]+)*$/.test(id) && id.length <= maxLocalPartLength) return id;
  const mark = createHash('sha256').update(id).digest('hex').slice(0, 8);
  const plain = id.replace(/[^\w-]+/g, '-').slice(0, maxLocalPartLength - mark.length - 1);
  return `${plain}-${mark}`;
}

/** Claims of a user for ID tokens and the userinfo endpoint. */
export function profileOf(account: Account): Record<string, string | boolean> {
  const { sub, name, email, emailVerified } = completed(account);
  return { sub, name, nickname: sub.slice(sub.indexOf('|') + 1), email, email_verified: emailVerified };
}

/** Which claims a scope opens. */
export const claimsByScope = {
  openid: ['sub'],
  profile: ['name', 'nickname'],
  email: ['email', 'email_verified'],
};

/**
 * Who is who at one issuer: the accounts it was given, those who logged in with particulars of their own, and anyone
 * else.
 */
export class Accounts {
  readonly #known = new Map<string, Account>();

  /** What the log-in page offers. */
  readonly offered: Account[];

  constructor(accounts: Account[]) {
    this.offered = accounts;
    for (const account of accounts) this.#known.set(account.sub, account);
  }

  find(sub: string): Account {
    return this.#known.get(sub) ?? { sub };
  }

  /** From now on these are the particulars of the account's user id. */
  remember(account: Account): void {
    this.#known.set(account.sub, account);
  }
}
