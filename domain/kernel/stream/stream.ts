import { type DomainEvent, effectiveAtOf } from './event.ts';
import { evolve, fold, isIncremental } from './fold.ts';
import { initialState, type State } from './state.ts';
import { unused, type Usage, usageAfter } from './usage.ts';

/** A stream and what it comes to; folded once. */
export interface Stream {
  /** In order of version: all of them, or those after a snapshot. */
  events: DomainEvent[];
  /** Versions that do not count, as if they had been cancelled: of a time line that is only supposed. */
  without: ReadonlySet<number>;
  state: State;
  /** Version of the last event that says something of the past; 0: none does. */
  corrected: number;
  /** What the person whose stream it is has added to it. */
  usage: Usage;
}

const nothing: ReadonlySet<number> = new Set();

export const emptyStream: Stream = { events: [], without: nothing, state: initialState, corrected: 0, usage: unused };

/**
 * @param events all of a stream
 * @throws ImpossibleEvent when the stream is damaged, or could not have been without those versions
 */
export const streamOf = (events: DomainEvent[], without = nothing): Stream => ({
  events,
  without,
  state: fold(events, without),
  corrected: events.findLast((event) => !isOfItsTime(event))?.version ?? 0,
  usage: events.reduce(usageAfter, unused),
});

/**
 * The stream with one more event.
 * @throws ImpossibleEvent when it cannot follow, or something could not have been with it; Error when that can be seen
 * with the whole stream only, and it is not there
 */
export const appended = (stream: Stream, event: DomainEvent): Stream => {
  const { events, without, state, corrected, usage } = stream;
  const all = [...events, event];
  if (!isIncremental(event) && !isWhole(stream)) throw new Error('A correction is seen with its whole stream');
  return {
    events: all,
    without,
    state: isIncremental(event) ? evolve(state, event) : fold(all, without),
    corrected: isOfItsTime(event) ? corrected : event.version,
    usage: usageAfter(usage, event),
  };
};

/** Whether all of its events are there. */
export const isWhole = ({ events, state }: Stream): boolean => (events[0]?.version ?? state.version + 1) === 1;

/**
 * Whether an event took effect when it was recorded, and says nothing of those before it: it can be applied to the
 * state alone.
 */
export const isOfItsTime = (event: DomainEvent): boolean =>
  event.erased === true || (isIncremental(event) && effectiveAtOf(event) === event.timestamp);
