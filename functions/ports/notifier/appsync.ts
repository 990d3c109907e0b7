import * as z from 'zod/mini';
import { budget } from '../../runtime/budget.ts';
import { errorOf, groupBy, mapBounded } from '../../runtime/concurrency.ts';
import { type Part, partOf, partsOf, requestOf } from './document.ts';
import { type Notifier, type Publication, PublicationRefused, type PublishFailure } from './port.ts';
import { deliverable, updateWithoutRow } from './row.ts';
import { type Answer, type Identity, signedPoster } from './signedPost.ts';
import { Failure } from '../../runtime/failure.ts';

/** Requests side by side; as many connections are kept. */
const concurrentRequests = 10;

/** @param url the API's GraphQL endpoint, which must let `identity` call the publishing mutations */
export const appSyncNotifier = (url: string, identity: Identity): Notifier => {
  const post = signedPoster(url, identity, concurrentRequests);

  /** Publishes in one request. @returns why it was not taken as it is, if it was not */
  const publishOne = async (publication: Publication, until: number): Promise<Error | undefined> => {
    if (partsOf(publication).length === 0) return undefined;
    try {
      const refused = refusedIn(await post(JSON.stringify(requestOf(publication)), until));
      const withoutRow = refused.has('update') ? updateWithoutRow(publication) : undefined;
      const failed = withoutRow && (await publishOne(withoutRow, until));
      return failed && !(failed instanceof PublicationRefused) ? failed : [...refused.values()][0];
    } catch (error) {
      return errorOf(error);
    }
  };

  return {
    publish: async (publications, within = budget.publication, sideBySide = concurrentRequests) => {
      const until = Date.now() + within;
      const failures: PublishFailure[] = [];
      const entries = publications.map((publication, index) => ({ index, publication: deliverable(publication) }));
      const sequences = [
        ...groupBy(entries, ({ publication, index }) => subjectOf(publication) ?? String(index)).values(),
      ];
      await mapBounded(sequences, sideBySide, async (sequence) => {
        for (const { index, publication } of sequence) {
          const error = await publishOne(publication, until);
          if (error) failures.push({ index, error });
        }
      });
      return failures.sort((one, other) => one.index - other.index);
    },
  };
};

/** What a publication is about: of one subject, the later must not be heard before the earlier. */
const subjectOf = ({ update, outcome, recovery }: Publication): string | undefined => {
  const about = update ?? outcome;
  return about ? `${about.aggregate}#${about.aggregateId}` : recovery?.recoveryId;
};

const graphQLError = z.object({
  errorType: z.nullish(z.string()),
  path: z.nullish(z.array(z.unknown())),
});
const graphQLAnswer = z.object({ data: z.unknown(), errors: z.nullish(z.array(graphQLError)) });

/**
 * The parts whose content an answer refuses: those that an error's path begins with.
 * @throws when the answer as a whole is not a success: another status, an error without a path, or no data
 */
const refusedIn = ({ status, body }: Answer): Map<Part, PublicationRefused> => {
  if (status !== 200) throw new Failure(`AppSync answered ${status}`);
  const { data, errors } = graphQLAnswer.parse(JSON.parse(body));
  const refused = new Map<Part, PublicationRefused>();
  for (const error of errors ?? []) {
    const part = partOf(error.path?.[0]);
    if (!part) throw new Failure(inWords(error));
    refused.set(part, new PublicationRefused(inWords(error)));
  }
  if (refused.size === 0 && !data) throw new Failure('AppSync answered without data');
  return refused;
};

/** Without the message, which quotes what it refuses. */
const inWords = ({ errorType, path }: z.infer<typeof graphQLError>): string =>
  `AppSync refused to publish: ${errorType ?? 'error'}${path ? ` at ${path.join('.')}` : ''}`;
