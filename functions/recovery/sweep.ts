import type { AggregateName } from '../../domain/aggregate.ts';
import { fold, streamIdOf } from '../../domain/fold.ts';
import { aggregateNames } from '../../domain/operations.ts';
import { claimsOf } from '../../domain/unique.ts';
import { rebuild } from '../execute/rebuild.ts';
import type { Claims, StoredClaim } from '../ports/claims.ts';
import type { EventIndex } from '../ports/eventIndex.ts';
import type { EventReader } from '../ports/eventStore.ts';
import type { Rows } from '../ports/rows.ts';
import type { Views } from '../ports/views.ts';

export interface SweepPorts {
  eventStore: EventReader;
  eventIndex: EventIndex;
  views: Pick<Views, 'getMany'>;
  rows: Rows;
  claims: Claims;
  now(): number;
}

export interface Swept {
  removed: number;
  /** Where to go on; absent: done. */
  next?: string;
}

const pageSize = 100;

/** Removes the rows of one page of a view that no stream accounts for. */
export const sweepRows = async (aggregate: AggregateName, after: string | undefined, ports: SweepPorts): Promise<Swept> => {
  const { ids, next } = await ports.rows.page(aggregate, pageSize, after);
  const known = await ports.eventIndex.existing(ids.map((aggregateId) => ({ aggregate, aggregateId })));
  const orphans = ids.filter((id) => !known.has(streamIdOf(aggregate, id)));
  // Rebuilding from an empty stream removes the row, and looks again in case the stream began meanwhile.
  const results = await Promise.all(orphans.map((aggregateId) => rebuild({ aggregate, aggregateId }, ports)));
  return { removed: results.filter(({ changed }) => changed).length, next };
};

/** Removes the claims of one page that their owners do not hold. Follows the rebuild of the rows, which spares reading most streams. */
export const sweepClaims = async (after: string | undefined, ports: SweepPorts): Promise<Swept> => {
  const { claims, next } = await ports.claims.page(pageSize, after);
  const owners = claims.map(({ owner }) => owner).filter(({ aggregate }) => aggregateNames.includes(aggregate));
  const rows = await ports.views.getMany(owners.map(({ aggregate, aggregateId }) => ({ aggregate, id: aggregateId })));
  const shown = new Set(rows.flatMap(({ key, row }) => Object.entries(row).map(([name, value]) => `${streamIdOf(key.aggregate, key.id)} ${name} ${key.aggregate}#${name.replace(/Key$/, '')}#${String(value)}`)));
  let removed = 0;
  for (const claim of claims) {
    const entry = `${streamIdOf(claim.owner.aggregate, claim.owner.aggregateId)} ${claim.attribute}Key ${claim.key}`;
    if (!shown.has(entry) && (await removeUnlessHeld(claim, ports))) removed += 1;
  }
  return { removed, next };
};

const removeUnlessHeld = async (claim: StoredClaim, { eventStore, claims }: SweepPorts): Promise<boolean> => {
  const { aggregate, aggregateId } = claim.owner;
  if (!aggregateNames.includes(aggregate)) return claims.remove(claim, []);
  const state = fold(await eventStore.load(aggregate, aggregateId));
  if (claimsOf(aggregate, state).some(({ key }) => key === claim.key)) return false;
  return claims.remove(claim, [{ aggregate, aggregateId, version: state.version }]);
};
