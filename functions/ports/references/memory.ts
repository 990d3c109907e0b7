import { referrersOf } from '../../../domain/operations.ts';
import type { EventStore } from '../eventStore/port.ts';
import { missingIn } from '../dynamodb/missing.ts';
import type { References } from './port.ts';
import type { MemoryViews } from '../views/memory.ts';

/** References by the streams and the views in memory. */
export const memoryReferences = (eventStore: EventStore, views: MemoryViews): References => ({
  missing: (references) => missingIn(eventStore, references),
  inUse: async (aggregate, aggregateId) =>
    referrersOf(aggregate).some(({ aggregate: referring, attribute }) =>
      views.rows(referring).some((row) => {
        const value = (row as Record<string, unknown>)[attribute];
        return Array.isArray(value) ? value.includes(aggregateId) : value === aggregateId;
      }),
    ),
});
