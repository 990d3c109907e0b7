import type { AggregateName } from '../../../domain/kernel/aggregate.ts';
import { valueFacet } from '../../../domain/kernel/view/directory.ts';
import { referrersOf } from '../../../domain/operations.ts';
import type { Directory } from '../directory/port.ts';
import { loadStream, type StreamPorts } from '../../streams/load.ts';
import { Unrebuildable } from '../../streams/unrebuildable.ts';
import { missingIn } from '../dynamodb/missing.ts';
import { UnreadableEvent } from '../eventStore/item.ts';
import type { References } from './port.ts';

/** Referrers whose streams are read, at the most: where the directory knows more, one of them is taken to hold. */
const mostRead = 10;

/** References by the streams; use by the directory, and where it knows few referrers, by their streams. */
export const referencesBy = (streams: StreamPorts, directory: Pick<Directory, 'owners'>): References => ({
  missing: (references) => missingIn(streams, references),
  inUse: async (aggregate, aggregateId) => {
    for (const { aggregate: referring, attribute } of referrersOf(aggregate)) {
      const owners = await directory.owners(valueFacet(referring, attribute, aggregateId), mostRead + 1);
      if (owners.length > mostRead) return true;
      // The directory trails the streams: what was given up a moment ago may stand in it still.
      for (const owner of owners)
        if (await holds(streams, referring, owner.slice(`${referring}#`.length), attribute, aggregateId)) return true;
    }
    return false;
  },
});

/** Whether an aggregate refers to another. Of a damaged stream nobody can say, so it does. */
const holds = async (
  streams: StreamPorts,
  aggregate: AggregateName,
  id: string,
  attribute: string,
  wanted: string,
): Promise<boolean> => {
  try {
    const { state } = (await loadStream(streams, aggregate, id)).stream;
    return state.status === 'live' && [state.attributes[attribute]].flat().includes(wanted);
  } catch (error) {
    if (error instanceof Unrebuildable || error instanceof UnreadableEvent) return true;
    throw error;
  }
};
