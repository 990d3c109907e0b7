import type { Item } from './stored.ts';

/** An event as it lies in the store, as far as it can be read without keys. */
export interface StoredEvent {
  streamId: string;
  eventId: string;
  aggregate: string;
  aggregateId: string;
  version: number;
  type: string;
  payload: Record<string, unknown>;
  timestamp: number;
  previousTimestamp?: number;
  effectiveAt?: number;
  commandId: string;
  commandKey: string;
  actor: string;
  /** Of a person's: the life whose key what is sealed of it needs. */
  life?: number;
  sealed?: string;
}

/** What a stream comes to. */
export interface Fate {
  state: 'live' | 'deleted' | 'erased' | 'absent';
  version: number;
  createdAt?: number;
  updatedAt: number;
  deletedAt?: number;
  /** What it says, null left out; undefined of a person whose corrections are sealed. */
  values?: Record<string, unknown>;
}

/** Streams by their ids, each in order of version. */
export const streamsIn = (items: Item[]): Map<string, StoredEvent[]> => {
  const streams = new Map<string, StoredEvent[]>();
  for (const item of items) {
    const id = String(item['streamId']);
    streams.set(id, [...(streams.get(id) ?? []), item as unknown as StoredEvent]);
  }
  for (const events of streams.values()) events.sort((one, other) => one.version - other.version);
  return streams;
};

const kindOf = ({ payload }: StoredEvent): string => String(payload['kind'] ?? 'REPLACE');
export const isCorrection = ({ type }: StoredEvent): boolean => type.endsWith('Corrected');
const isInsertion = (event: StoredEvent): boolean => isCorrection(event) && kindOf(event) === 'INSERT';

/** What happened, in the order in which it took effect, as the corrections among the events have it. */
const happened = (events: StoredEvent[]): StoredEvent[] => {
  const stands = (event: StoredEvent): boolean =>
    !events.some(
      (other) =>
        isCorrection(other) &&
        kindOf(other) === 'CANCEL' &&
        other.payload['version'] === event.version &&
        stands(other),
    );
  const rootOf = (event: StoredEvent): number => {
    if (!isCorrection(event) || isInsertion(event)) return event.version;
    const named = events.find(({ version }) => version === event.payload['version']);
    return named ? rootOf(named) : 0;
  };
  const latest = (kind: string, version: number) =>
    events.findLast(
      (event) => isCorrection(event) && kindOf(event) === kind && rootOf(event) === version && stands(event),
    );
  const moment = ({ effectiveAt, timestamp }: StoredEvent) => effectiveAt ?? timestamp;
  return events
    .filter((event) => (!isCorrection(event) || isInsertion(event)) && stands(event))
    .map((event) => {
      const type = isInsertion(event) ? String(event.payload['type']) : event.type;
      const said = (latest('REPLACE', event.version) ?? (isInsertion(event) ? event : undefined))?.payload['payload'];
      const moved = latest('MOVE', event.version);
      return {
        ...event,
        type,
        payload: (said as Record<string, unknown> | undefined) ?? event.payload,
        effectiveAt: moment(moved ?? event),
      };
    })
    .sort((one, other) => moment(one) - moment(other) || one.version - other.version);
};

export const withoutNulls = (values: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null && value !== undefined));

/** What an event makes of what was said before. */
const after = (values: Record<string, unknown>, { type, payload }: StoredEvent): Record<string, unknown> => {
  const granted = ((values['authorizationIds'] ?? []) as unknown[]).filter((id) => id !== payload['authorizationId']);
  switch (type) {
    case 'UserSuspended':
      return withoutNulls({ ...values, status: 'SUSPENDED', suspendedUntil: payload['until'] ?? null });
    case 'UserReinstated':
      return withoutNulls({ ...values, status: null, suspendedUntil: null });
    case 'AuthorizationGranted':
      return { ...values, authorizationIds: [...granted, payload['authorizationId']] };
    case 'AuthorizationRevoked':
      return { ...values, authorizationIds: granted };
    default:
      return withoutNulls({ ...values, ...payload });
  }
};

/** A place in the order in which events took effect. */
export interface Place {
  at: number;
  version: number;
}

const isBefore = ({ effectiveAt = 0, version }: StoredEvent, place: Place): boolean =>
  effectiveAt < place.at || (effectiveAt === place.at && version < place.version);

/**
 * Goes through a stream, one thing after the other.
 * @param before where to stop, in the order in which the events took effect
 */
export const fateOfStream = (events: StoredEvent[], before?: Place): Fate => {
  const erasure = events.findLastIndex(({ type }) => type === 'UserErased');
  const since = events.slice(erasure + 1);
  const last = events.at(-1)!;
  const fate: Fate = {
    state: erasure >= 0 ? 'erased' : 'absent',
    version: last.version,
    updatedAt: last.timestamp,
    values: {},
    ...(erasure >= 0 && { deletedAt: events[erasure]!.timestamp }),
  };
  for (const event of happened(since).filter((each) => !before || isBefore(each, before))) {
    if (event.type.endsWith('Created')) {
      fate.state = 'live';
      fate.createdAt = event.timestamp;
      fate.values = after({}, event);
    } else if (event.type.endsWith('Deleted')) {
      fate.state = 'deleted';
      fate.deletedAt = event.timestamp;
    } else if (event.type.endsWith('Restored')) fate.state = 'live';
    else if (fate.state === 'live') fate.values = after(fate.values!, event);
  }
  if (fate.state === 'absent') fate.deletedAt = fate.updatedAt;
  const hidden = since.some((event) => isCorrection(event) && event.sealed !== undefined);
  return hidden ? { ...fate, values: undefined } : fate;
};
