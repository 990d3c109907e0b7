import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What became of a command, as its sender saw it. Moments in milliseconds since the epoch. */
export interface SentCommand {
  commandId: string;
  /** `<application>:<subject>`, as the tables have it. */
  actor: string;
  operation: string;
  aggregate: string;
  aggregateId: string;
  times: number;
  sentAt: number;
  /** Of the first receipt; none: the API did not take it. */
  receiptAt?: number;
  /** Why the API did not take it, or that nobody knows whether it did. */
  refused?: string;
  /** When subscribers first heard of its event. */
  heardAt?: number;
  /** As the API tells it. */
  outcome?: { status: string; code: string | null; version: number | null };
}

/** Who listened to everything. */
export interface Listened {
  actor: string;
  /** How often the connection was lost: what was published meanwhile was not heard. */
  lost: number;
  /** The greatest version heard, by stream. */
  versions: Record<string, number>;
}

/** One load. */
export interface LoadRecord {
  run: string;
  seed: number;
  rate: number;
  chaos: boolean;
  /** Of which store: another stack in the same folder has another. */
  store: string;
  startedAt: string;
  seconds: number;
  commands: SentCommand[];
  listened: Listened[];
  /** Whether they listened until no message was on its way any more. */
  heardOut: boolean;
}

const folderIn = (state: string): string => join(state, 'load');

/** @returns the file */
export const writeRecord = (state: string, record: LoadRecord): string => {
  mkdirSync(folderIn(state), { recursive: true });
  const file = join(folderIn(state), `${record.startedAt.replaceAll(':', '')}-${record.run}.json`);
  writeFileSync(file, JSON.stringify(record));
  return file;
};

/** What earlier loads of a stack have written down, in order of time. */
export const readRecords = (state: string): LoadRecord[] => {
  const files = (() => {
    try {
      return readdirSync(folderIn(state));
    } catch {
      return [];
    }
  })();
  return files
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => JSON.parse(readFileSync(join(folderIn(state), file), 'utf8')) as LoadRecord);
};
