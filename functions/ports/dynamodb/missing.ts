import type { Reference } from '../../../domain/kernel/command/command.ts';
import { streamIdOf } from '../../../domain/kernel/stream/event.ts';
import { groupBy, mapBounded } from '../../runtime/concurrency.ts';
import { loadStream, type StreamPorts } from '../../streams/load.ts';

const concurrentLoads = 10;

/** The references whose streams are absent or deleted; each stream is loaded once. */
export const missingIn = async (ports: StreamPorts, references: Reference[]): Promise<Reference[]> => {
  const byStream = [...groupBy(references, ({ aggregate, id }) => streamIdOf(aggregate, id)).values()];
  const missing = await mapBounded(byStream, concurrentLoads, async (group) => {
    const [{ aggregate, id } = group[0]!] = group;
    const { stream } = await loadStream(ports, aggregate, id);
    return stream.state.status === 'live' ? [] : group;
  });
  return missing.flat();
};
