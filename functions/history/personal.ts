import { corrected } from '../../domain/kernel/stream/correction.ts';
import { type DomainEvent, effectiveAtOf } from '../../domain/kernel/stream/event.ts';
import { fold } from '../../domain/kernel/stream/fold.ts';
import { momentText } from '../../domain/kernel/values/moment.ts';
import type { State } from '../../domain/kernel/stream/state.ts';
import { claimsOf } from '../../domain/kernel/stream/unique.ts';
import { shownAt } from '../../domain/kernel/view/view.ts';
import type { ClaimReader } from '../ports/claims/port.ts';
import type { EventReader } from '../ports/eventStore/port.ts';
import type { KeptOutcome, OutcomeReader } from '../ports/outcomes/port.ts';

export interface PersonalPorts {
  eventStore: Pick<EventReader, 'load'>;
  outcomes: OutcomeReader;
  claims: ClaimReader;
  /** Milliseconds since the epoch. */
  now(): number;
}

/** An answer has to pass Lambda and AppSync, which take 5 MB. */
const mostHistoryBytes = 3_500_000;
const mostOutcomes = 1_000;

/**
 * Everything held of a person, in the API's form; null if there is nothing.
 * @param self the person who asks, `user:<subject>`; undefined if an admin does. People are not told which admin did
 * something.
 * @throws ImpossibleEvent when the stream is damaged
 */
export const personalData = async (
  id: string,
  self: string | undefined,
  { eventStore, outcomes, claims, now }: PersonalPorts,
): Promise<object | null> => {
  const [events, kept] = await Promise.all([eventStore.load('user', id), outcomes.about('user', id, mostOutcomes + 1)]);
  if (events.length === 0 && kept.length === 0) return null;
  const state = fold(events);
  const standing = await claims.standing({ aggregate: 'user', aggregateId: id }, claimsOf('user', state));
  const actorOf = (actor: string) => (self === undefined || actor === self ? actor : actor.split(':')[0]);
  const history = newestWithin(
    mostHistoryBytes,
    events.map((event) => shownEvent(event, actorOf)),
  );
  return {
    id,
    asOf: momentText(now()),
    status: state.status.toUpperCase(),
    ...stateOf(state, now()),
    suspensions: suspensionsIn(events),
    history,
    outcomes: kept.slice(0, mostOutcomes).map((outcome) => shownOutcome(outcome, actorOf)),
    claims: standing.map(({ attribute, key }) => ({ attribute, value: key.split('#').slice(2).join('#') })),
    // What is too much for one answer; an admin finds all events by `events`.
    leftOut: { history: events.length - history.length, outcomes: kept.length > mostOutcomes },
  };
};

/** What a person is now; of a deleted one, `last`, what a restoration would bring back. */
const stateOf = (state: State, now: number): { state: object | null; last?: object } => {
  switch (state.status) {
    case 'live':
      return {
        state: {
          ...shownAt('user', state.attributes, now),
          version: state.version,
          createdAt: momentText(state.createdAt),
          updatedAt: momentText(state.updatedAt),
        },
      };
    case 'deleted':
      return { state: null, ...(state.last && { last: shownAt('user', state.last.attributes, state.deletedAt) }) };
    case 'absent':
    case 'erased':
      return { state: null };
    default:
      return state satisfies never;
  }
};

type ActorOf = (actor: string) => string | undefined;

const shownEvent = (event: DomainEvent, actorOf: ActorOf) => ({
  version: event.version,
  type: event.type,
  timestamp: momentText(event.timestamp),
  effectiveAt: momentText(effectiveAtOf(event)),
  operation: event.operation,
  actor: actorOf(event.actor),
  commandId: event.commandId,
  erased: event.erased ?? false,
  payload: event.payload,
});

const shownOutcome = ({ expiresAt, actor, aggregate, ...outcome }: KeptOutcome, actorOf: ActorOf) => ({
  ...outcome,
  aggregate: aggregate.toUpperCase(),
  actor: actorOf(actor),
  keptUntil: momentText(expiresAt * 1000),
});

/** Events that end a suspension, as far as it has not ended by itself. */
const endings = ['UserSuspended', 'UserReinstated', 'UserCreated'];

/** The suspensions since the last erasure, as corrections have them. */
const suspensionsIn = (events: DomainEvent[]): object[] => {
  const suspensions: { reason: unknown; from: string; until: unknown; endedAt: string | null }[] = [];
  for (const event of corrected(events.filter(({ erased }) => !erased))) {
    if (!endings.includes(event.type)) continue;
    const at = momentText(effectiveAtOf(event));
    const last = suspensions.at(-1);
    if (last) last.endedAt ??= at;
    const { reason, until = null } = event.payload;
    if (event.type === 'UserSuspended') suspensions.push({ reason, from: at, until, endedAt: null });
  }
  return suspensions;
};

/** The last of them, as many as are within a size as JSON. */
const newestWithin = <Entry>(bytes: number, entries: Entry[]): Entry[] => {
  let left = bytes;
  const from = entries.findLastIndex((entry) => (left -= Buffer.byteLength(JSON.stringify(entry)) + 1) < 0);
  return entries.slice(from + 1);
};
