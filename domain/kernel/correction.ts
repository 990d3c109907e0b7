import type { DomainEvent } from './event.ts';
import { actionOf } from '../operations.ts';

/** Payload of a `…Corrected` event. */
export interface Correction {
  /** The version whose payload was wrong; may be that of another correction. */
  version: number;
  /** All that the event should have said. */
  payload: Record<string, unknown>;
}

export const correctionOf = (event: DomainEvent): Correction => event.payload as unknown as Correction;

/** An erased correction corrects nothing any more. */
export const isCorrection = (event: DomainEvent): boolean => !event.erased && actionOf(event) === 'correct';

/** The event that a chain of corrections ends at. */
export const rootOf = (event: DomainEvent, byVersion: Map<number, DomainEvent>): DomainEvent => {
  if (!isCorrection(event)) return event;
  const target = byVersion.get(correctionOf(event).version);
  if (!target) throw new Error(`Correction at version ${event.version} names a version that its stream does not have`);
  return rootOf(target, byVersion);
};

/**
 * What happened, as the corrections say: the events but for corrections, with the payloads that they should have had. Of several
 * corrections of one event the latest wins, and a correction of a correction corrects what that one corrected.
 * @param events the beginning of a stream, in order of version
 */
export const corrected = (events: DomainEvent[]): DomainEvent[] => {
  const byVersion = new Map(events.map((event) => [event.version, event]));
  const corrections = events.filter(isCorrection);
  const payloads = new Map(corrections.map((event) => [rootOf(event, byVersion).version, correctionOf(event).payload]));
  return events
    .filter((event) => !isCorrection(event))
    .map((event) => ({ ...event, payload: payloads.get(event.version) ?? event.payload }));
};
