import type { AggregateName } from '../../domain/kernel/aggregate.ts';
import type { Attributes } from '../../domain/kernel/attributes.ts';
import type { DomainEvent } from '../../domain/kernel/event.ts';
import { streamIdOf } from '../../domain/kernel/event.ts';
import { foldAt } from '../../domain/kernel/fold.ts';
import { momentText } from '../../domain/kernel/moment.ts';
import type { State } from '../../domain/kernel/state.ts';
import { nestedFieldOf, shownAt } from '../../domain/kernel/view.ts';
import { aggregates } from '../../domain/operations.ts';
import { effectiveAuthorizations } from '../../domain/user.ts';
import type { EventReader } from '../ports/eventStore/port.ts';
import { mapBounded } from '../runtime/concurrency.ts';
import { Failure } from '../runtime/failure.ts';

/** A stream whose events do not follow each other. */
export class DamagedStream extends Failure {
  override readonly name: string = 'DamagedStream';

  constructor(aggregate: AggregateName, id: string, cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(`Stream ${streamIdOf(aggregate, id)} is damaged: ${reason}`, { cause });
  }
}

/** When: milliseconds since the epoch. What took effect after `timestamp`, or was stored after `knownAt`, does not count. */
export interface Moment {
  timestamp: number;
  knownAt: number;
}

/** @throws DamagedStream */
export const stateAt = (
  aggregate: AggregateName,
  id: string,
  events: DomainEvent[],
  { timestamp, knownAt }: Moment,
): State => {
  try {
    return foldAt(events, timestamp, knownAt);
  } catch (error) {
    throw new DamagedStream(aggregate, id, error);
  }
};

export const concurrentLoads = 10;

export type Shown = Record<string, unknown> | null;

/** Shows an aggregate as it was, and with it what it referred to, as that was at the same moment. */
export type Show = (aggregate: AggregateName, id: string) => Promise<Shown>;

/** Loads each stream once, however many refer to it. @throws DamagedStream, UnreadableEvent */
export const showAt = (eventStore: EventReader, moment: Moment): Show => {
  const seen = new Map<string, Promise<Shown>>();
  const once: Show = (aggregate, id) => {
    const streamId = streamIdOf(aggregate, id);
    const shown = seen.get(streamId) ?? show(aggregate, id);
    seen.set(streamId, shown);
    return shown;
  };
  const show: Show = async (aggregate, id) =>
    shownOf(aggregate, id, await eventStore.load(aggregate, id), moment, once);
  return show;
};

/** @param nested shows what it refers to */
export const shownOf = async (
  aggregate: AggregateName,
  id: string,
  events: DomainEvent[],
  moment: Moment,
  nested: Show,
): Promise<Shown> => {
  const state = stateAt(aggregate, id, events, moment);
  if (state.status !== 'live') return null;
  const fields = shownAt(aggregate, state.attributes, moment.timestamp);
  return {
    id,
    ...fields,
    ...(await nestedOf(aggregate, fields, nested)),
    version: state.version,
    createdAt: momentText(state.createdAt),
    updatedAt: momentText(state.updatedAt),
  };
};

/** `roleId` shows as `role` too, `authorizationIds` as `authorizations`; a user's authorizations are those of the role. */
const nestedOf = async (aggregate: AggregateName, fields: Attributes, show: Show): Promise<Record<string, unknown>> => {
  const nested: Record<string, unknown> = {};
  for (const [name, { to }] of Object.entries(aggregates[aggregate].columns)) {
    if (!to) continue;
    const value = fields[name];
    if (Array.isArray(value))
      nested[nestedFieldOf(name)] = (await mapBounded(value, concurrentLoads, (id) => show(to, id))).filter(
        (each) => each !== null,
      );
    else nested[nestedFieldOf(name)] = typeof value === 'string' ? await show(to, value) : null;
  }
  if (aggregate === 'user')
    nested['authorizations'] = effectiveAuthorizations(
      fields['status'],
      (nested['role'] as { authorizations?: unknown[] } | null)?.authorizations,
    );
  return nested;
};
