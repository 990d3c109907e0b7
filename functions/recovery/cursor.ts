import * as z from 'zod/mini';
import { aggregateNames } from '../../domain/operations.ts';
import { Failure, rulesIn } from '../runtime/failure.ts';
import type { Pace } from './pace.ts';

const common = {
  /** Whether this is a rebuild from the beginning. */
  complete: z.boolean(),
  /** How many chunks there are so far; numbers the next. */
  chunks: z.number(),
  /** Chunks written by the last step, which may not have been sent. */
  unsent: z.array(z.string()),
};

const pace = z.object({
  window: z.number(),
  done: z.number(),
  since: z.number(),
  moved: z.number(),
  resent: z.number(),
}) satisfies z.ZodMiniType<Pace>;

const after = z.optional(z.string());

/**
 * Where a recovery goes on. The phases follow each other in this order; `rows`, `directory` and `claims` only in a
 * complete rebuild.
 */
const shape = z.discriminatedUnion('phase', [
  z.object({ ...common, phase: z.literal('streams'), partition: z.string(), after, pace: z.optional(pace) }),
  z.object({ ...common, phase: z.literal('wait'), progress: z.number(), since: z.number(), resent: z.number() }),
  z.object({ ...common, phase: z.literal('rows'), aggregate: z.enum(aggregateNames), after }),
  z.object({ ...common, phase: z.literal('directory'), after }),
  z.object({ ...common, phase: z.literal('claims'), after, done: z.optional(z.boolean()) }),
]);

export type Cursor = z.infer<typeof shape>;

/** @throws Failure when it is none: the ledger was damaged */
export const parseCursor = (cursor: string): Cursor => {
  try {
    return shape.parse(JSON.parse(cursor));
  } catch (error) {
    throw new Failure(`The cursor of the recovery cannot be read: ${rulesIn(error)}`, { cause: error });
  }
};
export const formatCursor = (cursor: Cursor): string => JSON.stringify(cursor);

/** The cursor with the pace, where it still looks for streams. */
export const withPace = (text: string, pace: Pace): string => {
  const cursor = parseCursor(text);
  return cursor.phase === 'streams' ? formatCursor({ ...cursor, pace }) : text;
};
