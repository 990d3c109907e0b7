import { createWriteStream } from 'node:fs';

export interface Log {
  /** Adds a line, with the time before it. */
  write: (line: string) => void;
  /** Resolves when everything is in the file. */
  close(): Promise<void>;
}

/** A log file of this run: what an earlier run wrote there is gone. */
export function openLog(file: string): Log {
  const stream = createWriteStream(file);
  // A full disk must not take the stack down.
  stream.on('error', () => undefined);
  return {
    write: (line) => void stream.write(`${new Date().toISOString()} ${line}\n`),
    close: () => new Promise((resolve) => stream.end(() => resolve())),
  };
}
