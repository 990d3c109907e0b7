import type { AggregateName } from '../../domain/kernel/aggregate.ts';
import type { Attributes } from '../../domain/kernel/values/attributes.ts';
import { streamIdOf } from '../../domain/kernel/stream/event.ts';
import { ImpossibleEvent } from '../../domain/kernel/stream/fold.ts';
import { momentText } from '../../domain/kernel/values/moment.ts';
import { presentable, unshowable } from '../../domain/kernel/values/showable.ts';
import type { State } from '../../domain/kernel/stream/state.ts';
import { nestedFieldOf, shownAt } from '../../domain/kernel/view/view.ts';
import { aggregates } from '../../domain/operations.ts';
import { effectiveAuthorizations } from '../../domain/user.ts';
import { UnreadableEvent } from '../ports/eventStore/item.ts';
import { mapBounded } from '../runtime/concurrency.ts';
import { Failure } from '../runtime/failure.ts';
import { listIn, type Properties, propertiesOf } from '../runtime/properties.ts';
import { type Moment, type PastPorts, stateAt } from '../streams/past.ts';

/** A stream whose events do not follow each other. */
export class DamagedStream extends Failure {
  override readonly name: string = 'DamagedStream';

  constructor(aggregate: AggregateName, id: string, cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(`Stream ${streamIdOf(aggregate, id)} is damaged: ${reason}`, { cause });
  }
}

export const concurrentLoads = 10;

export type Shown = Properties | null;

/** Shows an aggregate as it was, and with it what it referred to, as that was at the same moment. */
export type Show = (aggregate: AggregateName, id: string) => Promise<Shown>;

/** Told of what an answer leaves out. */
export type Warn = (message: string, error: Error) => void;

/** What cannot be read is left out where it is one of many: it must not hide the rest. */
export const leavingOutDamaged = async <Result>(warn: Warn, read: () => Promise<Result>): Promise<Result | null> => {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof UnreadableEvent || error instanceof DamagedStream)) throw error;
    warn('An answer left out what cannot be read', error);
    return null;
  }
};

const nothing: Show = async () => null;

/**
 * Shows what was there at a moment. What is nested in it is loaded once, however often it is referred to, and is null
 * if it is damaged.
 * @param nested whether anybody wants to see that
 */
export const showAt = (
  ports: PastPorts,
  moment: Moment,
  { nested: isWanted, warn }: { nested: boolean; warn: Warn },
): Show => {
  const seen = new Map<string, Promise<Shown>>();
  const once: Show = (aggregate, id) => {
    const streamId = streamIdOf(aggregate, id);
    const shown = seen.get(streamId) ?? leavingOutDamaged(warn, () => whole(aggregate, id));
    seen.set(streamId, shown);
    return shown;
  };
  const nested = isWanted ? once : nothing;
  /** @throws DamagedStream, UnreadableEvent */
  const whole: Show = async (aggregate, id) => {
    const state = await stateAt(ports, aggregate, id, moment).catch((error: unknown) => {
      throw error instanceof ImpossibleEvent ? new DamagedStream(aggregate, id, error) : error;
    });
    return shownOf(aggregate, id, state, moment, nested);
  };
  return whole;
};

/** @param nested shows what it refers to */
const shownOf = async (
  aggregate: AggregateName,
  id: string,
  state: State,
  moment: Moment,
  nested: Show,
): Promise<Shown> => {
  if (state.status !== 'live') return null;
  const fields = shownAt(aggregate, presentable(aggregate, state.attributes), moment.timestamp);
  const row = {
    id,
    ...fields,
    version: state.version,
    createdAt: momentText(state.createdAt),
    updatedAt: momentText(state.updatedAt),
  };
  const hidden = unshowable(aggregate, row);
  if (hidden.length > 0)
    throw new DamagedStream(aggregate, id, new Failure(`it holds what cannot be shown: ${hidden.join(', ')}`));
  return { ...row, ...(await nestedOf(aggregate, fields, nested)) };
};

/**
 * `roleId` shows as `role` too, `authorizationIds` as `authorizations`; a user's authorizations are those of the role.
 */
const nestedOf = async (aggregate: AggregateName, fields: Attributes, show: Show): Promise<Properties> => {
  const nested: Properties = {};
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
      listIn(propertiesOf(nested['role'])['authorizations']),
    );
  return nested;
};
