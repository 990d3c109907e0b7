import { randomUUID } from 'node:crypto';
import { FairLanes } from './lanes.ts';
import type { Journal } from './journal.ts';
import type { Message } from './message.ts';

interface Waiter {
  most: number;
  visibilityMs: number;
  settle: (messages: Message[]) => void;
}

/** What a queue does with what was received too often. */
export interface Redrive {
  maxReceiveCount: number;
  target: () => Queue | undefined;
}

/** What a queue's attributes make of it, in milliseconds. */
export interface QueueSettings {
  visibilityMs: number;
  delayMs: number;
  retentionMs: number;
  redrive?: Redrive;
}

/** No look at those that somebody has, or that are delayed, more often than this. */
const leastPauseMs = 5;
/** What a timer can hold. */
const greatestPauseMs = 2 ** 31 - 1;

/** One standard queue. What it is asked to do has happened, and is in the journal, when it returns. */
export class Queue {
  readonly #waiting = new FairLanes();
  /** Delayed, or had by somebody. */
  readonly #later = new Map<string, Message>();
  readonly #waiters: Waiter[] = [];
  #timer: NodeJS.Timeout | undefined;
  #timerAt = Infinity;
  #waking = false;

  constructor(
    readonly name: string,
    readonly arn: string,
    readonly settings: QueueSettings,
    readonly journal: Journal,
  ) {}

  get counts(): { visible: number; inFlight: number; delayed: number } {
    this.#ripen();
    const inFlight = [...this.#later.values()].filter(({ receipt }) => receipt !== undefined).length;
    return { visible: this.#waiting.length, inFlight, delayed: this.#later.size - inFlight };
  }

  put(message: Message): void {
    this.journal.add(this.name, message);
    this.place(message);
  }

  /** As `put`, of what is in the journal already. */
  place(message: Message): void {
    if (message.visibleAt > Date.now()) this.#wait(message);
    else this.#show(message);
  }

  /** Up to `most` messages: at once if there are any, else those that come first within the wait. */
  receive(most: number, waitMs: number, visibilityMs: number, signal?: AbortSignal): Promise<Message[]> | Message[] {
    if (signal?.aborted) return [];
    const messages = this.#take(most, visibilityMs);
    if (messages.length > 0 || waitMs === 0) return messages;
    return new Promise((resolve) => {
      const waiter: Waiter = {
        most,
        visibilityMs,
        settle: (found) => {
          clearTimeout(timer);
          signal?.removeEventListener('abort', giveUp);
          resolve(found);
        },
      };
      const giveUp = (): void => {
        this.#waiters.splice(this.#waiters.indexOf(waiter), 1);
        waiter.settle([]);
      };
      const timer = setTimeout(giveUp, waitMs);
      signal?.addEventListener('abort', giveUp);
      this.#waiters.push(waiter);
    });
  }

  /** With a receipt that a later one has followed, nothing happens: so it is with standard queues. */
  delete(id: string, receipt: string): void {
    const message = this.#later.get(id) ?? this.#waiting.remove((one) => one.id === id && one.receipt === receipt)[0];
    if (!message || message.receipt !== receipt) return;
    this.#forget(message);
    this.journal.remove(this.name, id);
  }

  /** Whether the receipt was of a message that somebody has. */
  changeVisibility(id: string, receipt: string, visibilityMs: number): boolean {
    const message = this.#later.get(id);
    if (!message || message.receipt !== receipt || message.visibleAt <= Date.now()) return false;
    message.visibleAt = Date.now() + visibilityMs;
    this.journal.change(this.name, message);
    this.#look(message.visibleAt);
    if (visibilityMs === 0) this.#ripen();
    return true;
  }

  purge(): void {
    for (const message of this.#waiting.remove(() => true)) this.journal.remove(this.name, message.id);
    for (const message of [...this.#later.values()]) {
      this.#forget(message);
      this.journal.remove(this.name, message.id);
    }
  }

  /** Takes out up to `most` of those that wait, for another queue. */
  moveOut(most: number): Message[] {
    this.#ripen();
    let left = most;
    const moved = this.#waiting.remove(() => left-- > 0);
    for (const { id } of moved) this.journal.remove(this.name, id);
    return moved;
  }

  /** Everything in it. */
  messages(): Message[] {
    const waiting: Message[] = [];
    this.#waiting.remove((message) => {
      waiting.push(message);
      return false;
    });
    return [...waiting, ...this.#later.values()];
  }

  /** Drops what has been kept for as long as the queue keeps anything. */
  expire(now = Date.now()): void {
    const old = ({ sentAt }: Message): boolean => sentAt + this.settings.retentionMs < now;
    for (const { id } of this.#waiting.remove(old)) this.journal.remove(this.name, id);
  }

  /** Long polls end, with nothing. */
  close(): void {
    clearTimeout(this.#timer);
    for (const { settle } of this.#waiters.splice(0)) settle([]);
  }

  #take(most: number, visibilityMs: number): Message[] {
    this.#ripen();
    const taken: Message[] = [];
    const now = Date.now();
    while (taken.length < most) {
      const message = this.#waiting.take();
      if (!message) break;
      if (this.#isDeadLetter(message)) continue;
      message.receives += 1;
      message.firstReceivedAt ??= now;
      message.visibleAt = now + visibilityMs;
      message.receipt = randomUUID();
      this.journal.change(this.name, message);
      this.#wait(message);
      taken.push({ ...message });
    }
    if (visibilityMs === 0) this.#ripen();
    return taken;
  }

  #isDeadLetter(message: Message): boolean {
    const { redrive } = this.settings;
    const target = redrive && message.receives >= redrive.maxReceiveCount ? redrive.target() : undefined;
    if (!target) return false;
    this.#waiting.release(message);
    const { receipt: _, ...rest } = message;
    target.put({ ...rest, deadLetterOf: this.arn, visibleAt: 0 });
    this.journal.remove(this.name, message.id);
    return true;
  }

  /** Shows those whose time has come. */
  #ripen(): void {
    const now = Date.now();
    if (now < this.#timerAt) return;
    let next = Infinity;
    for (const message of this.#later.values()) {
      if (message.visibleAt <= now) {
        this.#later.delete(message.id);
        if (message.receipt !== undefined) this.#waiting.release(message);
        this.#show(message);
      } else next = Math.min(next, message.visibleAt);
    }
    this.#timerAt = Infinity;
    this.#look(next);
  }

  #wait(message: Message): void {
    this.#later.set(message.id, message);
    this.#look(message.visibleAt);
  }

  #forget(message: Message): void {
    if (this.#later.delete(message.id) && message.receipt !== undefined) this.#waiting.release(message);
  }

  #show(message: Message): void {
    this.#waiting.add(message);
    if (this.#waking || this.#waiters.length === 0) return;
    // What is put together, in a batch, is received together.
    this.#waking = true;
    queueMicrotask(() => {
      this.#waking = false;
      this.#serveWaiters();
    });
  }

  #serveWaiters(): void {
    for (let [first] = this.#waiters; first && this.#waiting.length > 0; [first] = this.#waiters) {
      const messages = this.#take(first.most, first.visibilityMs);
      if (messages.length === 0) continue;
      this.#waiters.shift();
      this.journal.flush();
      first.settle(messages);
    }
  }

  /** Looks again at that moment, if not before. */
  #look(at: number): void {
    if (at >= this.#timerAt) return;
    clearTimeout(this.#timer);
    this.#timerAt = at;
    if (at === Infinity) return;
    const pause = Math.min(Math.max(at - Date.now(), leastPauseMs), greatestPauseMs);
    this.#timer = setTimeout(() => {
      // A timer may go off a little before its time; whose time has not come then is looked at again.
      this.#timerAt = 0;
      this.#ripen();
    }, pause);
  }
}
