/** What the gate found before, by the code: in a file, as long as the rules are the same. */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Finding } from './finding.ts';

export interface Verdicts {
  has(code: string): boolean;
  get(code: string): Finding[];
  set(code: string, findings: Finding[]): void;
  /** Keeps what was found of these codes, and forgets the rest. */
  save(codes: string[]): void;
}

type Stored = Record<string, Finding[]>;

/** @param dir where to keep them; nowhere if left out */
export function openVerdicts(dir: string | undefined): Verdicts {
  const file = dir === undefined ? undefined : join(dir, `gate-${rulesVersion()}.json`);
  const found = new Map(Object.entries(file === undefined ? {} : read(file)));
  let changed = false;
  return {
    has: (code) => found.has(keyOf(code)),
    get: (code) => found.get(keyOf(code)) ?? [],
    set(code, findings) {
      changed = true;
      found.set(keyOf(code), findings);
    },
    save(codes) {
      if (dir === undefined || file === undefined || !changed) return;
      const kept = Object.fromEntries(codes.map((code) => [keyOf(code), found.get(keyOf(code)) ?? []]));
      write(dir, file, kept);
    },
  };
}

function keyOf(code: string): string {
  return createHash('sha256').update(code).digest('hex');
}

/** Changes with any file of the rules. */
function rulesVersion(): string {
  const hash = createHash('sha256');
  for (const folder of [new URL('.', import.meta.url), new URL('../code/', import.meta.url)]) {
    for (const name of readdirSync(folder).sort()) {
      if (/\.(ts|js)$/.test(name)) hash.update(readFileSync(new URL(name, folder)));
    }
  }
  return hash.digest('hex').slice(0, 16);
}

function read(file: string): Stored {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Stored;
  } catch {
    return {};
  }
}

/** Whole or not at all; a folder that cannot be written to costs time, and nothing else. */
function write(dir: string, file: string, stored: Stored): void {
  try {
    mkdirSync(dir, { recursive: true });
    writeFileSync(`${file}.${process.pid}`, JSON.stringify(stored));
    renameSync(`${file}.${process.pid}`, file);
  } catch {
    // Checked again the next time.
  }
}
