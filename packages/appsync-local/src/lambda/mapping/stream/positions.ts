import { readFileSync, renameSync, writeFileSync } from 'node:fs';

/** How far each stream mapping has come: everything up to a sequence number is done. */
export interface Positions {
  of(mapping: string): string | undefined;
  reached(mapping: string, sequenceNumber: string): void;
  /** What was reached is kept. */
  close(): void;
}

const pauseMs = 20;

/**
 * Positions in a file. It may be a moment behind, never ahead: after a sudden end some records come again, which
 * functions that streams trigger have to bear anyway.
 */
export class FilePositions implements Positions {
  readonly #positions: Record<string, string>;
  #timer: NodeJS.Timeout | undefined;

  /** @param keyOf mapping and stream: a position in one stream means nothing in another that has taken its place */
  constructor(
    readonly file: string,
    readonly keyOf: (mapping: string) => string,
  ) {
    this.#positions = read(file);
  }

  of(mapping: string): string | undefined {
    return this.#positions[this.keyOf(mapping)];
  }

  reached(mapping: string, sequenceNumber: string): void {
    this.#positions[this.keyOf(mapping)] = sequenceNumber;
    this.#timer ??= setTimeout(() => this.#write(), pauseMs);
  }

  close(): void {
    if (this.#timer !== undefined) this.#write();
  }

  #write(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    writeFileSync(`${this.file}.new`, JSON.stringify(this.#positions));
    renameSync(`${this.file}.new`, this.file);
  }
}

function read(file: string): Record<string, string> {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw new Error(`${file} cannot be read (${(error as Error).message}): begin anew with --fresh`, { cause: error });
  }
}

/** Follows the records of a shard, which are done in any order, to the last one before which none is left. */
export class Progress {
  readonly #open: { sequenceNumber: string; done: boolean }[] = [];
  readonly #entries = new Map<string, { sequenceNumber: string; done: boolean }>();

  constructor(readonly reached: (sequenceNumber: string) => void) {}

  /** @param done nothing has to be done for it: it was filtered out */
  read(sequenceNumber: string, done: boolean): void {
    const entry = { sequenceNumber, done };
    this.#open.push(entry);
    if (!done) this.#entries.set(sequenceNumber, entry);
  }

  finish(sequenceNumbers: readonly string[]): void {
    for (const sequenceNumber of sequenceNumbers) {
      const entry = this.#entries.get(sequenceNumber);
      if (entry) entry.done = true;
      this.#entries.delete(sequenceNumber);
    }
    this.advance();
  }

  advance(): void {
    const undone = this.#open.findIndex(({ done }) => !done);
    const [last] = this.#open.splice(0, undone === -1 ? this.#open.length : undone).slice(-1);
    if (last) this.reached(last.sequenceNumber);
  }
}
