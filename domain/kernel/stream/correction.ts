import { type DomainEvent, effectiveAtOf } from './event.ts';
import type { Action } from '../aggregate.ts';
import type { Attribute } from '../values/attributes.ts';
import { actionOf } from '../../operations.ts';

/** The kinds of correction, with what each says; the API's resolvers check by the same table. */
export const correctionKinds = {
  REPLACE: ['version', 'payload'],
  CANCEL: ['version'],
  MOVE: ['version', 'effectiveAt'],
  INSERT: ['type', 'payload', 'effectiveAt'],
} as const satisfies Record<string, readonly CorrectionField[]>;
export type CorrectionKind = keyof typeof correctionKinds;
export type CorrectionField = 'version' | 'type' | 'payload' | 'effectiveAt';

/** Whether a correction may be about events of an action; one of a correction is about the event that it ends at. */
export const isCorrectable = (action: Action): boolean => action !== 'correct' && action !== 'erase';

/** Whether a corrected payload must have an attribute: an update gives any, anything else all that cannot be empty. */
export const isRequiredIn = (action: Action, { nullable }: Attribute): boolean => action !== 'update' && !nullable;

/** Payload of a `…Corrected` event. When what it moves or inserts took effect is the event's own `effectiveAt`. */
export interface Correction {
  /** REPLACE if left out. */
  kind?: CorrectionKind;
  /** The version that was wrong; may be that of another correction. Of all but INSERT. */
  version?: number;
  /** The type of the event that was missing. Of INSERT. */
  type?: string;
  /** All that the event should have said. Of REPLACE and INSERT. */
  payload?: Record<string, unknown>;
}

export const correctionOf = (event: DomainEvent): Correction & { kind: CorrectionKind } => ({
  kind: 'REPLACE',
  ...(event.payload as Correction),
});

/** An erased correction corrects nothing any more. */
export const isCorrection = (event: DomainEvent): boolean => !event.erased && actionOf(event) === 'correct';

const isInsertion = (event: DomainEvent): boolean => isCorrection(event) && correctionOf(event).kind === 'INSERT';

/** The event that a chain of corrections ends at: one that happened, or the insertion of one. */
export const rootOf = (event: DomainEvent, byVersion: Map<number, DomainEvent>): DomainEvent => {
  if (!isCorrection(event) || isInsertion(event)) return event;
  const target = byVersion.get(correctionOf(event).version ?? 0);
  if (!target) throw new Error(`Correction at version ${event.version} names a version that its stream does not have`);
  return rootOf(target, byVersion);
};

export const versionsOf = (events: DomainEvent[]): Map<number, DomainEvent> =>
  new Map(events.map((event) => [event.version, event]));

/**
 * The versions that do not count, as cancelled or left out: a cancellation that is itself cancelled cancels nothing.
 */
const cancelledIn = (events: DomainEvent[], without: ReadonlySet<number>): Set<number> => {
  const cancelled = new Set(without);
  for (const event of [...events].reverse()) {
    if (cancelled.has(event.version) || !isCorrection(event)) continue;
    const { kind, version } = correctionOf(event);
    if (kind === 'CANCEL' && version !== undefined) cancelled.add(version);
  }
  return cancelled;
};

/**
 * What an insertion says was missing, as if it had been recorded: with the insertion's version and time of recording.
 */
const inserted = (event: DomainEvent): DomainEvent => {
  const { type = '', payload = {} } = correctionOf(event);
  return { ...event, type, payload };
};

/**
 * What happened, as the corrections say, in the order in which it took effect: by effective time, then version.
 *
 * REPLACE gives another payload, MOVE another effective time; of several of one event the latest counts, and one of a
 * correction is of what that one corrected. CANCEL makes an event, or a correction, count as if it had never been.
 * INSERT adds an event.
 * @param events the beginning of a stream, in order of version
 * @param without versions to leave out besides, as if they had been cancelled
 */
export const corrected = (events: DomainEvent[], without: ReadonlySet<number> = new Set()): DomainEvent[] => {
  const byVersion = versionsOf(events);
  const cancelled = cancelledIn(events, without);
  const standing = events.filter(({ version }) => !cancelled.has(version));
  const payloads = new Map<number, Record<string, unknown>>();
  const moments = new Map<number, number>();
  for (const event of standing.filter(isCorrection)) {
    const { kind, payload = {} } = correctionOf(event);
    if (kind === 'REPLACE') payloads.set(rootOf(event, byVersion).version, payload);
    if (kind === 'MOVE') moments.set(rootOf(event, byVersion).version, effectiveAtOf(event));
  }
  return standing
    .filter((event) => !isCorrection(event) || isInsertion(event))
    .map((event) => (isInsertion(event) ? inserted(event) : event))
    .map((event) => ({
      ...event,
      payload: payloads.get(event.version) ?? event.payload,
      effectiveAt: moments.get(event.version) ?? effectiveAtOf(event),
    }))
    .sort((one, other) => one.effectiveAt - other.effectiveAt || one.version - other.version);
};

/**
 * Who gave events the payloads that they have, where that was another than whose they are: by version, of what counts.
 */
export const correctorsOf = (events: DomainEvent[], without: ReadonlySet<number> = new Set()): Map<number, string> => {
  const byVersion = versionsOf(events);
  const cancelled = cancelledIn(events, without);
  return new Map(
    events
      .filter((event) => !cancelled.has(event.version) && isCorrection(event))
      .filter((event) => correctionOf(event).kind === 'REPLACE')
      .map((event) => [rootOf(event, byVersion).version, event.actor]),
  );
};
