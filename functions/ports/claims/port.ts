import type { Claim } from '../../../domain/kernel/stream/unique.ts';
import type { FoundName, StreamName } from '../ledger/port.ts';

/** A claim as it should stand in the table. */
export interface HeldClaim {
  /** `<aggregate>#<attribute>#<comparable value>`; with a hash in place of a personal value. */
  key: string;
  attribute: string;
  /** The stream that holds the value. */
  owner: StreamName;
}

/** A claim as it was found, whatever became of it: nothing of its shape is sure but its key. */
export interface FoundClaim extends Omit<HeldClaim, 'owner'> {
  owner: FoundName;
  /** What it names as its owner; `owner` is what that says, if it says anything. */
  streamId: unknown;
}

/** A stream that must still be at a version for a change to happen. */
export interface Unmoved extends StreamName {
  version: number;
}

/**
 * Whether a change happened; if not, what has moved since it was concluded: the claim itself, or one of the streams.
 */
export type ClaimResult = 'done' | 'claimMoved' | 'streamMoved';

/** What stands in the table, for those who only read. */
export interface ClaimReader {
  /** Those of a stream's claims that stand for it; consistently read. */
  standing(stream: StreamName, claims: Claim[]): Promise<Claim[]>;
  /** Per claim, the stream that holds its value; consistently read. */
  holders(claims: Claim[]): Promise<(FoundName | undefined)[]>;
}

/**
 * Claims of unique values outside an append: for recovery only. Every change is conditional on the streams it was
 * concluded from.
 */
export interface Claims {
  /** Claims by the keys under which they are stored, which all else here goes by. */
  stored(claims: Claim[]): Promise<Claim[]>;
  /** Claims by their keys, none twice, consistently read; those that are not there are left out. */
  find(keys: string[]): Promise<Map<string, FoundClaim>>;
  /** All claims, page by page. */
  page(limit: number, after?: string): Promise<{ claims: FoundClaim[]; next?: string }>;
  /** Sets a claim in the place of `before` (none if undefined). */
  restore(claim: HeldClaim, before: FoundClaim | undefined, unmoved: Unmoved[]): Promise<ClaimResult>;
  /** Removes a claim that its owner does not hold. */
  remove(claim: FoundClaim, unmoved: Unmoved[]): Promise<ClaimResult>;
}

/** The stream that an id names; of an aggregate that there is none of, if it is no stream's id. */
export const ownerOf = (streamId: string): FoundName => {
  const separator = Math.max(0, streamId.indexOf('#'));
  return { aggregate: streamId.slice(0, separator), aggregateId: streamId.slice(separator + 1) };
};
