import type { DomainEvent } from '../../domain/kernel/stream/event.ts';
import { beginsLife, isTombstone, nameIn, type ViewRow } from '../../domain/kernel/view/view.ts';
import type { CommandOutcome, ProjectionUpdate } from '../../generated/schema.ts';
import { apiNameOf, appliedBy, noRow } from '../api.ts';
import type { Publication } from '../ports/notifier/port.ts';
import type { RowKey, Views } from '../ports/views/port.ts';
import { type Shown, showRows } from './nest.ts';

/** A row to tell subscribers of; with the event that brought it there, if one did. */
export interface Announcement {
  key: RowKey;
  /** Undefined: there is no row any more. */
  row: ViewRow | undefined;
  event?: DomainEvent;
  /** Told in place of the event's own: that of a later command whose wish the event had already fulfilled. */
  outcome?: CommandOutcome;
}

/** What subscribers are told of rows: each as it now is, and that the command behind it was applied. */
export const publicationsOf = async (
  announcements: Announcement[],
  views: Views,
  now: number,
): Promise<Publication[]> => {
  const shown = await showRows(announcements, views, now);
  return announcements.map((announcement, index) => ({
    update: { ...updateOf(announcement, shown[index]!), ...shown[index] },
    ...(announcement.event && { outcome: announcement.outcome ?? appliedBy(announcement.event) }),
  }));
};

const updateOf = ({ key, row, event }: Announcement, shown: Shown): ProjectionUpdate => ({
  aggregate: apiNameOf(key.aggregate),
  aggregateId: key.id,
  version: row?.version ?? 0,
  change: whatHappened(row, event),
  commandId: event?.commandId ?? null,
  eventId: event?.eventId ?? null,
  timestamp: event ? new Date(event.timestamp).toISOString() : null,
  name: nameIn(key.aggregate, { ...shown[key.aggregate] }),
  ...noRow,
});

const whatHappened = (row: ViewRow | undefined, event: DomainEvent | undefined): ProjectionUpdate['change'] => {
  if (!row || isTombstone(row)) return 'DELETED';
  return event && beginsLife(event) ? 'CREATED' : 'UPDATED';
};
