import type { AggregateName } from '../../domain/kernel/aggregate.ts';
import { initialState, type State } from '../../domain/kernel/stream/state.ts';
import { streamIdOf } from '../../domain/kernel/stream/event.ts';
import { isTombstone } from '../../domain/kernel/view/view.ts';
import { type Claim, claimsOf } from '../../domain/kernel/stream/unique.ts';
import { uniqueAttributesOf } from '../../domain/operations.ts';
import { mapBounded } from '../runtime/concurrency.ts';
import { readStream, rebuild } from '../rebuild/row.ts';
import { Unrebuildable } from '../streams/unrebuildable.ts';
import { type Claims, type FoundClaim, ownerOf } from '../ports/claims/port.ts';
import type { EventIndex } from '../ports/eventIndex/port.ts';
import { list } from '../ports/directory/list.ts';
import type { Item } from '../ports/dynamodb/item.ts';
import type { Directory } from '../ports/directory/port.ts';
import type { EventReader } from '../ports/eventStore/port.ts';
import { isStreamName, nameOf, type StreamName } from '../ports/ledger/port.ts';
import type { Rows } from '../ports/rows/port.ts';
import { viewRowIn } from '../ports/views/item.ts';
import { rowKeyOf, type Views } from '../ports/views/port.ts';
import { Failure } from '../runtime/failure.ts';

export interface SweepPorts {
  eventStore: EventReader;
  eventIndex: EventIndex;
  views: Pick<Views, 'getMany'>;
  directory: Directory;
  rows: Rows;
  claims: Claims;
  now(): number;
}

export interface Swept {
  removed: number;
  /** Rows of streams that cannot be read from their beginning: nobody can tell what they should be. */
  damaged?: Error[];
  /** Where to go on; absent: done. */
  next?: string;
}

const pageSize = 250;
/** Rows, or claims, looked into side by side. */
const concurrency = 10;

/** Removes the rows of one page of a view that no stream accounts for. */
export const sweepRows = async (
  aggregate: AggregateName,
  after: string | undefined,
  ports: SweepPorts,
): Promise<Swept> => {
  const { ids, next } = await ports.rows.page(aggregate, pageSize, after);
  const known = await ports.eventIndex.existing(ids.map((aggregateId) => ({ aggregate, aggregateId })));
  const orphans = ids.filter((id) => !known.has(streamIdOf(aggregate, id)));
  // Rebuilding from an empty stream removes the row, and looks again in case the stream began meanwhile.
  const damaged: Error[] = [];
  const results = await mapBounded(orphans, concurrency, (aggregateId) =>
    rebuild({ aggregate, aggregateId }, ports).catch((error: unknown) => {
      if (!(error instanceof Unrebuildable)) throw error;
      damaged.push(new Failure(`${streamIdOf(aggregate, aggregateId)}: ${error.message}`));
      return { changed: false };
    }),
  );
  return { removed: results.filter(({ changed }) => changed).length, damaged, next };
};

/** Entries of one page, about a megabyte of them. */
const entriesSize = 1000;

/**
 * Removes the entries of one page of the directory that no row accounts for. Those of rows that there are, the rebuild
 * has seen to. Beside live traffic: where entries were removed, the row is looked at again, and what began meanwhile is
 * listed.
 * @returns rows that were listed and are not there
 */
export const sweepDirectory = async (after: string | undefined, ports: SweepPorts): Promise<Swept> => {
  const { directory, rows } = ports;
  const { rowKeys, next } = await directory.page(entriesSize, after);
  const owners = rowKeys.map((rowKey) => ({ rowKey, stream: ownerOf(rowKey) }));
  const named = owners.flatMap(({ stream }) => (isStreamName(stream) ? [stream] : []));
  const found = await rows.getMany(named.map(rowKeyOf));
  const surplus = owners.filter(({ rowKey }) => {
    const row = found.get(rowKey);
    return !row || isTombstone(viewRowIn(row));
  });
  const removed = await mapBounded(surplus, concurrency, ({ rowKey, stream }) => {
    if (!isStreamName(stream)) return directory.settle(rowKey, []);
    const key = rowKeyOf(stream);
    return list({ key, row: undefined }, directory, () => rows.get(key));
  });
  return { removed: removed.filter((entries) => entries > 0).length, next };
};

/**
 * Removes the claims of one page that their owners do not hold. Follows the rebuild of the rows, which spares reading
 * most streams.
 */
export const sweepClaims = async (after: string | undefined, ports: SweepPorts): Promise<Swept> => {
  const { claims, next } = await ports.claims.page(pageSize, after);
  const owners = claims.map(({ owner }) => owner).filter(isStreamName);
  const rows = await ports.views.getMany(owners.map(({ aggregate, aggregateId }) => ({ aggregate, id: aggregateId })));
  const held = await Promise.all(
    rows.map(async ({ key: { aggregate, id }, row }) => {
      const stored = await ports.claims.stored(claimsShownBy(aggregate, { ...row }));
      return stored.map(({ attribute, key }) => `${streamIdOf(aggregate, id)} ${attribute} ${key}`);
    }),
  );
  const shown = new Set(held.flat());
  const surplus = claims.filter(({ owner, attribute, key }) => !shown.has(`${nameOf(owner)} ${attribute} ${key}`));
  const removed = await mapBounded(surplus, concurrency, (claim) => removeUnlessHeld(claim, ports));
  return { removed: removed.filter(Boolean).length, next };
};

const claimsShownBy = (aggregate: AggregateName, row: Item): Claim[] =>
  uniqueAttributesOf(aggregate).map((attribute) => ({
    aggregate,
    attribute,
    key: `${aggregate}#${attribute}#${String(row[`${attribute}Key`])}`,
  }));

const maximumTries = 10;

/**
 * Beside live traffic: an append of the owner releases only what it held, so a claim that it did not is looked at
 * again.
 */
const removeUnlessHeld = async (claim: FoundClaim, { eventStore, claims }: SweepPorts): Promise<boolean> => {
  const owner = isStreamName(claim.owner) ? claim.owner : undefined;
  for (let tries = 0; tries < maximumTries; tries += 1) {
    const state = owner ? await stateOf(owner, eventStore) : initialState;
    // The rebuild has reported the stream as damaged; nobody can tell what it holds.
    if (state === 'damaged') return false;
    const held = owner ? await claims.stored(claimsOf(owner.aggregate, state)) : [];
    if (held.some(({ key }) => key === claim.key)) return false;
    const result = await claims.remove(claim, owner ? [{ ...owner, version: state.version }] : []);
    if (result !== 'streamMoved') return result === 'done';
  }
  throw new Failure(`The owner of ${claim.key} does not hold still`);
};

const stateOf = (stream: StreamName, eventStore: EventReader): Promise<State | 'damaged'> =>
  readStream(stream, eventStore).then(
    ({ stream: read }) => read.state,
    (error: unknown) => {
      if (error instanceof Unrebuildable) return 'damaged';
      throw error;
    },
  );
