import { util, type Context } from '@aws-appsync/utils';

/** Who sends a request. */
export interface Caller {
  /** Which application's token it carries, or `system`: signed with IAM; which role may do what, publish.ts says. */
  kind: 'admin' | 'user' | 'system';
  /** Id of the caller's own user; empty for the system. */
  id: string;
  /** Name in events and outcomes: application and whole subject. */
  actor: string;
}

/**
 * Derives the caller, and refuses one who may not use the field. Every resolver begins with it.
 * The directives of the schema cannot tell the two applications apart; this does, by issuer and client.
 */
export function guard(ctx: Context): Caller {
  const caller = callerOf(ctx);
  // Not in the table: admin only.
  const rule = ACCESS[`${ctx.info.parentTypeName}.${ctx.info.fieldName}`] ?? 'admin';
  const allowed = rule === 'both' ? caller.kind === 'admin' || caller.kind === 'user' : caller.kind === rule;
  if (!allowed) {
    util.unauthorized();
  }
  return caller;
}

function callerOf(ctx: Context): Caller {
  const mode = util.authType();
  if (mode === 'IAM Authorization') {
    return { kind: 'system', id: '', actor: 'system' };
  }
  if (mode !== 'Open ID Connect Authorization' || !ctx.identity) {
    util.unauthorized();
  }
  const { sub, issuer, claims } = ctx.identity as {
    sub: unknown;
    issuer: unknown;
    claims: Record<string, unknown> | null;
  };
  const client = clientOf(claims);
  const { ADMIN_ISSUER, ADMIN_CLIENT_ID, USER_ISSUER, USER_CLIENT_ID } = ctx.env;
  const admin = isText(issuer) && isText(client) && issuer === ADMIN_ISSUER && client === ADMIN_CLIENT_ID;
  const user = isText(issuer) && isText(client) && issuer === USER_ISSUER && client === USER_CLIENT_ID;
  // Neither application, or a configuration in which they are the same.
  if (admin === user || !isForThisApi(ctx, claims) || !isSubject(sub)) {
    util.unauthorized();
  }
  const kind = admin ? 'admin' : 'user';
  const subject = `${sub}`;
  // Every user's subject is `<provider>|<id>`; one without a provider could pass for an id of Auth0's own.
  if (kind === 'user' && subject.indexOf('|') < 1) {
    util.unauthorized();
  }
  return { kind, id: ownIdOf(subject), actor: `${kind}:${subject}` };
}

/**
 * The application that a token was made for: `azp`, or as RFC 9068 has it `client_id`. An ID token names none but in
 * its audience.
 */
function clientOf(claims: Record<string, unknown> | null): unknown {
  const client = claims?.azp ?? claims?.client_id;
  return (claims?.client_id ?? client) === client ? client : null;
}

/** Whether a token names this API as one that it was made for: an ID token, or one for another API, does not. */
function isForThisApi(ctx: Context, claims: Record<string, unknown> | null): boolean {
  const audience = claims?.aud;
  const all = (typeof audience === 'string' ? [audience] : (audience ?? [])) as unknown[];
  return isText(ctx.env.API_AUDIENCE) && all.indexOf(ctx.env.API_AUDIENCE) >= 0;
}

/** Auth0's own ids stand without their prefix; those of other providers keep theirs, and so cannot equal one. */
function ownIdOf(subject: string): string {
  const parts = subject.split('|');
  return parts.length === 2 && parts[0] === 'auth0' && parts[1] !== '' ? `${parts[1]}` : subject;
}

function isSubject(value: unknown): boolean {
  const { maxLength, pattern } = SUBJECT;
  return isText(value) && `${value}`.length <= maxLength && util.matches(pattern, `${value}`);
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}
