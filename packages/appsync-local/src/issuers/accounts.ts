/** The users of the local issuers: anyone. Some are offered by name. */

/** Offered on the log-in page; any other subject will do as well. */
export const DEVELOPMENT_ACCOUNTS = ['auth0|admin', 'auth0|alice', 'auth0|bob', 'google-oauth2|carol'];

/** What is wrong with a subject, in words for the person who typed it; null if nothing is. */
export function subjectProblem(sub: string): string | null {
  if (sub === '') return 'Enter a user id.';
  if (sub.length > 128) return 'A user id has at most 128 characters.';
  // Auth0's form: connection, bar, id at that connection.
  if (!/^[A-Za-z0-9-]+\|[^\s\p{Cc}]+$/u.test(sub))
    return 'A user id looks like auth0|alice: a connection, a bar and an id, without spaces.';
  return null;
}

/** Claims of a user for ID tokens and the userinfo endpoint. Everything follows from the subject. */
export function profileOf(sub: string): Record<string, string | boolean> {
  const id = sub.slice(sub.indexOf('|') + 1);
  const name = id.charAt(0).toUpperCase() + id.slice(1);
  return { sub, name, nickname: id, email: `${id.replace(/[^\w.-]/g, '-')}@example.com`, email_verified: true };
}

/** Which claims a scope opens. */
export const CLAIMS_BY_SCOPE = {
  openid: ['sub'],
  profile: ['name', 'nickname'],
  email: ['email', 'email_verified'],
};
