import { util } from '@aws-appsync/utils';
import type { Decision } from '../../generated/schema.ts';
import type { Row } from './batch.ts';

/** What is known for decisions about one user. */
export interface DecisionStash {
  /** As they were asked for, and in the form in which names are compared. */
  asked: { name: string; form: string }[];
  /** Whether the caller may learn which authorizations there are. */
  tells: boolean;
  /** As it is shown now; null: there is none. */
  user: Row | null;
  /** Ids of authorizations, by the form of their names. */
  ids: Record<string, string>;
  role: Row | null;
  /** Authorizations that there are, by id. */
  authorizations: Record<string, Row>;
}

/** Whether a user may do each thing asked for, and because of what; in the words of domain/decision.ts. */
export function decisionsOf(stash: DecisionStash): Decision[] {
  return stash.asked.map(({ name, form }) => decisionOn(name, form, stash));
}

function decisionOn(name: string, form: string, stash: DecisionStash): Decision {
  const { tells, user, ids, role, authorizations } = stash;
  const { reasons } = DECISIONS;
  if (!user) {
    return denied(name, reasons.noUser);
  }
  const id = ids[form] ?? '';
  // A name that only looks like that of another is not its name.
  const exists = authorizations[id]?.name === form;
  if (!exists && tells) {
    return denied(name, reasons.noAuthorization);
  }
  if (user.status === 'SUSPENDED') {
    const until = user.suspendedUntil;
    return denied(name, typeof until === 'string' ? filled(reasons.suspendedUntil, { until }) : reasons.suspended);
  }
  if (!role) {
    return denied(name, reasons.noRole);
  }
  const place = ((role.authorizationIds ?? []) as string[]).indexOf(id);
  if (!exists || place < 0) {
    return denied(name, filled(reasons.notGranted, { role: `${role.name}` }));
  }
  const grants = ((role.authorizationIdsSince ?? []) as unknown[])[place];
  const because = `${filled(reasons.granted, { role: `${role.name}` })}${sinceOf(reasons.had, user.roleIdSince)}${sinceOf(reasons.grants, grants)}`;
  return { authorization: name, allowed: true, because };
}

function denied(authorization: string, because: string): Decision {
  return { authorization, allowed: false, because };
}

/** Nothing where it is not known: rows from before it was kept do not say. */
function sinceOf(template: string, since: unknown): string {
  if (!since) {
    return '';
  }
  const { version, at } = since as { version: number; at: string };
  return filled(template, { version: `${version}`, at });
}

function filled(template: string, values: Record<string, string>): string {
  let text = template;
  for (const name of Object.keys(values)) {
    text = text.split(`{${name}}`).join(`${values[name]}`);
  }
  return text;
}

/** The form in which names of authorizations are compared. */
export function formOf(name: string): string {
  return util.str.normalize(name.trim(), 'nfc');
}
