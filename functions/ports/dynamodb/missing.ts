import type { Reference } from '../../../domain/kernel/command/command.ts';
import { streamIdOf } from '../../../domain/kernel/stream/event.ts';
import { fold } from '../../../domain/kernel/stream/fold.ts';
import { groupBy, mapBounded } from '../../runtime/concurrency.ts';
import type { EventStore } from '../eventStore/port.ts';

const concurrentLoads = 10;

/** The references whose streams are absent or deleted; each stream is loaded once. */
export const missingIn = async (eventStore: EventStore, references: Reference[]): Promise<Reference[]> => {
  const byStream = [...groupBy(references, ({ aggregate, id }) => streamIdOf(aggregate, id)).values()];
  const missing = await mapBounded(byStream, concurrentLoads, async (group) => {
    const [{ aggregate, id } = group[0]!] = group;
    return fold(await eventStore.load(aggregate, id)).status === 'live' ? [] : group;
  });
  return missing.flat();
};
