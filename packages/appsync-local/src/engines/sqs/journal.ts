import { closeSync, existsSync, fstatSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import type { Message } from './message.ts';

/** Where a queue engine writes what it must not forget. */
export interface Journal {
  add(queue: string, message: Message): void;
  /** Its receives, or when it is visible, are others now. */
  change(queue: string, message: Message): void;
  remove(queue: string, id: string): void;
  /** What was noted is in the file; before that nothing is acknowledged. */
  flush(): void;
  close(): void;
}

/** For engines that keep nothing. */
export const noJournal: Journal = {
  add: () => undefined,
  change: () => undefined,
  remove: () => undefined,
  flush: () => undefined,
  close: () => undefined,
};

type Entry =
  | { q: string; add: Message }
  | { q: string; id: string; receives: number; visibleAt: number; first?: number; had: boolean }
  | { q: string; gone: string };

type Kept = Map<string, Map<string, Message>>;

/** Entries that are of no use any more are thrown out when they fill this much. */
const compactBytes = 16 * 2 ** 20;

/**
 * A journal in a file, a line of JSON an entry. Whatever was flushed outlives this process, however it ends: the
 * operating system has it. A power cut may cost the last second.
 */
export class FileJournal implements Journal {
  #lines = '';
  #written = 0;
  #closed = false;
  #descriptor: number;
  readonly #kept: Kept;

  constructor(readonly file: string) {
    const { kept, aliveUntil } = read(file);
    this.#kept = kept;
    for (const messages of kept.values()) for (const message of messages.values()) giveBack(message, aliveUntil);
    this.#descriptor = this.#rewrite();
  }

  /** The messages of each queue, in the order in which they came. */
  messages(queue: string): Message[] {
    return [...(this.#kept.get(queue)?.values() ?? [])];
  }

  queues(): string[] {
    return [...this.#kept].filter(([, messages]) => messages.size > 0).map(([name]) => name);
  }

  drop(queue: string): void {
    this.#kept.delete(queue);
    this.#compact();
  }

  add(queue: string, message: Message): void {
    of(this.#kept, queue).set(message.id, message);
    this.#note({ q: queue, add: message });
  }

  change(queue: string, { id, receives, visibleAt, firstReceivedAt, receipt }: Message): void {
    const first = firstReceivedAt === undefined ? {} : { first: firstReceivedAt };
    this.#note({ q: queue, id, receives, visibleAt, ...first, had: receipt !== undefined });
  }

  remove(queue: string, id: string): void {
    this.#kept.get(queue)?.delete(id);
    this.#note({ q: queue, gone: id });
  }

  flush(): void {
    if (this.#lines === '' || this.#closed) return;
    this.#written += writeSync(this.#descriptor, this.#lines);
    this.#lines = '';
    if (this.#written > compactBytes) this.#compact();
  }

  close(): void {
    this.flush();
    this.#closed = true;
    closeSync(this.#descriptor);
  }

  #note(entry: Entry): void {
    this.#lines += `${JSON.stringify(entry)}\n`;
  }

  #compact(): void {
    const old = this.#descriptor;
    this.#descriptor = this.#rewrite();
    closeSync(old);
  }

  /** A file of what is there now, in place of the old one, whole or not at all. */
  #rewrite(): number {
    const fresh = openSync(`${this.file}.new`, 'w', 0o600);
    for (const [q, messages] of this.#kept)
      for (const message of messages.values()) writeSync(fresh, `${JSON.stringify({ q, add: message })}\n`);
    fsyncSync(fresh);
    renameSync(`${this.file}.new`, this.file);
    // Twice what lives may lie there before it is worth while again.
    this.#written = -fstatSync(fresh).size;
    return fresh;
  }
}

function of(kept: Kept, queue: string): Map<string, Message> {
  let messages = kept.get(queue);
  if (!messages) kept.set(queue, (messages = new Map()));
  return messages;
}

function read(file: string): { kept: Kept; aliveUntil: number } {
  const kept: Kept = new Map();
  if (!existsSync(file)) return { kept, aliveUntil: 0 };
  const descriptor = openSync(file, 'r');
  const aliveUntil = fstatSync(descriptor).mtimeMs;
  closeSync(descriptor);
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    const entry = parse(line);
    if (!entry) continue;
    const messages = of(kept, entry.q);
    if ('add' in entry) messages.set(entry.add.id, entry.add);
    else if ('gone' in entry) messages.delete(entry.gone);
    else {
      const message = messages.get(entry.id);
      if (!message) continue;
      Object.assign(message, { receives: entry.receives, visibleAt: entry.visibleAt });
      if (entry.first !== undefined) message.firstReceivedAt = entry.first;
      if (entry.had) message.receipt = 'an earlier run';
      else delete message.receipt;
    }
  }
  return { kept, aliveUntil };
}

/** The last line may be half: it was never acknowledged. */
function parse(line: string): Entry | undefined {
  try {
    return JSON.parse(line) as Entry;
  } catch {
    return undefined;
  }
}

/**
 * Whoever had a message is gone with the run that gave it out. It is visible again at once, and a receive that was cut
 * short by that does not count.
 */
function giveBack(message: Message, aliveUntil: number): void {
  if (message.receipt === undefined) return;
  delete message.receipt;
  if (message.visibleAt > aliveUntil) message.receives -= 1;
  message.visibleAt = 0;
}
