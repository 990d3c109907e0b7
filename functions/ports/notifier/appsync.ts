import { budget } from '../../runtime/budget.ts';
import { errorOf } from '../../runtime/concurrency.ts';
import { requestOf } from './document.ts';
import { requestsFor } from './size.ts';
import { type Answer, type Identity, signedPoster } from './signedPost.ts';
import type { Notifier, Publication, PublishFailure } from './port.ts';

/** @param url the API's GraphQL endpoint, which must let `identity` call the publishing mutations */
export const appSyncNotifier = (url: string, identity: Identity): Notifier => {
  const post = signedPoster(url, identity);

  /** @returns the failures, by position in this request */
  const publishOne = async (publications: Publication[], until: number): Promise<PublishFailure[]> => {
    const { query, variables, aliases } = requestOf(publications);
    if (aliases.size === 0) return [];
    try {
      return failuresIn(await post(JSON.stringify({ query, variables }), until), aliases);
    } catch (error) {
      return publications.map((_, index) => ({ index, error: errorOf(error) }));
    }
  };

  return {
    publish: async (publications, within = budget.publication) => {
      const until = Date.now() + within;
      const failures: PublishFailure[] = [];
      for (const request of requestsFor(publications)) {
        const refused = await publishOne(
          request.map(({ publication }) => publication),
          until,
        );
        failures.push(
          ...refused.flatMap(({ index, error }) => (request[index] ? [{ index: request[index].index, error }] : [])),
        );
      }
      return failures;
    },
  };
};

interface GraphQLError {
  message?: string;
  errorType?: string;
  path?: (string | number)[] | null;
}

/**
 * Which publications an answer refuses: those whose alias an error's path begins with; all, if an error has no path.
 * @throws when the answer as a whole is not a success
 */
const failuresIn = ({ status, body }: Answer, aliases: Map<string, number>): PublishFailure[] => {
  if (status !== 200) throw new Error(`AppSync answered ${status}: ${body.slice(0, 500)}`);
  const { data, errors = [] } = JSON.parse(body) as { data?: unknown; errors?: GraphQLError[] | null };
  const found = errors ?? [];
  const general = found.find(({ path }) => !aliases.has(String(path?.[0])));
  if (general) throw errorFrom(general);
  const byIndex = new Map<number, Error>();
  for (const error of found) byIndex.set(aliases.get(String(error.path?.[0])) ?? 0, errorFrom(error));
  if (byIndex.size === 0 && !data) throw new Error('AppSync answered without data');
  return [...byIndex].map(([index, error]) => ({ index, error }));
};

const errorFrom = ({ errorType, message, path }: GraphQLError): Error =>
  new Error(
    `AppSync refused to publish: ${errorType ?? 'error'} ${message ?? ''}${path ? ` at ${path.join('.')}` : ''}`,
  );
