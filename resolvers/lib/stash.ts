import type { Row } from './batch.ts';

/** What the steps of a read with nested objects pass on. */
export interface NestingStash {
  /** The rows that the first step read. */
  rows: Row[];
  /** Of the page; null on the last one. */
  nextToken: string | null;
  /** Whether the first step read consistently, and so what is nested is to be as fresh. */
  consistent: boolean;
  /** What the selection may contain. */
  wants: { roles: boolean; groups: boolean; authorizations: boolean };
  roles: Row[];
  groups: Row[];
  authorizations: Row[];
}
