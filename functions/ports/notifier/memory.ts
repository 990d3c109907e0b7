import { deliverable } from './size.ts';
import type { Notifier, Publication } from './port.ts';

/** A notifier that keeps what it is given. */
export interface MemoryNotifier extends Notifier {
  /** As subscribers would hear it, in order. */
  published: Publication[];
}

/** @param refuses gives an error for what is not to be taken */
export const memoryNotifier = (
  refuses: (publication: Publication) => Error | undefined = () => undefined,
): MemoryNotifier => {
  const published: Publication[] = [];
  return {
    published,
    publish: async (publications) =>
      publications.flatMap((publication, index) => {
        const error = refuses(publication);
        if (error) return [{ index, error }];
        published.push(structuredClone(deliverable(publication)));
        return [];
      }),
  };
};
