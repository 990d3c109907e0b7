import * as z from 'zod/mini';
import { aggregateNames } from '../../../domain/operations.ts';
import { Hopeless, rulesIn } from '../../runtime/failure.ts';
import type { Item } from '../dynamodb/item.ts';
import type { Chunk, Recovery } from './port.ts';

/** A row of the ledger that is none: it was damaged. Nobody can tell how far its recovery is. */
export class DamagedRecovery extends Hopeless {
  override readonly name: string = 'DamagedRecovery';
}

const recovery = z.object({
  recoveryId: z.string(),
  timestamp: z.string(),
  status: z.enum(['RUNNING', 'COMPLETED', 'FAILED', 'CANCELLED']),
  total: z.optional(z.number()),
  discovered: z.number(),
  rebuilt: z.number(),
  changed: z.number(),
  failed: z.number(),
  cursor: z.optional(z.string()),
  step: z.optional(z.number()),
  chunksDone: z.optional(z.number()),
  lastError: z.optional(z.string()),
  actor: z.string(),
  startedAt: z.string(),
  updatedAt: z.string(),
  completedAt: z.optional(z.string()),
});

/** The recovery of an item `ledger` of table recovery; null, as the API writes it, is nothing. @throws DamagedRecovery */
export const recoveryOf = (item: Item): Recovery => {
  const present = Object.entries(item).filter(([, value]) => value !== null);
  const parsed = recovery.safeParse(Object.fromEntries(present));
  if (parsed.success) return parsed.data;
  throw new DamagedRecovery(
    `The ledger of recovery ${String(item['recoveryId'])} is damaged: ${rulesIn(parsed.error)}`,
  );
};

const chunk = z.object({
  chunkId: z.string(),
  streams: z.array(z.object({ aggregate: z.enum(aggregateNames), aggregateId: z.string() })),
  claims: z.boolean(),
});

/**
 * The chunk of an item `chunk#…`, of one among many. Undefined where it is damaged: it is not sent, so that its recovery
 * tells in the end that its streams were not rebuilt.
 */
export const chunkIn = (item: Item): Chunk | undefined => {
  const parsed = chunk.safeParse(item);
  return parsed.success ? parsed.data : undefined;
};
