import { noRow } from '../../api.ts';
import type { Publication } from './port.ts';

/** AppSync drops subscription messages over 240 KB without a word; the rest is for what it adds. */
const mostUpdateBytes = 230 * 1024;

/** What one request carries. Within AppSync's limit on tokens, and on what a request may weigh. */
const mostPublications = 10;
const mostRequestBytes = 900 * 1024;

/** Takes the row out of an update that would be too large to be delivered; ids and version stay. */
export const deliverable = (publication: Publication): Publication =>
  publication.update && Buffer.byteLength(JSON.stringify(publication.update)) > mostUpdateBytes
    ? { ...publication, update: { ...publication.update, ...noRow } }
    : publication;

// Each value travels as JSON text inside JSON.
const weightOf = (publication: Publication): number =>
  Object.values(publication).reduce((sum, value) => sum + Buffer.byteLength(JSON.stringify(JSON.stringify(value))), 0);

/** Cuts publications into requests; order stays. Entries carry their position in the list given. */
export const requestsFor = (publications: Publication[]): { index: number; publication: Publication }[][] => {
  const requests: { index: number; publication: Publication }[][] = [];
  let weight = 0;
  for (const [index, given] of publications.entries()) {
    const publication = deliverable(given);
    const added = weightOf(publication);
    const last = requests[requests.length - 1];
    if (last && last.length < mostPublications && weight + added <= mostRequestBytes) {
      last.push({ index, publication });
      weight += added;
    } else {
      requests.push([{ index, publication }]);
      weight = added;
    }
  }
  return requests;
};
