import type { DomainEvent } from '../../domain/kernel/stream/event.ts';
import { rowStepOf } from '../../domain/kernel/view/view.ts';
import { rowKeyOf, type Views, type WriteResult } from '../ports/views/port.ts';

/**
 * Writes what one event does to the row that the version before it left, without reading that row. Null: the event
 * has to be seen with that row, or with the rest of its stream.
 */
export const writeOne = async (event: DomainEvent, views: Views): Promise<WriteResult | null> => {
  const version = event.version - 1;
  const step = rowStepOf(event);
  switch (step.kind) {
    case 'put':
      return views.put(rowKeyOf(event), step.row, version === 0 ? undefined : { version });
    case 'change':
      return views.change(rowKeyOf(event), step.change, version);
    case 'read':
    case 'fold':
      return null;
    default:
      return step satisfies never;
  }
};
