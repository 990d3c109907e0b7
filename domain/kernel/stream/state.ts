import type { Attributes } from '../values/attributes.ts';
import type { SinceTable } from './since.ts';

/** What a life leaves when it ends by a deletion: what a restoration brings back. */
export interface LastLife<Values> {
  attributes: Values;
  createdAt: number;
  since: SinceTable;
}

/**
 * State of one aggregate. Its version counts the events of the stream, whatever they did; `updatedAt` is the timestamp
 * of the last of them. Times are those of recording, in milliseconds since the epoch.
 */
export type State<Values = Attributes> =
  /** There is none: no event, or none that stands. */
  (
    | { status: 'absent' }
    | { status: 'live'; attributes: Values; createdAt: number; since: SinceTable }
    /** `last` is not known where only the row of the view was read. */
    | { status: 'deleted'; deletedAt: number; last?: LastLife<Values> }
    /** Nothing of it can be brought back. */
    | { status: 'erased'; erasedAt: number }
  ) & { version: number; updatedAt: number };

export type Live<Values = Attributes> = Extract<State<Values>, { status: 'live' }>;

export const initialState: State = { status: 'absent', version: 0, updatedAt: 0 };
