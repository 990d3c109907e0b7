import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { newAccessKey } from '../engines/database.ts';
import type { EngineStream } from '../engines/tables.ts';

/** What is kept of the database beside its own files. */
interface KeptDatabase {
  accessKeyId: string;
  streams: EngineStream[];
}

/** Where a stack keeps what outlives it: `<state folder>/state`. */
export class KeptState {
  readonly tables: string;
  readonly queues: string;
  readonly keys: string;
  readonly positions: string;
  /** Whether an earlier run has left something. */
  readonly found: boolean;
  readonly #file: string;
  #database: KeptDatabase;

  /** @param fresh what earlier runs left is removed */
  constructor(stateDir: string, fresh: boolean) {
    const dir = join(stateDir, 'state');
    if (fresh) rmSync(dir, { recursive: true, force: true });
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    this.tables = join(dir, 'tables');
    this.queues = join(dir, 'queues.journal');
    this.keys = join(dir, 'keys.json');
    this.positions = join(dir, 'positions.json');
    this.#file = join(dir, 'database.json');
    this.found = existsSync(this.#file);
    this.#database = this.found
      ? (JSON.parse(readFileSync(this.#file, 'utf8')) as KeptDatabase)
      : { accessKeyId: newAccessKey(), streams: [] };
    this.#write();
  }

  /** The name of the kept database, which nobody else knows. */
  get accessKeyId(): string {
    return this.#database.accessKeyId;
  }

  get streams(): readonly EngineStream[] {
    return this.#database.streams;
  }

  /** Before anything is written to those streams. */
  keepStreams(streams: EngineStream[]): void {
    this.#database = { ...this.#database, streams };
    this.#write();
  }

  #write(): void {
    writeFileSync(`${this.#file}.new`, JSON.stringify(this.#database), { mode: 0o600 });
    renameSync(`${this.#file}.new`, this.#file);
  }
}
