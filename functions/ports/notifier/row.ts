import { aggregateNames } from '../../../domain/operations.ts';
import { noRow } from '../../api.ts';
import type { Publication } from './port.ts';

/** AppSync drops subscription messages over 240 KB without a word; the rest is for what it adds. */
const mostUpdateBytes = 230 * 1024;

/** Takes the row out of an update that would be too large to be delivered; ids and version stay. */
export const deliverable = (publication: Publication): Publication =>
  publication.update && Buffer.byteLength(JSON.stringify(publication.update)) > mostUpdateBytes
    ? { ...publication, update: { ...publication.update, ...noRow } }
    : publication;

/** The update alone, with ids and version but without its row; undefined if it has none. */
export const updateWithoutRow = ({ update }: Publication): Publication | undefined =>
  update && aggregateNames.some((name) => update[name]) ? { update: { ...update, ...noRow } } : undefined;
