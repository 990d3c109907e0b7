import type { Since } from './kernel/stream/since.ts';

/** How many authorizations may be asked for at once: with what else is looked at, one batch takes them. */
export const mostAsked = 50;

/**
 * Because of what somebody may do something or not, in words; `{…}` is filled in. A user's suspension comes before the
 * role, and what does not exist before both: but of an authorization, that it does not exist is for admins alone to
 * know. The API's resolvers say the same from this table.
 */
export const reasons = {
  noUser: 'no such user',
  noAuthorization: 'no such authorization',
  suspended: 'suspended',
  suspendedUntil: 'suspended until {until}',
  noRole: 'no role',
  notGranted: 'role {role} does not grant it',
  granted: 'role {role}',
  had: ', given in version {version} of the user ({at})',
  grants: ', which grants it since version {version} of the role ({at})',
};

export interface Decision {
  authorization: string;
  allowed: boolean;
  because: string;
}

/** A user as far as it matters; suspensions that have ended by themselves have ended. */
export interface Asked {
  status: unknown;
  suspendedUntil: unknown;
  /** Since which event the user has the role. */
  had: Since | null;
  /** The role that there is; what it grants, by name. */
  role: { name: string; grants: Map<string, Since | null> } | null;
}

/**
 * Whether a user may do what an authorization of this name is for. Where the names of all authorizations are not known,
 * one that does not exist is one that is not granted.
 */
export const decisionOn = (authorization: string, user: Asked | null): Decision => {
  const denied = (because: string): Decision => ({ authorization, allowed: false, because });
  if (!user) return denied(reasons.noUser);
  const { status, suspendedUntil, had, role } = user;
  if (status === 'SUSPENDED')
    return denied(
      typeof suspendedUntil === 'string'
        ? filled(reasons.suspendedUntil, { until: suspendedUntil })
        : reasons.suspended,
    );
  if (!role) return denied(reasons.noRole);
  const since = role.grants.get(authorization.trim().normalize('NFC'));
  if (since === undefined) return denied(filled(reasons.notGranted, { role: role.name }));
  const because = [
    filled(reasons.granted, { role: role.name }),
    had && filled(reasons.had, event(had)),
    since && filled(reasons.grants, event(since)),
  ];
  return { authorization, allowed: true, because: because.filter(Boolean).join('') };
};

const event = ({ version, at }: Since) => ({ version: String(version), at: new Date(at).toISOString() });

const filled = (template: string, values: Record<string, string>): string =>
  template.replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? '');
