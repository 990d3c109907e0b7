import { type Decision, decisionOn } from '../../domain/decision.ts';
import type { AggregateName } from '../../domain/kernel/aggregate.ts';
import type { Since, SinceTable } from '../../domain/kernel/stream/since.ts';
import type { Live } from '../../domain/kernel/stream/state.ts';
import { shownAt } from '../../domain/kernel/view/view.ts';
import { mapBounded } from '../runtime/concurrency.ts';
import { type PastPorts, stateAt } from '../streams/past.ts';
import { type Given, givenTexts } from './arguments.ts';

const concurrentLoads = 10;

/**
 * Whether a user was allowed what authorizations of these names were for, as all of it was at a moment. Which names
 * there were besides those that the role granted, no stream says.
 * @param at milliseconds since the epoch
 */
export const decisionsAt = async (
  { userId, authorizations }: Given,
  at: number,
  ports: PastPorts,
): Promise<Decision[]> => {
  const live = async (aggregate: AggregateName, id: string): Promise<Live | undefined> => {
    const state = await stateAt(ports, aggregate, id, { timestamp: at, knownAt: Infinity });
    return state.status === 'live' ? state : undefined;
  };
  const user = await live('user', String(userId));
  const fields = user && shownAt('user', user.attributes, at);
  const roleId = fields?.['roleId'];
  const role = fields?.['status'] === 'ACTIVE' && typeof roleId === 'string' ? await live('role', roleId) : undefined;
  const asked = fields && {
    status: fields['status'],
    suspendedUntil: fields['suspendedUntil'],
    had: sinceIn(user.since['roleId']),
    role: role ? { name: String(role.attributes['name']), grants: await grantsOf(role, live) } : null,
  };
  return givenTexts(authorizations).map((name) => decisionOn(name, asked ?? null));
};

/** Since when one reference is what it is; null where that is not known. */
const sinceIn = (since: SinceTable[string] | undefined): Since | null =>
  Array.isArray(since) ? null : (since ?? null);

/** What a role grants, by name, and since which of its events. */
const grantsOf = async (
  { attributes, since }: Live,
  live: (aggregate: AggregateName, id: string) => Promise<Live | undefined>,
): Promise<Map<string, Since | null>> => {
  const ids = attributes['authorizationIds'];
  const found = await mapBounded(Array.isArray(ids) ? ids : [], concurrentLoads, (id) => live('authorization', id));
  const known = since['authorizationIds'];
  const events = Array.isArray(known) ? known : [];
  return new Map(
    found.flatMap((authorization, place) =>
      authorization ? [[String(authorization.attributes['name']), events[place] ?? null]] : [],
    ),
  );
};
