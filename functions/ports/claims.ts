import type { AggregateName } from '../../domain/aggregate.ts';
import type { StreamName } from './ledger.ts';

/** A claim as it stands in the table. */
export interface StoredClaim {
  /** `<aggregate>#<attribute>#<comparable value>` */
  key: string;
  attribute: string;
  /** The stream that holds the value. */
  owner: StreamName;
}

/** A stream that must still be at a version for a change to happen. */
export interface Unmoved extends StreamName {
  version: number;
}

/** Claims of unique values outside an append: for recovery only. Every change is conditional on the streams it was concluded from. */
export interface Claims {
  find(key: string): Promise<StoredClaim | undefined>;
  /** All claims, page by page. */
  page(limit: number, after?: string): Promise<{ claims: StoredClaim[]; next?: string }>;
  /** Sets a claim in the place of `before` (none if undefined). @returns false when something moved meanwhile */
  restore(claim: StoredClaim, before: StoredClaim | undefined, unmoved: Unmoved[]): Promise<boolean>;
  /** Removes a claim that its owner does not hold. @returns false when something moved meanwhile */
  remove(claim: StoredClaim, unmoved: Unmoved[]): Promise<boolean>;
}

export const ownerOf = (streamId: string): StreamName => {
  const separator = streamId.indexOf('#');
  return { aggregate: streamId.slice(0, separator) as AggregateName, aggregateId: streamId.slice(separator + 1) };
};
