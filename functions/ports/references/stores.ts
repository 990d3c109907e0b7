import { valueFacet } from '../../../domain/kernel/view/directory.ts';
import { referrersOf } from '../../../domain/operations.ts';
import type { Directory } from '../directory/port.ts';
import { missingIn } from '../dynamodb/missing.ts';
import type { EventStore } from '../eventStore/port.ts';
import type { References } from './port.ts';

/** References by the streams, and use by the directory: one look at each attribute that could point to the aggregate. */
export const referencesBy = (eventStore: EventStore, directory: Pick<Directory, 'any'>): References => ({
  missing: (references) => missingIn(eventStore, references),
  inUse: async (aggregate, aggregateId) => {
    for (const { aggregate: referring, attribute } of referrersOf(aggregate)) {
      if (await directory.any(valueFacet(referring, attribute, aggregateId))) return true;
    }
    return false;
  },
});
