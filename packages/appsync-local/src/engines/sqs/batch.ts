import { SqsError } from './error.ts';
import type { Body } from './input.ts';

const mostEntries = 10;

/** Does each entry of a batch by itself: one that is refused is reported, and the others are done. @throws SqsError */
export function eachOf(entries: unknown, work: (entry: Body) => Body): Body {
  const all = (Array.isArray(entries) ? entries : []) as Body[];
  checkIds(all);
  const Successful: Body[] = [];
  const Failed: Body[] = [];
  for (const entry of all) {
    try {
      Successful.push({ Id: entry['Id'], ...work(entry) });
    } catch (error) {
      if (!(error instanceof SqsError)) throw error;
      Failed.push({ Id: entry['Id'], SenderFault: true, Code: error.code, Message: error.message });
    }
  }
  return { Successful, ...(Failed.length > 0 && { Failed }) };
}

function checkIds(entries: Body[]): void {
  const ids = entries.map(({ Id }) => String(Id));
  if (ids.length === 0) throw new SqsError('EmptyBatchRequest', 'There should be at least one entry in the request.');
  if (ids.length > mostEntries)
    throw new SqsError(
      'TooManyEntriesInBatchRequest',
      `Maximum number of entries per request are ${mostEntries}. You have sent ${ids.length}.`,
    );
  if (ids.some((id) => !/^[\w-]{1,80}$/.test(id)))
    throw new SqsError(
      'InvalidBatchEntryId',
      'A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.',
    );
  const again = ids.find((id, index) => ids.indexOf(id) !== index);
  if (again !== undefined) throw new SqsError('BatchEntryIdsNotDistinct', `Id ${again} repeated.`);
}
