import { type Notifier, type Publication, PublicationRefused } from './port.ts';
import { deliverable, updateWithoutRow } from './row.ts';

/** A notifier that keeps what it is given. */
export interface MemoryNotifier extends Notifier {
  /** As subscribers would hear it, in order. */
  published: Publication[];
}

/** @param refuses gives an error for what is not to be taken: a `PublicationRefused` for its content */
export const memoryNotifier = (
  refuses: (publication: Publication) => Error | undefined = () => undefined,
): MemoryNotifier => {
  const published: Publication[] = [];
  const publishOne = (publication: Publication): Error | undefined => {
    const error = refuses(publication);
    if (!error) published.push(structuredClone(publication));
    const withoutRow = error instanceof PublicationRefused ? updateWithoutRow(publication) : undefined;
    if (withoutRow) publishOne(withoutRow);
    return error;
  };
  return {
    published,
    publish: async (publications) =>
      publications.flatMap((publication, index) => {
        const error = publishOne(deliverable(publication));
        return error ? [{ index, error }] : [];
      }),
  };
};
