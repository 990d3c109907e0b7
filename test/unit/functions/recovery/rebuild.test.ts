import { beforeEach, describe, expect, it } from 'vitest';
import type { DomainEvent } from '../../../../domain/kernel/stream/event.ts';
import { fold } from '../../../../domain/kernel/stream/fold.ts';
import { rowOf } from '../../../../domain/kernel/view/view.ts';
import { memoryDirectory } from '../../../../functions/ports/directory/memory.ts';
import { memoryEventStore } from '../../../../functions/ports/eventStore/memory.ts';
import { memoryRows } from '../../../../functions/ports/rows/memory.ts';
import type { FoundRow } from '../../../../functions/ports/rows/port.ts';
import { rebuild } from '../../../../functions/rebuild/row.ts';
import { signUp, updateUser } from '../../../support/clients/commands.ts';
import { memoryBackend, writePath } from '../../../support/models/writePath.ts';

const stream = { aggregate: 'user', aggregateId: 'ada' } as const;
const place = 'user#ada';

/**
 * Three events, of which two are stored; the third comes when a test says so. What any interleaving does, a property
 * shows.
 */
describe('a row that is rebuilt', () => {
  let history: DomainEvent[];
  let store: ReturnType<typeof memoryEventStore>;
  let rows: ReturnType<typeof memoryRows>;

  beforeEach(async () => {
    const path = writePath(memoryBackend());
    await path.command(signUp('ada', 'ada@example.com'));
    await path.command(updateUser('ada', { firstName: 'Augusta' }));
    await path.command(updateUser('ada', { firstName: 'Byron' }));
    history = await path.backend.eventStore.load('user', 'ada');
    store = memoryEventStore();
    rows = memoryRows();
    for (const event of history.slice(0, 2)) await append(event);
    rows.table.set(place, rowAt(2));
  });

  const append = (event: DomainEvent) => store.append(event, { takes: [], releases: [] });
  const rowAt = (version: number): FoundRow => ({ ...rowOf('user', 'ada', fold(history.slice(0, version))) });
  /** The live path, as far as it gets: the event, and the row unless that is taken for ahead. */
  const third = async () => {
    await append(history[2]!);
    if (rows.table.get(place)?.['version'] === 2) rows.table.set(place, rowAt(3));
  };
  const rebuilt = (ports: { rows?: Partial<typeof rows>; eventStore?: Partial<typeof store> } = {}) =>
    rebuild(stream, {
      eventStore: { ...store, ...ports.eventStore },
      rows: { ...rows, ...ports.rows },
      directory: memoryDirectory(),
      now: () => history[2]!.timestamp,
    });

  it('never goes back by an event that comes between the two reads', async () => {
    const versions: unknown[] = [];
    let reads = 0;
    /** The third event comes after whichever read is the first. */
    const afterTheFirst = async <Read>(read: Promise<Read>): Promise<Read> => {
      const result = await read;
      reads += 1;
      if (reads === 1) await third();
      return result;
    };
    await rebuilt({
      rows: {
        get: (key) => afterTheFirst(rows.get(key)),
        replace: async (key, row, found) => {
          const replaced = await rows.replace(key, row, found);
          versions.push(rows.table.get(place)?.['version']);
          return replaced;
        },
      },
      eventStore: { load: (...of) => afterTheFirst(store.load(...of)) },
    });
    expect(versions.filter((version) => version !== 3)).toEqual([]);
    expect(rows.table.get(place)).toEqual(rowAt(3));
  });

  it.each([
    ['is ahead of its stream', () => ({ ...rowAt(2), version: 99 })],
    ['has no version', () => ({ id: 'ada', firstName: 'Nobody' })],
  ])('gets the event that came while it %s, and that passed by', async (_, damaged) => {
    rows.table.set(place, damaged());
    await rebuilt({
      rows: {
        replace: async (...what) => {
          if (rows.table.get(place)?.['version'] !== 2) await third();
          return rows.replace(...what);
        },
      },
    });
    expect(rows.table.get(place)).toEqual(rowAt(3));
  });

  it('is read again where it has moved since', async () => {
    rows.table.set(place, { ...rowAt(2), firstName: 'Nobody' });
    let moved = false;
    const result = await rebuilt({
      rows: {
        replace: async (...what) => {
          if (!moved) await third();
          moved = true;
          return rows.replace(...what);
        },
      },
    });
    expect(result.row).toEqual(rowAt(3));
    expect(rows.table.get(place)).toEqual(rowAt(3));
  });
});
