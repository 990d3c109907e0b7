import * as z from 'zod/mini';
import { rejectionCodes } from '../../../domain/kernel/rejection.ts';
import { aggregateNames } from '../../../domain/operations.ts';
import { Hopeless, rulesIn } from '../../runtime/failure.ts';
import type { KeptOutcome, Outcome } from './port.ts';
import type { Item } from '../dynamodb/item.ts';

/** A record of an outcome that is none: it was damaged. Of its command nobody can tell what was told. */
export class DamagedOutcome extends Hopeless {
  override readonly name: string = 'DamagedOutcome';
}

const shape = z.object({
  commandId: z.string(),
  actor: z.string(),
  status: z.enum(['APPLIED', 'REJECTED']),
  operation: z.string(),
  aggregate: z.enum(aggregateNames),
  aggregateId: z.string(),
  version: z.optional(z.number().check(z.int(), z.nonnegative())),
  code: z.optional(z.enum(rejectionCodes)),
  message: z.optional(z.string()),
});

/** The outcome that an item of table commandOutcome records. @throws DamagedOutcome */
export const outcomeOf = (item: Item): Outcome => {
  const parsed = shape.safeParse(item);
  if (parsed.success) return parsed.data;
  throw new DamagedOutcome(
    `The recorded outcome of command ${String(item['commandId'])} is damaged: ${rulesIn(parsed.error)}`,
  );
};

const keptShape = z.extend(shape, { expiresAt: z.number().check(z.int()) });

/** The same with when it vanishes, of one among many: undefined where it is damaged. */
export const keptIn = (item: Item): KeptOutcome | undefined => {
  const parsed = keptShape.safeParse(item);
  return parsed.success ? parsed.data : undefined;
};
