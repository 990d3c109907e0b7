import { Failure } from '../../runtime/failure.ts';
import type { Key } from './cipher.ts';

/** What stands where a data key stood, and is none: the table was damaged. What it sealed is neither erased nor read. */
export class DamagedKey extends Failure {
  override readonly name: string = 'DamagedKey';
}

/** A key as it was found, to seal or open with. @throws DamagedKey */
export const soundKey = <Found extends Key | undefined>(found: Found | DamagedKey): Found => {
  if (found instanceof DamagedKey) throw found;
  return found;
};

/**
 * The data keys of one subject, each by its life: the version of the event that it was stored with. None: there are
 * none, or no more.
 */
export type SubjectKeys = ReadonlyMap<number, Key | DamagedKey>;

/** A data key that counts once it is stored, in one transaction with the first event that it seals. */
export interface NewDataKey {
  life: number;
  key: Key;
  /** As table subjectKey holds it. */
  wrapped: string;
}

/** The keys that seal what is stored of persons. A subject is the stream of one. */
export interface Keys {
  /**
   * The data keys of subjects, as they were at most `dataKeySeconds` ago.
   * @param fresh as they are now; asked where events say that there were keys, so it throws when the table holds none
   * of this store's at all: it is the wrong one, or lost, and nothing has been erased
   */
  of(subjects: string[], fresh?: boolean): Promise<Map<string, SubjectKeys>>;
  /** A new data key for a life of a subject. */
  make(subject: string, life: number): Promise<NewDataKey>;
  /** Takes what is known of a subject out of memory: its keys have changed. */
  forget(subject: string): void;
  /** The key under which personal values are claimed; the same for ever. Made if there is none. */
  claimKey(): Promise<Key>;
  /** The same, for those who only read; undefined if nothing was ever claimed under it. */
  standingClaimKey(): Promise<Key | undefined>;
}

/** How long a function may keep a data key, and so may still read what has been erased. */
export const dataKeySeconds = 60;
/** How long a function may keep the keys of the stack, for which it asks KMS. */
export const rootKeySeconds = 3600;

/** What a key of the stack is for: to wrap data keys, or to hash claims. */
export type RootPurpose = 'branch' | 'claim';

/** Where the keys of the stack come from, and what wraps them. */
export interface KeyService {
  generate(purpose: RootPurpose): Promise<{ key: Key; wrapped: string }>;
  /** @throws when it was not wrapped here, or for another purpose */
  unwrap(purpose: RootPurpose, wrapped: string): Promise<Key>;
}
